"""Charts of a trial: what both arms brought, week after week, and the difference between them with its band."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from stammkunde.insight.charts._drawing import AXES, Chart, Unit, chart_of, columns_of, ink, on_data, tip
from stammkunde.insight.charts.words import LABELS, Labels

CENTS = "$,.2f"


def arms(course: Sequence[Mapping[str, Any]], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw what a customer of each arm had brought until the end of each week.

    Args:
        course: rows with week, treated and held_out, in cents per customer, in the order of time.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: week, treated, held out.
    """
    rows = [(one["week"], one["treated"], one["held_out"]) for one in course]
    begin = [{"week": 0, "treated": 0.0, "held_out": 0.0}]
    data = [*begin, *({"week": week, "treated": a / 100, "held_out": b / 100} for week, a, b in rows)]
    names = [labels["treated"], labels["held_out"]]
    told_apart = alt.Scale(domain=names, range=[ink("accent"), ink("blue")])
    lines = (
        on_data(data)
        .transform_fold(["treated", "held_out"], as_=["arm", "value"])
        .transform_calculate(arm=alt.expr.if_(alt.datum.arm == "treated", *names))
        .encode(
            x=_weeks(labels),
            y=alt.Y("value:Q", axis=_euros(), scale=alt.Scale(zero=True, nice=True)),
            color=alt.Color("arm:N", sort=None, scale=told_apart, legend=alt.Legend(title=None)),
            strokeDash=alt.StrokeDash(
                "arm:N", legend=None, sort=None, scale=alt.Scale(domain=names, range=[[1, 0], [5, 3]])
            ),
        )
    )
    tips = [tip(name, labels[name], CENTS) for name in ("treated", "held_out")]
    chart = alt.layer(lines.mark_line(), _hover(data, labels, tips))
    columns: list[tuple[str, Unit]] = [("week", "number"), ("treated", "cents"), ("held_out", "cents")]
    return chart_of(chart, columns_of(labels, columns), rows, title=labels["arms"])


def difference(course: Sequence[Mapping[str, Any]], *, labels: Labels = LABELS["en"]) -> Chart:
    """
    Draw by how much more the treated had brought until the end of each week, within its interval; 0 is no difference.

    Args:
        course: rows with week, effect, low and high, in cents per customer, in the order of time.
        labels: words, as in `LABELS`.

    Returns:
        the chart and its table: week, difference with its bounds.
    """
    rows = [tuple(one[name] for name in ("week", "effect", "low", "high")) for one in course]
    data = [{"week": week, "effect": d / 100, "low": low / 100, "high": high / 100} for week, d, low, high in rows]
    base = on_data(data).encode(x=_weeks(labels))
    even = on_data([{"at": 0.0}]).mark_rule(strokeDash=[4, 4]).encode(y="at:Q")
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", axis=_euros()), y2="high:Q")
    line = base.mark_line(point=alt.OverlayMarkDef(opacity=1)).encode(y=alt.Y("effect:Q", axis=_euros()))
    tips = [
        tip("effect", labels["difference"], CENTS),
        *(tip(name, labels[name], CENTS) for name in ("low", "high")),
    ]
    chart = alt.layer(band, even, line, _hover(data, labels, tips))
    cents: list[tuple[str, Unit]] = [("difference", "cents"), ("low", "cents"), ("high", "cents")]
    return chart_of(chart, columns_of(labels, [("week", "number"), *cents]), rows, title=labels["difference"])


def _weeks(labels: Labels) -> alt.X:
    return alt.X("week:Q", axis=alt.Axis(title=labels["week"], format=",.0f", tickMinStep=1, tickCount=8))


def _euros() -> alt.Axis:
    return alt.Axis(title=None, format=AXES["cents"][1], tickCount=5)


def _hover(data: Sequence[Mapping[str, Any]], labels: Labels, tips: list[alt.Tooltip]) -> Any:
    """Answer wherever somebody points within a week, not on the line alone."""
    wide = alt.ExprRef(f"max(12, width / {max(len(data), 1)})")
    whole: dict[str, Any] = {"y": alt.value(0), "y2": alt.value("height")}
    return (
        on_data(data)
        .mark_rule(strokeWidth=wide, opacity=0)
        .encode(x=_weeks(labels), tooltip=[tip("week", labels["week"], ",.0f"), *tips], **whole)
    )
