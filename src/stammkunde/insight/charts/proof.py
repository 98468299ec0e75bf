"""Charts that say how far to trust a warning: whether probabilities meant it, and how far they ran ahead of chance."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt

from stammkunde.insight.charts._drawing import AXES, TIPS, Chart, Unit, chart_of, columns_of, ink, on_data, tip
from stammkunde.insight.charts.words import LABELS, Labels
from stammkunde.insight.lifetime import Z95

if TYPE_CHECKING:  # drawing needs none of the models
    from stammkunde.insight.risk.metrics import Bin, Gain


def calibration(bins: Iterable["Bin"], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw what came of probabilities: on the line, of those with 30 % three in ten left.

    Args:
        bins: what `risk.metrics.calibration` gave; a back-test has them.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: probability, share that left with the bounds of a 95 % interval, customers.
    """
    shown = [(one.expected, one.left, *_wilson(one.left, one.customers), one.customers) for one in bins]
    data = [dict(zip(("expected", "left", "low", "high", "customers"), row, strict=True)) for row in shown]
    most = max((max(row["expected"], row["high"]) for row in data), default=1.0)
    scale = alt.Scale(domain=[0, most], nice=True)
    tips = [
        tip("expected", labels["probability"], TIPS["share"]),
        tip("left", labels["left_share"], TIPS["share"]),
        tip("customers", labels["customers"], TIPS["number"]),
    ]
    base = on_data(data).encode(x=_share("expected", labels["probability"], scale))
    heights = _share("left", labels["left_share"], scale)
    exact = on_data([{"at": 0.0}, {"at": most}]).mark_line(strokeDash=[4, 4], strokeWidth=1, color=ink("muted"))
    chart = alt.layer(
        exact.encode(x="at:Q", y="at:Q"),
        base.mark_rule(strokeWidth=2, opacity=0.4, color=ink("accent")).encode(y="low:Q", y2="high:Q"),
        base.mark_line().encode(y=heights),
        base.mark_point(opacity=1).encode(y=heights, size=_by_customers(), tooltip=tips),
    )
    names: list[tuple[str, Unit]] = [(name, "share") for name in ("probability", "left_share", "low", "high")]
    columns = columns_of(labels, [*names, ("customers", "number")])
    return chart_of(chart, columns, shown, title=labels["calibration"])


def lift(gains: Iterable["Gain"], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw how many times as often the most at risk left as everybody; 1 is chance.

    Args:
        gains: what `risk.metrics.gains` gave.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: share of customers warned, customers, share of all who left that is among them, lift.
    """
    shown = list(gains)
    data = [
        {"warned": one.share, "customers": one.customers, "reached": one.reached, "lift": one.lift} for one in shown
    ]
    tips = [
        tip("warned", labels["warned_share"], TIPS["share"]),
        tip("reached", labels["reached_share"], TIPS["share"]),
        tip("lift", labels["lift"], ".1f"),
    ]
    times = alt.Axis(title=None, labelExpr="format(datum.value, '.1~f') + ' ×'", tickCount=5)
    base = on_data(data).encode(
        x=_share("warned", labels["warned_share"], alt.Scale(domain=[0, 1])),
        y=alt.Y("lift:Q", axis=times, scale=alt.Scale(zero=True, nice=True)),
    )
    chance = on_data([{"at": 1.0}]).mark_rule(strokeDash=[4, 4]).encode(y="at:Q")
    chart = alt.layer(chance, base.mark_line(), base.mark_point(size=45, opacity=1).encode(tooltip=tips))
    columns = columns_of(
        labels,
        [("warned_share", "share"), ("customers", "number"), ("reached_share", "share"), ("lift", "times")],
    )
    rows = [(one.share, one.customers, one.reached, one.lift) for one in shown]
    return chart_of(chart, columns, rows, title=labels["lift"])


def _share(field: str, title: str, scale: alt.Scale) -> Any:
    axis = alt.Axis(title=title, format=AXES["share"][1], tickCount=5)
    return (alt.Y if field == "left" else alt.X)(f"{field}:Q", axis=axis, scale=scale)


def _by_customers() -> alt.Size:
    return alt.Size("customers:Q", legend=None, scale=alt.Scale(range=[40, 200], zero=True))


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Give the bounds of a share, by Wilson (1927)."""
    square = Z95**2 / n
    middle, width = share + square / 2, Z95 * math.sqrt(share * (1 - share) / n + square / (4 * n))
    return max((middle - width) / (1 + square), 0.0), min((middle + width) / (1 + square), 1.0)
