"""Charts of what a model of value expects: beside what came, and of every kind of customer."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from stammkunde.insight.charts._drawing import (
    AXES,
    TIPS,
    Chart,
    Name,
    Unit,
    along_periods,
    chart_of,
    columns_of,
    ink,
    on_data,
    tip,
)
from stammkunde.insight.charts.words import LABELS, Labels

if TYPE_CHECKING:  # drawing needs none of the models
    from stammkunde.insight.value import Cell, Frequent, Tracked

Measure = Literal["alive", "expected"]


def tracking(tracked: Iterable["Tracked"], *, labels: Labels = LABELS["en"], name: Name = str) -> Chart:
    """
    Draw repeat purchases of every period beside those that the model expects; the grey part it had not seen.

    Args:
        tracked: what `value.tracking` gave.
        labels: words, as in `LABELS`.
        name: what to call a period.

    Returns:
        the chart and its table: period, observed, expected.
    """
    shown = list(tracked)
    rows = [(one.period, one.observed, one.expected, one.held_out) for one in shown]
    return _tracked(rows, labels=labels, name=name, title=labels["repeat_purchases"])


def cumulative_tracking(tracked: Iterable["Tracked"], *, labels: Labels = LABELS["en"], name: Name = str) -> Chart:
    """
    Draw repeat purchases since the beginning beside those that the model expects; the grey part it had not seen.

    Args:
        tracked: what `value.tracking` gave.
        labels: words, as in `LABELS`.
        name: what to call a period.

    Returns:
        the chart and its table: period, observed, expected, both since the beginning.
    """
    shown = list(tracked)
    rows = [(one.period, one.total_observed, one.total_expected, one.held_out) for one in shown]
    return _tracked(rows, labels=labels, name=name, title=labels["repeat_purchases_so_far"])


def _tracked(rows: Sequence[tuple[Any, int, float, bool]], *, labels: Labels, name: Name, title: str) -> Chart:
    data = [
        {"period": name(period), "observed": observed, "expected": expected, "held_out": held_out}
        for period, observed, expected, held_out in rows
    ]
    place = along_periods({row[0] for row in rows}, name, alt.Scale(type="point", padding=0.3))
    axis = alt.Axis(title=None, format=AXES["number"][1], tickCount=5)
    base = on_data(data).encode(x=place)
    tips = [tip("period", labels["period"]), *_both_tips(labels)]
    lines = base.transform_fold(["observed", "expected"], as_=["which", "value"]).transform_calculate(
        which=_either(labels)
    )
    drawn = lines.encode(
        y=alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=True, nice=True)),
        color=_told_apart(labels),
        strokeDash=alt.StrokeDash("which:N", legend=None, sort=None, scale=_dashes(labels)),
    )
    ground = base.transform_filter("datum.held_out").mark_rule(
        strokeWidth=alt.ExprRef(f"width / {max(len(rows), 1)}"), color=ink("faint"), opacity=1
    )
    hover = base.mark_rule(strokeWidth=alt.ExprRef(f"max(12, width / {max(len(rows), 1)})"), opacity=0)
    whole: dict[str, Any] = {"y": alt.value(0), "y2": alt.value("height")}
    chart = alt.layer(ground.encode(**whole), drawn.mark_line(), hover.encode(**whole, tooltip=tips))
    columns = columns_of(labels, [("period", "text"), ("observed", "number"), ("expected", "number")])
    return chart_of(chart, columns, [(str(p), observed, expected) for p, observed, expected, _ in rows], title=title)


def by_frequency(groups: Iterable["Frequent"], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw what came of customers beside what was expected of them, by how often they had bought again.

    Args:
        groups: what `value.by_frequency` gave.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: repeat purchases before, customers, and purchases of a mean one: observed, expected by
        the model, by the plain rate.
    """
    shown = list(groups)
    names = [f"{one.frequency}+" if one.or_more else str(one.frequency) for one in shown]
    data = [
        {"before": before, "customers": one.customers, "observed": one.observed, "expected": one.model}
        for before, one in zip(names, shown, strict=True)
    ]
    lines = (
        on_data(data)
        .transform_fold(["observed", "expected"], as_=["which", "value"])
        .transform_calculate(which=_either(labels))
        .encode(
            x=alt.X("before:O", sort=None, axis=alt.Axis(title=labels["purchases_before"], labelAngle=0)),
            y=alt.Y("value:Q", axis=alt.Axis(title=None, format="~r", tickCount=5)),
            color=_told_apart(labels),
            tooltip=[
                tip("before", labels["purchases_before"]),
                tip("customers", labels["customers"], TIPS["number"]),
                *(tip(which, labels[which], ".2f") for which in ("observed", "expected")),
            ],
        )
    )
    dashed = alt.StrokeDash("which:N", legend=None, sort=None, scale=_dashes(labels))
    chart = alt.layer(lines.mark_line().encode(strokeDash=dashed), lines.mark_point(size=60, opacity=1))
    units: list[tuple[str, Unit]] = [("purchases_before", "text"), ("customers", "number")]
    columns = columns_of(labels, [*units, ("observed", "times"), ("expected", "times"), ("by_rate", "times")])
    table = [
        (before, one.customers, one.observed, one.model, one.rate) for before, one in zip(names, shown, strict=True)
    ]
    return chart_of(chart, columns, table, title=labels["purchases_after"])


def frequency_recency_map(
    cells: Iterable["Cell"], *, measure: Measure = "expected", labels: Labels = LABELS["en"]
) -> Chart:
    """
    Draw what a model thinks of customers of one age, by how often they bought again and how lately.

    Args:
        cells: what `value.frequency_recency` gave.
        measure: expected (purchases within the horizon) or alive (probability of still buying).
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: repeat purchases, time from first to last purchase, probability of still buying,
        expected purchases.
    """
    shown = list(cells)
    title, fmt = (labels["alive"], TIPS["share"]) if measure == "alive" else (labels["expected_purchases"], ".2f")
    data = [
        {"frequency": one.frequency, "recency": f"{one.recency:g}", "value": getattr(one, measure)} for one in shown
    ]
    recencies = [f"{recency:g}" for recency in sorted({one.recency for one in shown}, reverse=True)]
    most = max((row["value"] for row in data), default=1) or 1
    heat = alt.Scale(domain=[0, most], range=[ink("faint"), ink("accent")])
    chart = (
        on_data(data)
        .mark_rect()
        .encode(
            x=alt.X("frequency:O", axis=_edge(labels["repeat_purchases"], labelAngle=0)),
            y=alt.Y("recency:O", sort=recencies, axis=_edge(labels["first_to_last"])),
            color=alt.Color(
                "value:Q", scale=heat, legend=alt.Legend(title=None, format="~%" if measure == "alive" else "~r")
            ),
            tooltip=[
                tip("frequency", labels["repeat_purchases"], TIPS["number"]),
                tip("recency", labels["first_to_last"]),
                tip("value", title, fmt),
            ],
        )
    )
    units: list[tuple[str, Unit]] = [("repeat_purchases", "number"), ("first_to_last", "number"), ("alive", "share")]
    columns = columns_of(labels, [*units, ("expected_purchases", "times")])
    table = [(one.frequency, one.recency, one.alive, one.expected) for one in shown]
    return chart_of(chart, columns, table, title=title)


def _edge(title: str, **others: Any) -> alt.Axis:
    return alt.Axis(title=title, domain=False, grid=False, labelOverlap="parity", **others)


def _both_tips(labels: Labels) -> list[alt.Tooltip]:
    return [tip(which, labels[which], TIPS["number"]) for which in ("observed", "expected")]


def _either(labels: Labels) -> str:
    return f"datum.which === 'observed' ? {labels['observed']!r} : {labels['expected']!r}"


def _told_apart(labels: Labels) -> alt.Color:
    scale = alt.Scale(domain=[labels["observed"], labels["expected"]], range=[ink("accent"), ink("blue")])
    return alt.Color("which:N", sort=None, scale=scale, legend=alt.Legend(title=None))


def _dashes(labels: Labels) -> alt.Scale:
    return alt.Scale(domain=[labels["observed"], labels["expected"]], range=[[1, 0], [6, 4]])
