"""Charts of how long customers, or contracts, stay."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from stammkunde.insight.charts._drawing import AXES, TIPS, Chart, Unit, chart_of, columns_of, on_data, tip
from stammkunde.insight.charts.words import LABELS, Labels
from stammkunde.insight.lifetime import Curve, interval


def survival(curves: Curve | Mapping[str, Curve], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw the share still there after so many days, by Kaplan and Meier, within a 95 % interval.

    Args:
        curves: a curve from `lifetime.kaplan_meier` or of a `lifetime.Lifetime`, or several by the names of their
            slices.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: slice, days, share still there with its bounds, customers seen until then, lost.
    """
    named = {"": curves} if isinstance(curves, Curve) else dict(curves)
    table = [row for name, curve in named.items() for row in _rows(name, curve)]
    keys = ("slice", "days", "there", "low", "high", "at_risk", "lost")
    begin = [(name, 0, 1.0, 1.0, 1.0, None, 0) for name in named]
    data = [dict(zip(keys, row, strict=True)) for row in sorted([*begin, *table], key=lambda row: (row[0], row[1]))]
    tips = [
        tip("days", labels["days"], TIPS["number"]),
        *(tip(key, labels[key], TIPS["share"]) for key in ("there", "low", "high")),
    ]
    base = on_data(data).encode(x=alt.X("days:Q", axis=alt.Axis(title=labels["days"], format=",.0f", tickCount=6)))
    if len(named) > 1:
        base = base.encode(color=alt.Color("slice:N", title=labels["slice"], sort=None))
        tips = [tip("slice", labels["slice"]), *tips]
    height = alt.Y("there:Q", axis=alt.Axis(title=None, format=AXES["share"][1], tickCount=5), scale=_whole())
    chart = alt.layer(
        base.mark_area(interpolate="step-after", opacity=0.15).encode(y=alt.Y("low:Q", scale=_whole()), y2="high:Q"),
        base.mark_line(interpolate="step-after").encode(y=height),
        base.mark_point(size=160, opacity=0).encode(y=height, tooltip=tips),
    )
    shares: list[tuple[str, Unit]] = [(name, "share") for name in ("there", "low", "high")]
    units: list[tuple[str, Unit]] = [("slice", "text"), ("days", "number"), *shares]
    columns = columns_of(labels, [*units, ("at_risk", "number"), ("lost", "number")])
    return chart_of(chart, columns, table, title=labels["there"])


def _rows(name: str, curve: Curve) -> list[tuple[Any, ...]]:
    bounds = interval(curve)
    return [
        (name, days, share, low, high, at_risk, lost)
        for days, share, (low, high), at_risk, lost in zip(
            curve.days, curve.share, bounds, curve.at_risk, curve.lost, strict=True
        )
    ]


def _whole() -> alt.Scale:
    return alt.Scale(domain=[0, 1])
