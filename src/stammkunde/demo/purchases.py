"""
When customers buy: everyone at an own pace, until they leave; some come back.

Time is stretched by season and weekday: an inner clock runs fast in April and stands nearly still on Sundays. On that
clock purchases follow each other at random with the customer's own pace; then it is read back as days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from stammkunde.insight import periods

PERSON, COMPANY = 0, 1
#                         Jan   Feb  Mar   Apr   May  Jun   Jul  Aug   Sep  Oct  Nov   Dec
SEASON = np.array([0.62, 0.72, 1.15, 1.42, 1.40, 1.1, 0.9, 0.82, 0.92, 0.9, 1.05, 1.1])
#                      Mon  Tue  Wed  Thu  Fri  Sat   Sun
WEEKDAY = np.array([[1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 0.7], [1.3, 1.4, 1.35, 1.3, 1.1, 0.15, 0.02]])
HOLIDAYS = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
ON_HOLIDAYS = 0.05
PACE_PER_YEAR = np.array([4.2, 13.0])  # of the average customer while there
PACE_SHAPE = np.array([1.7, 1.5])  # how alike customers are: 1 is very different, 10 nearly the same
REGULARITY = np.array([1.6, 3.0])  # 1 is pure chance, more is a rhythm
LEAVING_PER_YEAR = np.array([0.9, 0.32])
LEAVING_SHAPE = 0.9
RETURNING = 0.16  # share of those who left that come back
ABSENT_AT_LEAST_DAYS, ABSENT_MORE_DAYS = 210, 120
DRIFTING, SLOWER = 0.09, 1.13  # some take that much longer each time


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that the books cover, first and last included, as day numbers."""

    first: int
    last: int

    @classmethod
    def years(cls, *, until: date, years: int) -> "Span":
        return cls(first=periods.day_number(until) - round(365.25 * years) + 1, last=periods.day_number(until))

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def inner_clock(span: Span) -> np.ndarray:
    """Give what the inner clock shows at the start of each day, shape (2, length + 1): persons, companies."""
    dates = [periods.day(span.first) + timedelta(days=count) for count in range(span.length)]
    month = np.array([on.month - 1 for on in dates])
    weekday = np.array([on.weekday() for on in dates])
    holiday = np.array([(on.month, on.day) in HOLIDAYS for on in dates])
    speed = SEASON[month] * WEEKDAY[:, weekday] * np.where(holiday, ON_HOLIDAYS, 1.0)
    year = speed[:, -365:] if span.length >= 365 else speed
    return np.concatenate([np.zeros((2, 1)), np.cumsum(speed / year.mean(axis=1, keepdims=True), axis=1)], axis=1)


def arrivals(rng: np.random.Generator, *, kind: np.ndarray, span: Span, clock: np.ndarray) -> np.ndarray:
    """Choose the day on which each customer appears; before `span.first`: was there already (the true day)."""
    count = len(kind)
    old = rng.random(count) < 0.58
    trend = np.linspace(1.0, 1.3, span.length)  # more new customers each year
    chances = np.cumsum(np.diff(clock, axis=1) * trend, axis=1)
    drawn = rng.random(count)
    new_on = np.array([np.searchsorted(chances[k] / chances[k, -1], drawn) for k in (PERSON, COMPANY)])
    since = span.first - 1 - np.floor(rng.gamma(1.6, 700, count)).astype(np.int64)
    return np.where(old, since, span.first + np.minimum(new_on[kind, np.arange(count)], span.length - 1))


@dataclass(frozen=True, kw_only=True)
class Stays:
    """Stretches of time during which a customer is there, one row each."""

    customer: np.ndarray
    begins: np.ndarray
    ends: np.ndarray  # the day after the last
    buys_at_once: np.ndarray  # a stay that begins within the books begins with a purchase


def stays(rng: np.random.Generator, *, kind: np.ndarray, appears: np.ndarray, span: Span) -> Stays:
    """Let every customer stay for a while of their own, and some return after a long silence."""
    count = len(kind)
    leaving = rng.gamma(LEAVING_SHAPE, LEAVING_PER_YEAR[kind] / LEAVING_SHAPE) / 365.25
    begins = np.maximum(appears, span.first)
    gone = begins + rng.exponential(1.0, count) / np.maximum(leaving, 1e-6)
    absent = ABSENT_AT_LEAST_DAYS + rng.exponential(ABSENT_MORE_DAYS, count)
    back = gone + absent
    returns = (rng.random(count) < RETURNING) & (back < span.last)
    again_until = np.where(returns, back + rng.exponential(500.0, count), 0)
    again = np.flatnonzero(returns)
    return Stays(
        customer=np.concatenate([np.arange(count), again]),
        begins=np.concatenate([begins, np.floor(back[again]).astype(np.int64)]),
        ends=np.minimum(np.concatenate([gone, again_until[again]]), span.last + 1).astype(np.int64),
        buys_at_once=np.concatenate([appears >= span.first, np.ones(len(again), bool)]),
    )


def buying_days(
    rng: np.random.Generator, *, kind: np.ndarray, there: Stays, span: Span, clock: np.ndarray, pace: float
) -> tuple[np.ndarray, np.ndarray]:
    """Let customers buy while they are there. Gives customer and day number, one row a purchase, sorted by both."""
    kinds = kind[there.customer]
    shape = REGULARITY[kinds]
    per_day = rng.gamma(PACE_SHAPE[kind], pace * PACE_PER_YEAR[kind] / PACE_SHAPE[kind] / 365.25)[there.customer]
    starts = clock[kinds, np.clip(there.begins - span.first, 0, span.length)]
    ends = clock[kinds, np.clip(there.ends - span.first, 0, span.length)]
    expected = np.maximum(ends - starts, 0) * per_day
    tries = np.ceil(expected + 4 * np.sqrt(expected) + 4).astype(np.int64)
    stay = np.repeat(np.arange(len(tries)), tries)
    turn = np.arange(len(stay)) - np.repeat(np.cumsum(tries) - tries, tries)
    slower = np.where(rng.random(len(kind)) < DRIFTING, SLOWER, 1.0)[there.customer]
    gaps = rng.gamma(shape[stay], 1.0 / (shape * np.maximum(per_day, 1e-9))[stay]) * slower[stay] ** np.minimum(
        turn, 20
    )
    first = turn == 0
    gaps[first] = np.where(there.buys_at_once[stay[first]], 1e-6, gaps[first] * rng.random(int(first.sum())))
    shown = starts[stay] + _sum_within(gaps, first)
    within = shown < ends[stay]
    return _read_back(shown[within], customer=there.customer[stay[within]], kind=kind, span=span, clock=clock)


def _sum_within(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sum up from each first row on."""
    total = np.cumsum(values)
    before = (total - values)[first]
    within: np.ndarray = total - before[np.cumsum(first) - 1]
    return within


def _read_back(
    shown: np.ndarray, *, customer: np.ndarray, kind: np.ndarray, span: Span, clock: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Turn what the inner clock shows into days; one purchase per customer and day."""
    day = np.empty(len(shown), np.int64)
    for one in (PERSON, COMPANY):
        here = kind[customer] == one
        day[here] = np.searchsorted(clock[one], shown[here], side="right") - 1
    both = np.unique(customer * span.length + np.clip(day, 0, span.length - 1))
    return both // span.length, span.first + both % span.length
