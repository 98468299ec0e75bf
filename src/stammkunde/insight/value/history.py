"""What a model of purchases needs to know of a customer: how often, how lately, known for how long."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stammkunde.insight.errors import InvalidInput

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
MOST_CODES = 20_000_000  # of which a table may be kept


@dataclass(frozen=True, eq=False)
class History:
    """
    Customers with the same past are one weighted row.

    `frequency` counts repeat purchases (buying days after the first), `recency` is the time from the first to the last
    purchase, `age` the time from the first purchase to today, both in one unit of time; `weight` counts customers.
    """

    frequency: Whole
    recency: Floats
    age: Floats
    weight: Floats

    @property
    def customers(self) -> float:
        """Count the customers behind the rows."""
        return float(self.weight.sum())

    @property
    def repeaters(self) -> float:
        """Count the customers who bought again."""
        return float(self.weight[self.frequency > 0].sum())

    def sample(self, rows: int) -> "History":
        """
        Take evenly spread rows, the same at every call; those that stand for many stay, with a smaller weight.

        Args:
            rows: about how many.

        Returns:
            a smaller history, or this one where it is small already.
        """
        every = len(self.weight) // rows
        if every < 2:
            return self
        many = self.weight >= every
        few = np.flatnonzero(~many)
        kept = np.concatenate([np.flatnonzero(many), few[scattered(len(few)) % every == 0]])
        weight = np.where(many[kept], self.weight[kept] / every, self.weight[kept])
        return History(self.frequency[kept], self.recency[kept], self.age[kept], weight)


def history(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, weight: ArrayLike | None = None) -> History:
    """
    Check purchase histories and fold the customers who never came back.

    Args:
        frequency: repeat purchases, whole numbers, shape (n,).
        recency: time from first to last purchase, shape (n,); 0 where frequency is 0.
        age: time from first purchase to today in the same unit, shape (n,).
        weight: customers with this past, shape (n,), above 0; 1 each where missing.

    Returns:
        the history; customers without repeat purchase and of one age are one row.

    Raises:
        InvalidInput: lengths differ, a value is missing, negative or fractional, or 0 ≤ recency ≤ age does not hold.
    """
    x, t_x, t = (np.asarray(values, dtype=np.float64).ravel() for values in (frequency, recency, age))
    w = np.ones_like(x) if weight is None else np.asarray(weight, dtype=np.float64).ravel()
    _check(x, t_x, t, w)
    once = x == 0
    ages, place = places(t[once])
    return History(
        frequency=np.concatenate([np.zeros(len(ages), np.int64), x[~once].astype(np.int64)]),
        recency=np.concatenate([np.zeros(len(ages)), t_x[~once]]),
        age=np.concatenate([ages, t[~once]]),
        weight=np.concatenate([np.bincount(place, w[once], minlength=len(ages)), w[~once]]),
    )


def places(times: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """
    Find the different times, without sorting where they are whole days.

    Args:
        times: 0 or more, shape (n,).

    Returns:
        the different ones, rising, and for every time the place of its own, shape (n,).
    """
    whole = times.astype(np.int32)
    most = int(whole.max()) if len(whole) else 0
    if most > MOST_CODES or not (whole == times).all():
        found, place = np.unique(times, return_inverse=True)
        return found, place.astype(np.int32)
    there = np.zeros(most + 1, dtype=bool)
    there[whole] = True
    number: NDArray[np.int32] = np.cumsum(there, dtype=np.int32) - 1
    return np.flatnonzero(there).astype(np.float64), number[whole]


def distinct(x: Floats, t: Floats) -> tuple[Floats, Floats, Whole]:
    """
    Find the different pairs of count and age among many customers, without sorting where ages are whole days.

    Args:
        x: counts, whole numbers, shape (n,).
        t: ages, shape (n,).

    Returns:
        counts and ages of the pairs, and for every customer the place of her pair, shape (n,).
    """
    ages, age_of = (None, t.astype(np.int64)) if (t == np.floor(t)).all() else np.unique(t, return_inverse=True)
    width = int(age_of.max()) + 1 if len(t) else 1
    code = x.astype(np.int64) * width + age_of
    if len(t) and int(code.max()) < MOST_CODES:
        there = np.zeros(int(code.max()) + 1, dtype=bool)
        there[code] = True
        pairs = np.flatnonzero(there)
        place = (np.cumsum(there) - 1)[code]
    else:
        pairs, place = np.unique(code, return_inverse=True)
    of = pairs % width
    return (pairs // width).astype(np.float64), of.astype(np.float64) if ages is None else ages[of], place


def _check(x: Floats, t_x: Floats, t: Floats, w: Floats) -> None:
    if not len(x) == len(t_x) == len(t) == len(w):
        raise InvalidInput(f"Lengths differ: frequency {len(x)}, recency {len(t_x)}, age {len(t)}, weight {len(w)}.")
    rules: tuple[tuple[str, Any], ...] = (
        ("frequency must be a whole number, 0 or more", (x >= 0) & (x == np.floor(x))),
        ("recency must lie between 0 and age", (t_x >= 0) & (t_x <= t)),
        ("recency must be 0 where frequency is 0, and above 0 elsewhere", (x == 0) == (t_x == 0)),
        ("age must be a finite number", np.isfinite(t)),
        ("weight must be a finite number above 0", np.isfinite(w) & (w > 0)),
    )
    for rule, holds in rules:
        if not holds.all():
            row = int(np.argmin(holds))
            raise InvalidInput(f"Row {row}: {rule}; frequency {x[row]:g}, recency {t_x[row]:g}, age {t[row]:g}.")


def scattered(n: int) -> Whole:
    """
    Give row numbers without pattern, and without chance: the upper half of a product with an odd number.

    Args:
        n: how many.

    Returns:
        numbers, shape (n,), the same at every call.
    """
    product = np.arange(n, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (product >> np.uint64(33)).astype(np.int64)
