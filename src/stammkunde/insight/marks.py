"""
Marks of buying days: on which of them somebody buys for the first, and for the second time in a month, quarter or year.

So the buyers of any period, and who of them bought again, are counted by adding up days: none is marked twice in the
same period.
"""

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.frames import Facts, Frame, whole_parts
from stammkunde.insight.periods import GRAIN_MONTHS
from stammkunde.insight.slices import Slicing

BITS = {grain: (1 << 2 * place, 2 << 2 * place) for place, grain in enumerate(GRAIN_MONTHS)}  # first and second day


def marks(facts: Facts, *, slices: Slicing = buying.WHOLE) -> Frame:
    """
    Mark buying days. The months of the two purchases before tell; so one pass serves every length of period.

    Args:
        facts: the facts.
        slices: what to slice by; only slices of the line matter here.

    Returns:
        held, one row for each day that has a mark: customer_id (and slice, for slices of the line), month, mark.
    """
    key = ("marks of days", slices.by if slices.kind == "line" else "")
    return facts.keep(key, lambda: _marked(buying.days(facts, slices=slices), keys=slices.keys))


def _marked(bought: Frame, *, keys: list[str]) -> Frame:
    mark: nw.Expr = nw.lit(0)
    for grain, months in GRAIN_MONTHS.items():
        number, before, second = (whole_parts(nw.col(c), months) for c in ("month", "month_before", "month_second"))
        repeats = ~before.is_null() & (before == number)
        once, twice = BITS[grain]
        mark = mark + nw.when(~repeats).then(nw.lit(once)).otherwise(nw.lit(0))
        seldom = second.is_null() | (second != number)
        mark = mark + nw.when(repeats & seldom).then(nw.lit(twice)).otherwise(nw.lit(0))
    return bought.select(*keys, "month", mark.cast(nw.Int32).alias("mark")).filter(nw.col("mark") > 0)
