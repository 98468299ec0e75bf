"""Charts of comparisons: how many times as often, with intervals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from stammkunde.insight.charts._drawing import Chart, Column, chart_of, ink, on_data, tip
from stammkunde.insight.charts.words import LABELS, Labels

FARTHEST = 16.0  # times as often, or as rarely; what lies beyond is drawn at the edge
LONGEST = 34  # letters of a name in the picture


def forest(
    compared: Sequence[Mapping[str, Any]],
    *,
    labels: Labels = LABELS["en"],
    more_is: Literal["good", "bad"] = "bad",
    names_px: int = 230,
) -> Chart:
    """
    Draw ratios with their intervals on a scale where half and twice as often lie equally far from "as often".

    Args:
        compared: rows with name, ratio, low and high, in the order to draw them.
        labels: words, as in `LABELS`.
        more_is: what it means to lie above "as often": the colours follow.
        names_px: how much room the names have.

    Returns:
        the chart and its table: trait, ratio, low, high.
    """
    reach = _reach(compared)
    data = [
        {
            "place": f"{place}|{_short(row['name'])}",
            "name": row["name"],
            "ratio": row["ratio"],
            "from": row["low"],
            "to": row["high"] if math.isfinite(row["high"]) else None,
            "drawn": _within(row["ratio"], reach),
            "low": _within(row["low"], reach),
            "high": _within(row["high"], reach),
            "more": row["ratio"] >= 1,
        }
        for place, row in enumerate(compared)
    ]
    scale = alt.Scale(type="log", base=2, domain=[1 / reach, reach], nice=False)
    ticks = [2.0**power for power in range(-int(math.log2(reach)), int(math.log2(reach)) + 1)]
    axis = alt.Axis(title=labels["times_as_often"], values=ticks, format=",.3~g", grid=True)
    names = alt.Axis(title=None, labelExpr="slice(datum.label, indexof(datum.label, '|') + 1)", labelLimit=names_px)
    colours = [ink("warning"), ink("accent")] if more_is == "bad" else [ink("accent"), ink("warning")]
    colour = alt.Color("more:N", scale=alt.Scale(domain=[True, False], range=colours), legend=None)
    base = on_data(data).encode(
        y=alt.Y("place:N", sort=None, axis=names),
        color=colour,
        tooltip=[
            tip("name", labels["trait"]),
            tip("ratio", labels["times_as_often"], ",.2f"),
            tip("from", labels["low"], ",.2f"),
            tip("to", labels["high"], ",.2f"),
        ],
    )
    even = on_data([{"one": 1}]).mark_rule(strokeDash=[3, 3]).encode(x=alt.X("one:Q", scale=scale))
    spans = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    points = base.mark_point(size=80, filled=True, opacity=1).encode(x=alt.X("drawn:Q", scale=scale))
    columns = [
        Column(labels["trait"], "text"),
        *(Column(labels[n], "number") for n in ("times_as_often", "low", "high")),
    ]
    table = [(row["name"], row["ratio"], row["low"], row["high"]) for row in compared]
    return chart_of(alt.layer(even, spans, points), columns, table, title=labels["times_as_often"])


def _reach(compared: Sequence[Mapping[str, Any]]) -> float:
    """Find how far the scale reaches to either side: to the farthest end, in doublings."""
    ends = [row[end] for row in compared for end in ("low", "high") if 0 < row[end] < math.inf]
    farthest = max([2.0, *(max(end, 1 / end) for end in ends)])
    return float(min(2.0 ** math.ceil(math.log2(farthest)), FARTHEST))


def _within(value: float, reach: float) -> float:
    return min(max(value, 1 / reach), reach)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
