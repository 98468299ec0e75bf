"""Charts of shares and ranks: cohorts, the ABC curve, products."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from stammkunde.insight.charts._drawing import (
    AXES,
    TIPS,
    Chart,
    Column,
    Name,
    Unit,
    chart_of,
    columns_of,
    ink,
    on_data,
    tip,
)
from stammkunde.insight.charts.words import LABELS, Labels
from stammkunde.insight.cohorts import CohortMatrix
from stammkunde.insight.periods import as_period

READABLE = "contrast(scale('color', datum.share), '#ffffff') > contrast(scale('color', datum.share), '#1d1d1b')"


def cohort_heat_map(
    matrix: CohortMatrix, *, labels: Labels = LABELS["en"], name: Name = str, written: bool = True
) -> Chart:
    """
    Draw how much of each cohort bought again at each age; age 0 is left out, it is always everybody.

    Args:
        matrix: what `cohorts.matrix` gave.
        labels: words, as in `LABELS`.
        name: what to call a cohort's period.
        written: with the numbers, in a hundred, in the squares.

    Returns:
        the chart and its table: cohort, size, age, customers, share.
    """
    known = [cell for cell in matrix.table() if cell["age"] > 0]
    data = [cell | {"cohort": name(as_period(cell["cohort"])), "hundredths": cell["share"] * 100} for cell in known]
    age = labels["age" if matrix.grain == "month" else f"age_{matrix.grain}"]
    above = alt.Axis(title=age, labelAngle=0, orient="top", domain=False, labelOverlap="parity")
    beside = alt.Axis(title=None, domain=False, grid=False)
    base = on_data(data).encode(
        x=alt.X("age:O", axis=above, scale=alt.Scale(paddingInner=0.05)),
        y=alt.Y("cohort:O", sort=None, axis=beside, scale=alt.Scale(paddingInner=0.08)),
        tooltip=[
            tip("cohort", labels["cohort"]),
            tip("size", labels["size"], ",.0f"),
            tip("age", age),
            tip("customers", labels["customers"], ",.0f"),
            tip("share", labels["share"], TIPS["share"]),
        ],
    )
    chart = alt.layer(*_squares(base, data, written=written))
    names = ("cohort", "size", "age", "customers", "share")
    units: tuple[Unit, ...] = ("text", "number", "number", "number", "share")
    columns = [Column(age if n == "age" else labels[n], unit) for n, unit in zip(names, units, strict=True)]
    return chart_of(chart, columns, [tuple(cell[n] for n in names) for cell in known], title=labels["share"])


def _squares(base: alt.Chart, data: Sequence[Mapping[str, Any]], *, written: bool) -> list[alt.Chart]:
    highest = max((row["share"] for row in data), default=1) or 1
    heat = alt.Scale(domain=[0, highest], range=[ink("faint"), ink("accent")])
    squares = base.mark_rect(cornerRadius=3).encode(color=alt.Color("share:Q", scale=heat, legend=None))
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("hundredths:Q", format=".0f"),
        color=alt.condition(READABLE, alt.value("#ffffff"), alt.value("#1d1d1b")),
    )
    return [squares, numbers] if written else [squares]


def pareto(points: Sequence[Mapping[str, Any]], *, basis: str = "margin", labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw the ABC curve: so much of the customers bring so much of the value; with the borders of the classes.

    Args:
        points: what `classes.pareto` gave.
        basis: margin or revenue, as the classes say.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: rank, class, share of customers, share of value.
    """
    value = labels["value_share" if basis == "margin" else "value_share_revenue"]
    whole = alt.Scale(domain=[0, 1])
    members = alt.Axis(title=labels["customers_share"], format="~%", tickCount=5)
    curve = on_data([{"members_share": 0, "value_share": 0, "abc_class": "A"}, *points]).encode(
        x=alt.X("members_share:Q", axis=members, scale=whole),
        y=alt.Y("value_share:Q", axis=alt.Axis(title=None, format="~%", tickCount=5), scale=whole),
    )
    tips = [
        tip("members_share", labels["customers_share"], TIPS["share"]),
        tip("value_share", value, TIPS["share"]),
        tip("abc_class", labels["class"]),
    ]
    chart = alt.layer(
        curve.mark_area(opacity=0.14),
        *_borders(points),
        curve.mark_line(strokeWidth=2.5),
        curve.mark_point(size=260, opacity=0).encode(tooltip=tips),
    )
    columns = [*columns_of(labels, (("rank", "number"), ("class", "text"), ("customers_share", "share")))]
    table = [(p["rank"], p["abc_class"], p["members_share"], p["value_share"]) for p in points]
    return chart_of(chart, [*columns, Column(value, "share")], table, title=value)


def _borders(points: Sequence[Mapping[str, Any]]) -> list[alt.Chart]:
    """Draw where one class ends and the next begins, and name them."""
    ends = {point["abc_class"]: point["members_share"] for point in points}
    bands, start = [], 0.0
    for band in sorted(ends):
        bands.append({"abc_class": band, "end": ends[band], "middle": (start + ends[band]) / 2})
        start = ends[band]
    rules = on_data(bands[:-1]).mark_rule(strokeDash=[3, 3]).encode(x="end:Q")
    names = on_data(bands).mark_text(fontSize=14, fontWeight=600, color=ink("muted"), baseline="bottom", dy=-6)
    return [rules, names.encode(x="middle:Q", y=alt.datum(0), text="abc_class:N")]


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
    scale, fmt = AXES[unit]
    shown = [(row["name"] or row["number"] or f"#{row['product_id']}", row[measure]) for row in products]
    data = [
        {"place": place, "product": name, "value": None if value is None else value / scale}
        for place, (name, value) in enumerate(shown)
    ]
    names = "datum.label"
    chart = (
        on_data(data)
        .transform_calculate(label="datum.place + '|' + datum.product")  # two products may share a name
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(format=fmt)),
            y=alt.Y(
                "label:N",
                title=None,
                sort=alt.EncodingSortField("place"),
                axis=alt.Axis(labelExpr=f"slice({names}, indexof({names}, '|') + 1)", labelLimit=240),
            ),
            tooltip=[tip("product", labels["product"]), tip("value", labels[title], fmt)],
        )
    )
    return chart_of(chart, [Column(labels["product"], "text"), Column(labels[title], unit)], shown, title=labels[title])
