"""Charts over time: a figure, the money, the purchases of one customer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt

from stammkunde.insight.charts._drawing import (
    AXES,
    GAPS,
    TIPS,
    Chart,
    Name,
    Unit,
    along_periods,
    chart_of,
    columns_of,
    day_tip,
    ink,
    is_running,
    on_data,
    slice_name,
    tip,
    whole,
)
from stammkunde.insight.charts.words import LABELS, Labels
from stammkunde.insight.kpis import Figure
from stammkunde.insight.money import Turnover
from stammkunde.insight.periods import as_period, day


def retention(
    figures: Iterable[Figure],
    *,
    labels: Labels = LABELS["en"],
    title: str = "retention",
    unit: Unit = "share",
    name: Name = str,
    chosen: str = "",
    as_of: date | None = None,
) -> Chart:
    """
    Draw a figure over time, one line a slice; periods without an answer are gaps.

    Args:
        figures: figures of one KPI, all of one grain.
        labels: words, as in `LABELS`.
        title: which label names the figure.
        unit: how the value is written: share, cents or number.
        name: what to call a period.
        chosen: the period that stands out, with its value beside it; empty: none.
        as_of: the last day of the facts; a period that ends later is hollow. None: all are whole.

    Returns:
        the chart and its table: period, slice, value, numerator, denominator.
    """
    shown = list(figures)
    data = [_point(figure, labels=labels, unit=unit, name=name, as_of=as_of) for figure in shown]
    tips = _value_tips(labels, title=title, unit=unit)
    scale = alt.Scale(zero=False, nice=True, padding=22)
    base = on_data(data).encode(
        x=along_periods({as_period(figure.period) for figure in shown}, name, alt.Scale(type="point", padding=0.3)),
        y=alt.Y("value:Q", axis=alt.Axis(title=None, format=AXES[unit][1], tickCount=5), scale=scale),
    )
    if any(figure.slice is not None for figure in shown):
        chart: Any = _lines(base, labels, tips)
    else:
        chart = alt.layer(*_line(base, data, tips, chosen=name(as_period(chosen)) if chosen else "", unit=unit))
    counted: list[tuple[str, Unit]] = [("numerator", "number"), ("denominator", "number")]
    columns = columns_of(labels, [("period", "text"), ("slice", "text"), (title, unit), *counted])
    table = [(f.period, slice_name(f.slice, labels), f.value, f.numerator, f.denominator) for f in shown]
    return chart_of(chart, columns, table, title=labels[title])


def _point(figure: Figure, *, labels: Labels, unit: Unit, name: Name, as_of: date | None) -> dict[str, Any]:
    period = as_period(figure.period)
    return {
        "period": name(period),
        "slice": slice_name(figure.slice, labels),
        "value": None if figure.value is None else figure.value / AXES[unit][0],
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "running": is_running(period, as_of),
    }


def _value_tips(labels: Labels, *, title: str, unit: Unit) -> list[alt.Tooltip]:
    counts = [tip(name, labels[name], ",.0f") for name in ("numerator", "denominator")]
    tips = [tip("period", labels["period"]), tip("value", labels[title], TIPS[unit])]
    return [*tips, *counts] if unit == "share" else tips


def _lines(base: alt.Chart, labels: Labels, tips: list[alt.Tooltip]) -> Any:
    """Draw one line a slice."""
    sliced = base.encode(color=alt.Color("slice:N", title=labels["slice"], sort=None))
    hollow = alt.condition("datum.running", alt.value(0), alt.value(1))
    tips = [tip("slice", labels["slice"]), *tips]
    return alt.layer(
        sliced.mark_line(invalid=GAPS), sliced.mark_point(size=45, opacity=1).encode(fillOpacity=hollow, tooltip=tips)
    )


def _line(
    base: alt.Chart, data: Sequence[Mapping[str, Any]], tips: list[alt.Tooltip], *, chosen: str, unit: Unit
) -> list[alt.Chart]:
    """Draw one line; the chosen period stands out, a running one is hollow, and whole columns answer to the pointer."""
    points = base.mark_point(strokeWidth=2, opacity=1, stroke=ink("accent")).encode(
        size=alt.condition(alt.FieldEqualPredicate(field="period", equal=chosen), alt.value(130), alt.value(45)),
        fill=alt.condition("datum.running", alt.value(ink("surface")), alt.value(ink("accent"))),
    )
    wide = alt.ExprRef(f"max(12, width / {max(len(data), 1)})")
    columns = base.transform_filter("isValid(datum.value)").mark_rule(strokeWidth=wide, opacity=0)
    hover = columns.encode(y=alt.value(0), y2=alt.value("height"), tooltip=tips)
    return [base.mark_line(invalid=GAPS), points, *_beside(base, data, chosen=chosen, unit=unit), hover]


def _beside(base: alt.Chart, data: Sequence[Mapping[str, Any]], *, chosen: str, unit: Unit) -> list[alt.Chart]:
    """Write the chosen period's value beside its point, where there is no line: below a low, else above."""
    at = next((place for place, row in enumerate(data) if row["period"] == chosen), None)
    if at is None or data[at]["value"] is None:
        return []
    near = [data[place]["value"] for place in (at - 1, at + 1) if 0 <= place < len(data)]
    around = [value for value in near if value is not None]
    is_low = bool(around) and all(value > data[at]["value"] for value in around)
    text = base.transform_filter(alt.FieldEqualPredicate(field="period", equal=chosen))
    marked = text.mark_text(dy=18 if is_low else -16, fontWeight=600, fontSize=13)
    return [marked.encode(text=alt.Text("value:Q", format=TIPS[unit]))]


def revenue_and_margin(
    turnovers: Iterable[Turnover], *, labels: Labels = LABELS["en"], name: Name = str, as_of: date | None = None
) -> Chart:
    """
    Draw revenue over time, and the contribution margin as the part of it that is left; none where cost is unknown.

    Args:
        turnovers: what `money.turnover` gave, all of one grain.
        labels: words, as in `LABELS`.
        name: what to call a period.
        as_of: the last day of the facts; a period that ends later is paler. None: all are whole.

    Returns:
        the chart and its table: period, revenue, margin.
    """
    shown = list(turnovers)
    parts = ["revenue", "margin"] if any(t.margin_cents is not None for t in shown) else ["revenue"]
    money = alt.Axis(title=None, format="$,.0f", tickCount=5)
    chart = (
        on_data(_parts(shown, {part: labels[part] for part in parts}, name=name, as_of=as_of))
        .mark_bar()
        .encode(
            x=along_periods({t.period for t in shown}, name, alt.Scale(paddingInner=0.25, paddingOuter=0.1)),
            y=alt.Y("value:Q", stack=None, axis=money),  # the margin stands before the revenue, not on it
            color=_part_colour([labels[part] for part in parts]),
            opacity=alt.condition("datum.running", alt.value(0.55), alt.value(1)),
            tooltip=[tip("period", labels["period"]), *(tip(part, labels[part], "$,.0f") for part in parts)],
        )
    )
    columns = columns_of(labels, (("period", "text"), ("revenue", "cents"), ("margin", "cents")))
    table = [(str(t.period), t.revenue_cents, t.margin_cents) for t in shown]
    return chart_of(chart, columns, table, title=" · ".join(labels[part] for part in parts))


def _parts(
    turnovers: Sequence[Turnover], parts: Mapping[str, str], *, name: Name, as_of: date | None
) -> list[dict[str, Any]]:
    """Give one row a part and period: first all of the whole, then all that stands before it."""
    rows = []
    for part, label in parts.items():
        for turnover in turnovers:
            euro = {one: whole(getattr(turnover, f"{one}_cents")) for one in parts}
            when = {"period": name(turnover.period), "running": is_running(turnover.period, as_of)}
            rows.append(when | euro | {"part": label, "value": euro[part]})
    return rows


def _part_colour(parts: list[str]) -> alt.Color:
    colours = [ink("pale"), ink("accent")] if len(parts) > 1 else [ink("accent")]
    legend = alt.Legend(title=None) if len(parts) > 1 else None
    return alt.Color("part:N", scale=alt.Scale(domain=parts, range=colours), legend=legend)


def order_rhythm(
    purchases: Iterable[Mapping[str, int]], *, due_on: date | None = None, labels: Labels = LABELS["en"]
) -> Chart:
    """
    Draw the purchases of one customer over time, and the day on which the next would be usual.

    Args:
        purchases: what `rhythm.of_customer` gave.
        due_on: when the next purchase would be usual; None: no rhythm yet.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: day, revenue.
    """
    shown = [(day(row["day"]), row["revenue_cents"]) for row in purchases]
    data = [{"on": on.isoformat(), "revenue": cents / 100} for on, cents in shown]
    axis = alt.X("utcyearmonthdate(on):T", title=None, scale=alt.Scale(type="utc"))
    tips = [day_tip(labels["day"]), tip("revenue", labels["revenue"], "$,.2f")]
    money = alt.Y("revenue:Q", title=None, axis=alt.Axis(format="$,.0f"))
    layers: list[alt.Chart] = [
        on_data(data).mark_rule(strokeWidth=2).encode(x=axis, y=money, y2=alt.datum(0), tooltip=tips),
        on_data(data).mark_circle(size=60, opacity=1).encode(x=axis, y=money, tooltip=tips),
    ]
    if due_on is not None:
        due = on_data([{"on": due_on.isoformat(), "what": labels["due"]}])
        tips = [tip("what", " "), day_tip(" ")]
        layers.append(due.mark_rule(strokeDash=[4, 4]).encode(x=axis, tooltip=tips))
        text = due.mark_text(align="right", dx=-4, y=6, color=ink("muted"))
        layers.append(text.encode(x=axis, text="what:N", tooltip=tips))
    columns = columns_of(labels, (("day", "day"), ("revenue", "cents")))
    return chart_of(alt.layer(*layers), columns, shown, title=labels["revenue"])
