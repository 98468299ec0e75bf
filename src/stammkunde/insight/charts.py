"""
Charts: Altair specifications as plain dictionaries, each with the table that says the same.

A specification without a palette knows data and marks only, so that a page can dress it; with a palette it stands
alone. Words come from `LABELS`, or from the caller. Days are UTC, so that no browser moves a month's first day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import altair as alt

from stammkunde.insight.classes import A_PERCENT, B_PERCENT
from stammkunde.insight.cohorts import CohortMatrix
from stammkunde.insight.kpis import Figure
from stammkunde.insight.money import Turnover
from stammkunde.insight.periods import day, parse

Unit = Literal["text", "day", "cents", "share", "number"]
Labels = Mapping[str, str]
Width = int | Literal["container"]

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "age": "Months since the first purchase",
        "age_quarter": "Quarters since the first purchase",
        "age_year": "Years since the first purchase",
        "class": "Class",
        "cohort": "First purchase",
        "customers": "Customers",
        "customers_share": "Share of customers",
        "denominator": "Denominator",
        "numerator": "Numerator",
        "day": "Day",
        "due": "next purchase usual",
        "margin": "Contribution margin",
        "period": "Period",
        "product": "Product",
        "purchase": "Purchase",
        "rank": "Rank",
        "retention": "Retention rate",
        "revenue": "Revenue",
        "share": "Share who bought",
        "size": "Cohort size",
        "slice": "Segment",
        "unknown": "unknown",
        "value_share": "Share of contribution margin",
        "value_share_revenue": "Share of revenue",
    },
    "de": {
        "age": "Monate seit dem ersten Kauf",
        "age_quarter": "Quartale seit dem ersten Kauf",
        "age_year": "Jahre seit dem ersten Kauf",
        "class": "Klasse",
        "cohort": "Erster Kauf",
        "customers": "Kunden",
        "customers_share": "Anteil der Kunden",
        "denominator": "Nenner",
        "numerator": "Zähler",
        "day": "Tag",
        "due": "nächster Kauf üblich",
        "margin": "Deckungsbeitrag",
        "period": "Zeitraum",
        "product": "Produkt",
        "purchase": "Kauf",
        "rank": "Rang",
        "retention": "Kundenbindungsrate",
        "revenue": "Umsatz",
        "share": "Anteil, der gekauft hat",
        "size": "Größe der Kohorte",
        "slice": "Segment",
        "unknown": "unbekannt",
        "value_share": "Anteil am Deckungsbeitrag",
        "value_share_revenue": "Anteil am Umsatz",
    },
}


@dataclass(frozen=True)
class Palette:
    """Colours of one look; calm, told apart by the colour-blind, 4.5:1 on the surface for all that is read."""

    surface: str
    text: str
    muted: str
    line: str
    series: tuple[str, ...]


LIGHT = Palette("#ffffff", "#1d1d1b", "#63625d", "#e6e5e0", ("#0f6e64", "#2b5fa8", "#68519e", "#8a5300", "#63625d"))
DARK = Palette("#1b1c1f", "#ebebe9", "#a2a39f", "#2c2e33", ("#5cc4b4", "#8cb4ea", "#b7a4e6", "#e2ae5c", "#a2a39f"))


@dataclass(frozen=True)
class Column:
    """One column of a table: what to call it, and how to write its values."""

    label: str
    unit: Unit


@dataclass(frozen=True)
class Table:
    """What a chart shows, as numbers; empty where unknown. Days are dates, money is in cents."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A specification, and the table that says the same."""

    spec: dict[str, Any]
    table: Table

    def dressed(self, palette: Palette, *, width: Width = 640, height: int = 320) -> "Chart":
        """Give the chart the colours and the size of where it will stand."""
        sized = {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
        return replace(self, spec=self.spec | sized | {"config": config(palette)})


def retention(
    figures: Iterable[Figure], *, labels: Labels = LABELS["en"], title: str = "retention", unit: Unit = "share"
) -> Chart:
    """
    Draw a figure over time, one line a slice; periods without an answer are gaps.

    Args:
        figures: figures of one KPI, all of one grain.
        labels: words, as in `LABELS`.
        title: which label names the vertical axis.
        unit: how the value is written: share, cents or number.

    Returns:
        the chart and its table: period, slice, value, numerator, denominator.
    """
    shown = list(figures)
    scale, fmt = _AXES[unit]
    data = [
        {
            "period": str(figure.period),
            "on": parse(figure.period).start_on.isoformat(),
            "slice": _named(figure.slice, labels),
            "value": None if figure.value is None else figure.value / scale,
        }
        for figure in shown
    ]
    sliced = any(figure.slice is not None for figure in shown)
    base = _base(data).mark_line(point=True, invalid="break-paths-show-path-domains")
    chart = base.encode(
        x=_time(labels["period"]),
        y=alt.Y("value:Q", title=labels[title], axis=alt.Axis(format=fmt), scale=alt.Scale(zero=False, nice=True)),
        tooltip=[_tip("period", labels["period"]), *_slice_tip(labels, sliced), _tip("value", labels[title], fmt)],
        **({"color": alt.Color("slice:N", title=labels["slice"])} if sliced else {}),
    )
    counted: list[tuple[str, Unit]] = [("numerator", "number"), ("denominator", "number")]
    columns = _columns(labels, [("period", "text"), ("slice", "text"), (title, unit), *counted])
    table = [(f.period, _named(f.slice, labels), f.value, f.numerator, f.denominator) for f in shown]
    return _chart(chart, columns, table)


def cohort_heat_map(matrix: CohortMatrix, *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw how much of each cohort bought again at each age; age 0 is left out, it is always everybody.

    Args:
        matrix: what `cohorts.matrix` gave.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: cohort, size, age, customers, share.
    """
    data = [cell for cell in matrix.table() if cell["age"] > 0]
    age = labels["age" if matrix.grain == "month" else f"age_{matrix.grain}"]
    chart = (
        _base(data)
        .mark_rect()
        .encode(
            x=alt.X("age:O", title=age, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("cohort:O", title=labels["cohort"]),
            color=alt.Color(
                "share:Q", title=labels["share"], scale=alt.Scale(domainMin=0), legend=alt.Legend(format=".0%")
            ),
            tooltip=[
                _tip("cohort", labels["cohort"]),
                _tip("age", age, ",.0f"),
                _tip("share", labels["share"], ".1%"),
                _tip("customers", labels["customers"], ",.0f"),
                _tip("size", labels["size"], ",.0f"),
            ],
        )
    )
    names = ("cohort", "size", "age", "customers", "share")
    units: tuple[Unit, ...] = ("text", "number", "number", "number", "share")
    columns = [Column(age if n == "age" else labels[n], unit) for n, unit in zip(names, units, strict=True)]
    return _chart(chart, columns, [tuple(cell[name] for name in names) for cell in data])


def revenue_and_margin(turnovers: Iterable[Turnover], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw revenue and contribution margin over time; no margin where the cost is unknown.

    Args:
        turnovers: what `money.turnover` gave, all of one grain.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: period, revenue, margin.
    """
    shown = list(turnovers)
    data = [
        {"period": str(t.period), "on": t.period.start_on.isoformat(), "series": labels[name], "value": cents / 100}
        for t in shown
        for name, cents in (("revenue", t.revenue_cents), ("margin", t.margin_cents))
        if cents is not None
    ]
    order = [labels["revenue"], labels["margin"]]
    chart = (
        _base(data)
        .mark_line(point=True)
        .encode(
            x=_time(labels["period"]),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format="$,.0f")),
            color=alt.Color("series:N", title=None, sort=order),
            tooltip=[_tip("period", labels["period"]), _tip("series", " "), _tip("value", " ", "$,.0f")],
        )
    )
    columns = _columns(labels, (("period", "text"), ("revenue", "cents"), ("margin", "cents")))
    return _chart(chart, columns, [(str(t.period), t.revenue_cents, t.margin_cents) for t in shown])


def pareto(points: Sequence[Mapping[str, Any]], *, basis: str = "margin", labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw the ABC curve: so much of the customers bring so much of the value.

    Args:
        points: what `classes.pareto` gave.
        basis: margin or revenue, as the classes say.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: rank, class, share of customers, share of value.
    """
    value = labels["value_share" if basis == "margin" else "value_share_revenue"]
    data = [dict(point) for point in points]
    x = alt.X("members_share:Q", title=labels["customers_share"], axis=alt.Axis(format=".0%"))
    y = alt.Y("value_share:Q", title=value, axis=alt.Axis(format=".0%"))
    tips = [
        _tip("abc_class", labels["class"]),
        _tip("rank", labels["rank"], ",.0f"),
        _tip("members_share", labels["customers_share"], ".1%"),
        _tip("value_share", value, ".1%"),
    ]
    color = alt.Color("abc_class:N", title=labels["class"], sort=["A", "B", "C"])
    curve = _base(data).mark_line(point=True).encode(x=x, y=y, color=color, tooltip=tips)
    limits = [{"at": A_PERCENT / 100}, {"at": B_PERCENT / 100}]
    chart = alt.layer(_base(limits).mark_rule(strokeDash=[4, 4]).encode(y="at:Q"), curve)
    columns = [*_columns(labels, (("rank", "number"), ("class", "text"), ("customers_share", "share")))]
    table = [(p["rank"], p["abc_class"], p["members_share"], p["value_share"]) for p in data]
    return _chart(chart, [*columns, Column(value, "share")], table)


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
    tips = [_day_tip(labels["day"]), _tip("revenue", labels["revenue"], "$,.2f")]
    money = alt.Y("revenue:Q", title=labels["revenue"], axis=alt.Axis(format="$,.0f"))
    layers: list[alt.Chart] = [
        _base(data).mark_rule(strokeWidth=2).encode(x=axis, y=money, y2=alt.datum(0), tooltip=tips),
        _base(data).mark_circle(size=60, opacity=1).encode(x=axis, y=money, tooltip=tips),
    ]
    if due_on is not None:
        due = _base([{"on": due_on.isoformat(), "what": labels["due"]}])
        tips = [_tip("what", " "), _day_tip(" ")]
        layers.append(due.mark_rule(strokeDash=[4, 4]).encode(x=axis, tooltip=tips))
        layers.append(due.mark_text(align="right", dx=-4, y=6).encode(x=axis, text="what:N", tooltip=tips))
    columns = _columns(labels, (("day", "day"), ("revenue", "cents")))
    return _chart(alt.layer(*layers), columns, shown)


def product_bars(
    products: Iterable[Mapping[str, Any]],
    *,
    measure: str = "margin_cents",
    unit: Unit = "cents",
    title: str = "margin",
    labels: Labels = LABELS["en"],
) -> Chart:
    """
    Draw products as bars, in the order given.

    Args:
        products: rows with name or number, and the measure; what `products.tops` or `products.flops` gave.
        measure: which column to draw.
        unit: how the measure is written.
        title: which label names the measure.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: product, measure.
    """
    scale, fmt = _AXES[unit]
    shown = [(row["name"] or row["number"] or f"#{row['product_id']}", row[measure]) for row in products]
    data = [
        {"place": place, "product": name, "value": None if value is None else value / scale}
        for place, (name, value) in enumerate(shown)
    ]
    names = "datum.label"
    chart = (
        _base(data)
        .transform_calculate(label="datum.place + '|' + datum.product")  # two products may share a name
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=labels[title], axis=alt.Axis(format=fmt)),
            y=alt.Y(
                "label:N",
                title=None,
                sort=alt.EncodingSortField("place"),
                axis=alt.Axis(labelExpr=f"slice({names}, indexof({names}, '|') + 1)", labelLimit=240),
            ),
            tooltip=[_tip("product", labels["product"]), _tip("value", labels[title], fmt)],
        )
    )
    return _chart(chart, [Column(labels["product"], "text"), Column(labels[title], unit)], shown)


def config(palette: Palette) -> dict[str, Any]:
    """
    Describe a look for Vega-Lite.

    Args:
        palette: its colours.

    Returns:
        the value of `config` in a specification.
    """
    quiet = {"labelColor": palette.muted, "titleColor": palette.muted, "titleFontWeight": "normal"}
    accent = palette.series[0]
    return {
        "background": palette.surface,
        "view": {"stroke": None},
        "axis": quiet | {"gridColor": palette.line, "domainColor": palette.line, "tickColor": palette.line},
        "axisX": {"grid": False},
        "legend": quiet | {"labelColor": palette.text, "orient": "top"},
        "line": {"color": accent},
        "point": {"color": accent, "filled": True},
        "bar": {"color": accent},
        "circle": {"color": accent},
        "rule": {"color": palette.muted},
        "text": {"color": palette.muted},
        "range": {
            "category": list(palette.series),
            "heatmap": [palette.surface, accent],
            "ramp": [palette.surface, accent],
        },
    }


_AXES: dict[str, tuple[int, str]] = {"share": (1, ".0%"), "cents": (100, "$,.0f"), "number": (1, ",.0f")}


def _chart(chart: Any, columns: Iterable[Column], table: Iterable[tuple[Any, ...]]) -> Chart:
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)  # Altair's own look
    return Chart(spec, Table(tuple(columns), tuple(table)))


def _base(data: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in data]))


def _time(title: str) -> alt.X:
    return alt.X("utcyearmonth(on):T", title=title, scale=alt.Scale(type="utc"))


def _tip(field: str, title: str, fmt: str = "") -> alt.Tooltip:
    if fmt:
        return alt.Tooltip(f"{field}:Q", title=title, format=fmt)
    return alt.Tooltip(f"{field}:N", title=title)


def _day_tip(title: str) -> alt.Tooltip:
    return alt.Tooltip("utcyearmonthdate(on):T", title=title, format="%x")


def _slice_tip(labels: Labels, sliced: bool) -> list[alt.Tooltip]:
    return [_tip("slice", labels["slice"])] if sliced else []


def _columns(labels: Labels, named: Iterable[tuple[str, Unit]]) -> list[Column]:
    return [Column(labels[name], unit) for name, unit in named]


def _named(value: str | None, labels: Labels) -> str:
    return "" if value is None else value or labels["unknown"]
