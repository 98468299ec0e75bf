"""All days on which somebody bought, at hand for any evening: who was known, how often she had bought, what came."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight import buying
from stammkunde.insight.frames import Facts, arrow
from stammkunde.insight.value.history import Floats, History, Whole, history, scattered
from stammkunde.insight.value.refusals import Purchases
from stammkunde.insight.value.smooth import along


@dataclass(frozen=True, eq=False)
class Known:
    """The customers known on an evening, row by row, as models of purchases see them; times in days."""

    on: int  # days since 1970-01-01
    frequency: Floats
    recency: Floats
    age: Floats
    row: Whole  # of each, among all customers of the past

    @property
    def states(self) -> tuple[Floats, Floats, Floats]:
        """Give frequency, recency and age."""
        return self.frequency, self.recency, self.age

    @cached_property
    def history(self) -> History:
        """Give what models are fitted to."""
        return history(*self.states)

    @property
    def repeats(self) -> int:
        """Count the purchases that were not somebody's first."""
        return int(self.frequency.sum())


@dataclass(frozen=True, eq=False)
class Past:
    """Buying days, sorted by customer and day; `start` is each customer's first row."""

    day: NDArray[np.int32]
    start: Whole

    @property
    def first(self) -> int:
        """Give the day of the very first purchase."""
        return int(self.day[self.start].min())

    def known(self, on: int) -> Known:
        """
        Look at the customers on an evening.

        Args:
            on: the day.

        Returns:
            whoever had bought by then.
        """
        first, seen = self.day[self.start], self.day <= on
        bought = np.add.reduceat(seen, self.start, dtype=np.int64)
        last = np.maximum.reduceat(np.where(seen, self.day, np.int32(np.iinfo(np.int32).min)), self.start)
        row = np.flatnonzero(bought)
        x, recency, age = (values[row].astype(np.float64) for values in (bought - 1, last - first, on - first))
        return Known(on, x, recency, age, row)

    def came(self, known: Known, *, days: int) -> Floats:
        """
        Count what customers bought after an evening.

        Args:
            known: the customers of the evening.
            days: for how long after it.

        Returns:
            purchases of each, shape (n,).
        """
        within = (self.day > known.on) & (self.day <= known.on + days)
        came: Floats = np.add.reduceat(within, self.start, dtype=np.int64)[known.row].astype(np.float64)
        return came

    def repeats(self, known: Known, *, last: int) -> Whole:
        """
        Count repeat purchases of the customers of an evening by day.

        Args:
            known: the customers.
            last: the day with which to end.

        Returns:
            how many, by days since the very first purchase of all.
        """
        long = np.diff(self.start, append=len(self.day))
        theirs = np.repeat(np.isin(np.arange(len(self.start)), known.row), long)
        theirs[self.start] = False
        counted = self.day[theirs & (self.day <= last)] - self.first
        return np.bincount(counted, minlength=last - self.first + 1)

    def sample(self, customers: int) -> "Past":
        """
        Take evenly spread customers, the same at every call.

        Args:
            customers: about how many.

        Returns:
            a smaller past, or this one where it is small already.
        """
        every = len(self.start) // customers
        if every < 2:
            return self
        long = np.diff(self.start, append=len(self.day))
        kept = scattered(len(self.start)) % every == 0
        return Past(self.day[np.repeat(kept, long)], np.cumsum(long[kept]) - long[kept])


def past_of(facts: Facts) -> Past | None:
    """
    Read all buying days of known customers.

    Args:
        facts: the facts, cut at the last day that counts.

    Returns:
        the days, or None where nobody has bought.
    """
    days = arrow(buying.days(facts).select("customer_id", "day").sort("customer_id", "day"))
    if not days.num_rows:
        return None
    customer, day = (days[name].to_numpy() for name in ("customer_id", "day"))
    start = np.flatnonzero(np.append(True, customer[1:] != customer[:-1]))
    return Past(day.astype(np.int32), start)


def expected_by_day(known: Known, model: Purchases, *, last: int) -> Floats:
    """
    Add up the repeat purchases that a model expects of newcomers, each from her own first day on.

    Args:
        known: the customers of an evening.
        model: the fitted model.
        last: the day with which to end.

    Returns:
        how many, by days since the very first purchase of all.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284, figures 3 and 4.
    """
    oldest = int(known.age.max())
    days = last - known.on + oldest
    newcomers = np.bincount(oldest - known.age.astype(np.int64), minlength=days + 1)

    def until(log_ends: Floats) -> Floats:
        ends = np.exp(log_ends)
        return np.array([model.expected_purchases(float(end), [0], [0], [0])[0] for end in ends])

    each = np.diff(along(until, np.log(np.arange(1, days + 1))), prepend=0.0)
    expected: Floats = np.concatenate([[0.0], np.convolve(newcomers, each)[:days]])
    return expected
