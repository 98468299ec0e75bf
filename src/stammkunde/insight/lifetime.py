"""
Customer lifetime by Kaplan and Meier: how long customers stay, those still there counted as censored.

A life begins with the first purchase and ends on the first day on which the customer is none any more: the activity
window after the last purchase. Whoever bought within the window is still there, and counts as censored.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray

from stammkunde.insight import buying
from stammkunde.insight.cells import Cells, Counts
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, Frame
from stammkunde.insight.periods import Period, day_number
from stammkunde.insight.slices import Slicing, counted, slicing

Floats = NDArray[np.float64]

HORIZON_DAYS = 1095  # three years: means over different periods stay comparable
YEAR_DAYS = 365
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Curve:
    """A Kaplan–Meier curve at its event times."""

    days: tuple[int, ...]
    at_risk: tuple[int, ...]
    lost: tuple[int, ...]
    share: tuple[float, ...]  # still there after so many days
    error: tuple[float, ...]  # Greenwood's standard error


@dataclass(frozen=True)
class Lifetime:
    """How long customers stay."""

    n: int
    lost: int
    median_days: int | None  # None: more than half are still there
    median_low_days: int | None
    median_high_days: int | None
    mean_days: float  # restricted to the horizon
    mean_low_days: float
    mean_high_days: float
    horizon_days: int
    curve: Curve

    @property
    def censored(self) -> int:
        """Count the customers who are still there."""
        return self.n - self.lost


def lifetime(
    facts: Facts, *, as_of: date, activity_days: int, by: str | None = None, horizon_days: int = HORIZON_DAYS
) -> dict[str | None, Lifetime | NotEnoughData]:
    """
    Estimate how long customers stay, as known on the evening of a day.

    Args:
        facts: the facts.
        as_of: the day.
        activity_days: whoever is silent for as many days is lost.
        by: what to slice by; None for the whole company.
        horizon_days: the restricted mean looks this far, or as far as anybody was followed.

    Returns:
        the lifetime of each slice (None: the whole), or the refusal where nobody was lost yet.

    Raises:
        SliceUnknown: lifetimes cannot be sliced so.
        InvalidInput: the activity window is shorter than a day.
    Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457-481.
    """
    slices = slicing(facts, by=by)
    stays = buying.stays(facts, activity_days=activity_days, slices=slices)
    count = _Counting(facts, slices, activity_days)
    return {
        slices.label(value): found for value, found in _on_day(stays, day_number(as_of), horizon_days, count).items()
    }


def look_ahead(activity_days: int) -> int:
    """
    Say how far means look that are to be compared over time: the first whole years that hold two activity windows.

    It depends on nothing that grows with time, so a mean does not rise because customers were followed for longer.

    Args:
        activity_days: length of the activity window.

    Returns:
        days.
    """
    return YEAR_DAYS * math.ceil(2 * activity_days / YEAR_DAYS)


def of_periods(
    facts: Facts,
    days: Mapping[Period, int],
    *,
    activity_days: int,
    slices: Slicing,
    horizon_days: int = HORIZON_DAYS,
) -> dict[tuple[Period, Any], Lifetime | NotEnoughData]:
    """
    Estimate lifetimes as known on the last day of each period.

    Args:
        facts: the facts.
        days: the day of each period, since 1970-01-01.
        activity_days: length of the activity window.
        slices: what to slice by.
        horizon_days: how far the restricted mean looks.

    Returns:
        lifetimes, or the refusal, by period and raw slice; only where there were customers.

    Raises:
        InvalidInput: the activity window is shorter than a day.
    """
    if not days:
        return {}
    stays = buying.stays(facts, activity_days=activity_days, slices=slices)
    count = _Counting(facts, slices, activity_days)
    ended = [period for period, day in days.items() if day == period.end_day]
    running = {
        day: _on_day(stays, day, horizon_days, count) for day in {days[period] for period in days.keys() - set(ended)}
    }
    answers = _at_ends(stays, ended, horizon_days, count) if ended else {}
    for period in days.keys() - set(ended):
        answers |= {(period, value): found for value, found in running[days[period]].items()}
    return answers


@dataclass(frozen=True)
class _Counting:
    """Counts stays by slice."""

    facts: Facts
    slices: Slicing
    activity_days: int

    def __call__(self, stays: Frame, *by: str, key: object) -> Cells:
        named = ("lifetime", self.activity_days, key)
        return counted(self.facts, stays, slices=self.slices, by=by, key=named)


def _at_ends(
    stays: Frame, ended: Sequence[Period], horizon_days: int, count: _Counting
) -> dict[tuple[Period, Any], Lifetime | NotEnoughData]:
    """Estimate lifetimes as known at the ends of months, all of them read off the same cells."""
    answers: dict[tuple[Period, Any], Lifetime | NotEnoughData] = {}
    events = _events(stays, count)
    for value in events[0].slices():
        mine = tuple(part.of(value) for part in events)
        followed = {period: _followed(mine, period) for period in ended}
        answers |= {
            (period, value): _answer(*found, horizon_days) for period, found in followed.items() if found[0].size
        }
    return answers


def _events(stays: Frame, count: _Counting) -> tuple[Cells, ...]:
    """Count stays by the months in which they begin, end, and are followed by another: all a month's end needs."""
    length = stays.with_columns((nw.col("until") + 1 - nw.col("first")).alias("days"))
    followed = length.filter(~nw.col("again").is_null())
    return (
        count(stays, "entered_month", "first", key="came"),
        count(stays, "left_month", "first", key="went"),
        count(length, "left_month", "days", key="ended"),
        count(followed, "again_month", "days", key="resumed"),
    )


def _followed(events: tuple[Cells, ...], period: Period) -> tuple[Counts, NDArray[np.bool_], Counts]:
    """Read off the cells how long customers had been followed at the end of a period, and who was lost by then."""
    entered, left, ended, resumed = events
    month = period.first_month + period.months - 1
    there = _net(entered, left, "entered_month", "left_month", "first", month)
    gone = _net(ended, resumed, "left_month", "again_month", "days", month)
    days = np.concatenate([period.end_day - there[0], gone[0]])
    lost = np.concatenate([np.zeros(there[0].size, dtype=bool), np.ones(gone[0].size, dtype=bool)])
    return days, lost, np.concatenate([there[1], gone[1]])


def _net(came: Cells, went: Cells, came_in: str, went_in: str, what: str, month: int) -> tuple[Counts, Counts]:
    """Count by some number who had come and not gone by the end of a month."""
    inside, outside = came.columns[came_in] <= month, went.columns[went_in] <= month
    values = np.concatenate([came.columns[what][inside], went.columns[what][outside]])
    change = np.concatenate([came.n[inside], -went.n[outside]])
    least = int(values.min()) if values.size else 0
    left = np.bincount(values - least, weights=change).astype(np.int64)  # days lie close together: nothing to sort
    some = np.flatnonzero(left > 0)
    return some + least, left[some]


def _on_day(stays: Frame, day: int, horizon_days: int, count: _Counting) -> dict[Any, Lifetime | NotEnoughData]:
    """Estimate lifetimes as known on any day, for a period that is still running."""
    found = count(_spans(stays, day, keys=count.slices.keys), "days", "lost", key=day)
    return {
        value: _answer(mine.columns["days"], mine.columns["lost"] > 0, mine.n, horizon_days)
        for value in found.slices()
        for mine in [found.of(value)]
    }


def kaplan_meier(
    days: ArrayLike, lost: ArrayLike, n: ArrayLike | None = None, *, entered: ArrayLike | None = None
) -> Curve:
    """
    Estimate the share that is still there after so many days.

    Args:
        days: how old each customer was when she was lost or last known, whole days >= 0, shape (k,).
        lost: whether the end was a loss (true) or the end of what is known (false), shape (k,).
        n: how many customers each row stands for, shape (k,); one each where None.
        entered: how old each was when she came into sight, whole days below `days`, shape (k,); 0 where she was
            followed from the beginning, as all are where None. Whoever began before the books do has come into sight
            only because she stayed, so she counts from then on (late entry, left truncation). Where all who are in
            sight leave while others enter later, the curve has fallen to nothing: leave out ages at which few were
            followed.

    Returns:
        the curve at the days on which somebody was lost.

    Raises:
        InvalidInput: shapes differ, a length is negative, or somebody was lost before she came into sight.
    Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457-481; variance by Greenwood
        (1926), Reports on Public Health and Medical Subjects 33; late entry as in Klein & Moeschberger (2003),
        Survival Analysis, 2nd edition, section 4.6.
    """
    length, event, weight = _checked(days, lost, n)
    size = int(length.max()) + 1 if length.size else 0
    leaving = np.bincount(length[event], weights=weight[event], minlength=size).astype(np.int64)
    at_risk = _as_old(length, weight, size)
    if entered is not None:
        late = _entry(entered, length)
        at_risk -= _as_old(late[late > 0], weight[late > 0], size)
    times = np.flatnonzero(leaving)
    leaving, at_risk = leaving[times], at_risk[times]
    share = np.cumprod(1 - leaving / at_risk)
    staying = at_risk - leaving
    parts = np.where(staying > 0, leaving / (at_risk * np.maximum(staying, 1)), 0.0)
    error = share * np.sqrt(np.cumsum(parts))
    return Curve(*(tuple(column.tolist()) for column in (times, at_risk, leaving, share, error)))


def restricted_mean(curve: Curve, *, horizon_days: int) -> tuple[float, float]:
    """
    Measure the area below the curve up to a horizon.

    Args:
        curve: a Kaplan–Meier curve.
        horizon_days: where to stop.

    Returns:
        the mean days up to the horizon, and its standard error.
    Source: Klein & Moeschberger (2003), Survival Analysis, 2nd edition, section 4.5.
    """
    times = np.array(curve.days, dtype=np.float64)
    inside = times < horizon_days
    edges = np.concatenate([[0.0], times[inside], [float(horizon_days)]])
    areas = np.concatenate([[1.0], np.array(curve.share)[inside]]) * np.diff(edges)
    after = areas[::-1].cumsum()[::-1][1:]  # area to the right of each loss
    at_risk, lost = np.array(curve.at_risk)[inside], np.array(curve.lost)[inside]
    staying = at_risk - lost
    parts = np.where(staying > 0, after**2 * lost / (at_risk * np.maximum(staying, 1)), 0.0)
    return float(areas.sum()), math.sqrt(float(parts.sum()))


def median(curve: Curve) -> tuple[int | None, int | None, int | None]:
    """
    Find the day by which half are lost, with a 95 % interval.

    Args:
        curve: a Kaplan–Meier curve.

    Returns:
        the median and both ends of its interval; None where the curve does not fall that far.
    Source: Brookmeyer & Crowley (1982), Biometrics 38, 29-41, on the log-log scale.
    """
    low, high = _bounds(curve)
    return _falls_to_half(curve, np.array(curve.share)), _falls_to_half(curve, low), _falls_to_half(curve, high)


def interval(curve: Curve) -> list[tuple[float, float]]:
    """
    Bound a curve by a 95 % interval.

    Args:
        curve: a Kaplan–Meier curve.

    Returns:
        lower and upper bound at every loss; where nobody or everybody is left, the share itself.
    Source: Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.4, log-log scale.
    """
    low, high = _bounds(curve)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _falls_to_half(curve: Curve, heights: Floats) -> int | None:
    fallen = heights <= 0.5 + 1e-12
    return curve.days[int(fallen.argmax())] if fallen.any() else None


def _bounds(curve: Curve) -> tuple[Floats, Floats]:
    """Bound every point of a curve on the log-log scale; where nobody or everybody is left, by itself."""
    share, error = np.array(curve.share), np.array(curve.error)
    inner = (share > 0) & (share < 1)
    some = share[inner]
    width = np.exp(Z95 * error[inner] / (some * np.abs(np.log(some))))
    low, high = share.copy(), share.copy()
    low[inner], high[inner] = some**width, some ** (1 / width)
    return low, high


def _spans(stays: Frame, day: int, *, keys: list[str]) -> Frame:
    """Tell how long customers had been followed on a day, and which of them were lost by then."""
    last_stay = (nw.col("entered") <= day) & (nw.col("again").is_null() | (nw.col("again") > day))
    gone = nw.col("until") < day
    length = nw.when(gone).then(nw.col("until") + 1 - nw.col("first")).otherwise(nw.lit(day) - nw.col("first"))
    lost = nw.when(gone).then(nw.lit(1)).otherwise(nw.lit(0))
    return stays.filter(last_stay).select(*keys, length.cast(nw.Int64).alias("days"), lost.alias("lost"))


def _answer(days: Counts, lost: NDArray[np.bool_], n: Counts, horizon_days: int) -> Lifetime | NotEnoughData:
    if not lost.any():
        return NotEnoughData("Nobody was lost yet, so the end of a customer's life was never seen.")
    curve = kaplan_meier(days, lost, n)
    nobody_left = curve.share[-1] == 0  # then all that follows is known
    horizon = horizon_days if nobody_left else min(horizon_days, int(days.max()))
    mean, error = restricted_mean(curve, horizon_days=horizon)
    return Lifetime(
        int(n.sum()),
        int(n[lost].sum()),
        *median(curve),
        mean,
        max(0.0, mean - Z95 * error),
        min(float(horizon), mean + Z95 * error),
        horizon,
        curve,
    )


def _as_old(ages: NDArray[np.int64], weight: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Count by day those who reach it."""
    reached = np.bincount(ages, weights=weight, minlength=size)[::-1].cumsum()[::-1]
    return reached.astype(np.int64)


def _entry(entered: ArrayLike, length: NDArray[np.int64]) -> NDArray[np.int64]:
    late = np.asarray(entered)
    if late.shape != length.shape:
        raise InvalidInput("Give entered of the same length as days.")
    wrong = (late < 0) | ((late >= length) & (late > 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        seen = f"in sight from day {late[row]} on, known until day {length[row]}"
        raise InvalidInput(f"Row {row}: {seen}. Leave such rows out.")
    return late.astype(np.int64)


def _checked(
    days: ArrayLike, lost: ArrayLike, n: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    length, event = np.asarray(days), np.asarray(lost, dtype=bool)
    weight = np.ones(length.shape, dtype=np.int64) if n is None else np.asarray(n)
    if not length.shape == event.shape == weight.shape or length.ndim != 1:
        raise InvalidInput("Give days, lost and n of the same length.")
    if (length < 0).any() or (weight < 0).any():
        raise InvalidInput("A length of days, or a number of customers, is negative.")
    return length, event, weight
