"""
Who is there, and who buys: customers at the start and the end of periods, and buyers within them.

Stays and marks of buying days are counted into cells by month once; every period is read off them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from stammkunde.insight import buying
from stammkunde.insight.cells import Cells, Counts
from stammkunde.insight.frames import Facts, Frame
from stammkunde.insight.marks import BITS, marks
from stammkunde.insight.periods import Period
from stammkunde.insight.slices import Slicing, counted, kept_months


@dataclass(frozen=True)
class Presence:
    """Customers at the start and the end of a period, and how many of them are the same."""

    start: int = 0
    end: int = 0
    kept: int = 0

    @property
    def won(self) -> int:
        """Count the customers at the end who were none at the start."""
        return self.end - self.kept

    @property
    def lost(self) -> int:
        """Count the customers at the start who are none at the end."""
        return self.start - self.kept


@dataclass(frozen=True)
class Buyers:
    """Customers with a purchase in a period, and those with two or more buying days."""

    all: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Span:
    """How far a counting must reach for some periods: their first month, the days of the longest, and the last day."""

    first_month: int
    longest: int
    last: int | None

    @classmethod
    def of(cls, periods: Sequence[Period], *, last: int | None) -> "Span":
        """
        Find how far to count for periods.

        Args:
            periods: all of them.
            last: the last day to look at, if any; a running period ends there.

        Returns:
            the span.
        """
        lengths = (end_day(period, last) - period.start_day + 1 for period in periods)
        return cls(min((period.first_month for period in periods), default=0), max(lengths, default=0), last)


def presence(
    facts: Facts, periods: Sequence[Period], span: Span, *, activity_days: int, slices: Slicing
) -> dict[tuple[Period, Any], Presence]:
    """
    Count customers at the start and the end of periods, and those who are both.

    Args:
        facts: the facts.
        periods: the periods.
        span: how far to count for these periods, and for others that will be asked about.
        activity_days: length of the activity window.
        slices: what to slice by.

    Returns:
        the counts by period and raw slice.

    Raises:
        InvalidInput: the activity window is shorter than a day.
    """
    if not periods:
        return {}
    last, longest, first_month = span.last, span.longest, span.first_month
    stays = buying.stays(facts, activity_days=activity_days, slices=slices)
    at_last = stays.with_columns(_flag(_covers(last)).alias("at_last"))
    key = ("pairs of stays", activity_days, slices.by if slices.kind == "line" else "", longest, last)
    pairs = facts.keep(key, lambda: _pairs(facts, at_last, key=key, keys=slices.keys, longest=longest))
    near = pairs.filter(nw.col("left_month") >= first_month)
    months, later = ["entered_month", "left_month"], ["entered_later", "left_later"]
    once = counted(facts, at_last, slices=slices, by=[*months, "at_last"], key=("stays", activity_days, last))
    twice = counted(facts, near, slices=slices, by=[*months, *later, "at_last"], key=(*key, first_month))
    return {
        (period, value): _present(period, mine, again, last)
        for value in once.slices()
        for mine, again in [(once.of(value), twice.of(value))]
        for period in periods
    }


def _present(period: Period, once: Cells, twice: Cells, last: int | None) -> Presence:
    """Read a period's customers off the cells: who was there at the end of a month, in one stay or in two."""
    start, end = period.first_month - 1, period.first_month + period.months - 1
    cut = last is not None and last < period.end_day
    stay, pair = once.columns, twice.columns
    at_start = _within(stay["entered_month"], stay["left_month"], start)
    at_end = stay["at_last"] > 0 if cut else _within(stay["entered_month"], stay["left_month"], end)
    before = _within(pair["entered_month"], pair["left_month"], start)
    after = pair["at_last"] > 0 if cut else _within(pair["entered_later"], pair["left_later"], end)
    kept = once.count(at_start & at_end) + twice.count(before & after)
    return Presence(once.count(at_start), once.count(at_end), kept)


def _within(entered: Counts, left: Counts, month: int) -> NDArray[np.bool_]:
    """Tell whether stays that began in one month and had ended in another held on the last day of a month."""
    return (entered <= month) & (left > month)


def buyers(facts: Facts, periods: Sequence[Period], span: Span, *, slices: Slicing) -> dict[tuple[Period, Any], Buyers]:
    """
    Count the buyers of periods, and those who bought on two or more days of the period.

    Args:
        facts: the facts.
        periods: the periods.
        span: how far to count for these periods, and for others that will be asked about.
        slices: what to slice by.

    Returns:
        the counts by period and raw slice; only where somebody bought.
    """
    if not periods:
        return {}
    kept = kept_months(facts, slices=slices)
    marked = marks(facts, slices=slices) if kept is None else kept.filter(nw.col("mark") > 0)
    asked = marked.filter(nw.col("month") >= span.first_month)
    counts = counted(facts, asked, slices=slices, by=["month", "mark"], key=("marks", span.first_month))
    return {
        (period, value): found
        for value in counts.slices()
        for mine in [counts.of(value)]
        for period in periods
        if (found := _bought(period, mine)).all
    }


def _bought(period: Period, marks: Cells) -> Buyers:
    month, mark = marks.columns["month"], marks.columns["mark"]
    inside = (month >= period.first_month) & (month < period.first_month + period.months)
    once, twice = BITS[period.grain]
    return Buyers(marks.count(inside & (mark & once > 0)), marks.count(inside & (mark & twice > 0)))


def end_day(period: Period, last: int | None) -> int:
    """
    Find the day on which a period ends, or is broken off.

    Args:
        period: a period.
        last: the last day to look at, if any.

    Returns:
        the day since 1970-01-01.
    """
    return period.end_day if last is None else min(period.end_day, last)


def _covers(day: int | None) -> nw.Expr:
    return nw.lit(False) if day is None else (nw.col("entered") <= day) & (nw.col("until") >= day)


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _pairs(facts: Facts, stays: Frame, *, key: tuple[object, ...], keys: list[str], longest: int) -> Frame:
    """Pair each stay with the later stays of the same customer that one period could span."""
    again = stays.filter(nw.col("entered") > nw.col("first")).select(
        *keys,
        nw.col("entered").alias("later"),
        nw.col("entered_month").alias("entered_later"),
        nw.col("left_month").alias("left_later"),
        "at_last",
    )
    later = facts.keep(("later", *key), lambda: again)  # DuckDB plans slowly where a query reads a held table twice
    near = (nw.col("later") > nw.col("until")) & (nw.col("later") - nw.col("until") <= longest)
    returning = stays.filter(~nw.col("again").is_null()).select(*keys, "until", "entered_month", "left_month")
    months = ("entered_month", "left_month", "entered_later", "left_later")
    return returning.join(later, on=keys, how="inner").filter(near).select(*keys, *months, "at_last")
