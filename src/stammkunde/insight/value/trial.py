"""Observed beside predicted: go back, fit as it would have been done then, and compare with what came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stammkunde.insight import buying
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, arrow, rows
from stammkunde.insight.periods import Grain, Period, between, day, day_number
from stammkunde.insight.value.buyers import YEAR_DAYS, buyers, column, repeated, states
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.refusals import Model, Purchases, Refusal, try_purchases

CLEAR_LEAD = 2.0  # standard errors
SHORTEST_DAYS = 60
MODELS: tuple[Model, ...] = ("bg_nbd", "mbg_nbd")
Rule = Literal["model", "rate"]


@dataclass(frozen=True)
class BackTest:
    """What was expected of the customers known on a past day, and what they then did."""

    as_of: date
    horizon_days: int
    customers: int
    observed: float  # purchases within the horizon
    model: float | None  # expected by the model; None: it could not be fitted
    rate: float  # expected by the plain rate
    model_error: float | None  # root mean squared error a customer, in purchases
    rate_error: float
    lead: float = 0.0  # by how many standard errors the model's mean squared error is the smaller one
    refusal: Refusal | None = None  # why there is no model

    @property
    def better(self) -> Rule:
        """Name what came closer customer by customer or, where that is within noise, in total."""
        if self.model is None:
            return "rate"
        if abs(self.lead) > CLEAR_LEAD:
            return "model" if self.lead > 0 else "rate"
        return "model" if abs(self.model - self.observed) < abs(self.rate - self.observed) else "rate"


@dataclass(frozen=True)
class Frequent:
    """Customers who had bought equally often by a past day, and what came of a mean one until the last day."""

    frequency: int  # repeat purchases
    or_more: bool
    customers: int
    observed: float
    model: float | None
    rate: float


@dataclass(frozen=True)
class Tracked:
    """Repeat purchases of a period, and since the beginning, of everybody known on the day of the fit."""

    period: Period
    observed: int
    expected: float
    total_observed: int
    total_expected: float
    held_out: bool  # ends after the day of the fit


def back_test(
    facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS, models: Sequence[Model] = MODELS
) -> BackTest | None:
    """
    Go back, fit as it would have been done then, and compare with what came.

    Args:
        facts: the facts.
        as_of: the last day that counts.
        horizon_days: how far ahead to look; halved until at least as much past remains as is looked ahead.
        models: which to try, in this order, of bg_nbd, mbg_nbd and pareto_nbd.

    Returns:
        the comparison, or None where the facts span less than 60 days.

    Raises:
        InvalidInput: no model is named, or an unknown one.
    """
    found = _replayed(facts, as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        return None
    came, rate, expected = found.came, found.rate, found.expected
    return BackTest(
        as_of=found.then,
        horizon_days=found.horizon,
        customers=len(came),
        observed=float(came.sum()),
        model=None if expected is None else float(expected.sum()),
        rate=float(rate.sum()),
        model_error=None if expected is None else _off(expected, came),
        rate_error=_off(rate, came),
        lead=0.0 if expected is None else _lead(np.square(rate - came) - np.square(expected - came)),
        refusal=found.refusal,
    )


def by_frequency(
    facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS, models: Sequence[Model] = MODELS, most: int = 7
) -> tuple[Frequent, ...]:
    """
    Set what came beside what was expected, by how often customers had bought again.

    Args:
        facts: the facts.
        as_of: the last day that counts.
        horizon_days: as in `back_test`.
        models: as in `back_test`.
        most: whoever had as many repeat purchases or more is one group, at least 1.

    Returns:
        the groups that hold anybody, from few to many; none where the facts span less than 60 days.

    Raises:
        InvalidInput: no model is named, an unknown one, or `most` is below 1.
    """
    if most < 1:
        raise InvalidInput(f"The last group begins at {most} repeat purchases; give at least 1.")
    found = _replayed(facts, as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        return ()
    group = np.minimum(states(found.past)[0], most).astype(int)
    came, rate = (_means(group, values, most) for values in (found.came, found.rate))
    model = None if found.expected is None else _means(group, found.expected, most)
    customers = np.bincount(group, minlength=most + 1)
    return tuple(
        Frequent(n, n == most, int(customers[n]), came[n], None if model is None else model[n], rate[n])
        for n in np.flatnonzero(customers).tolist()
    )


def tracking(
    facts: Facts,
    *,
    as_of: date,
    horizon_days: int = YEAR_DAYS,
    grain: Grain = "month",
    models: Sequence[Model] = MODELS,
) -> tuple[Tracked, ...]:
    """
    Follow the customers known on a past day over time: their repeat purchases beside those that the model expects.

    Args:
        facts: the facts.
        as_of: the last day that counts.
        horizon_days: how long before it the model was fitted; halved as in `back_test`.
        grain: month, quarter or year.
        models: as in `back_test`.

    Returns:
        the periods since the first purchase, oldest first; the last one ends with `as_of`.

    Raises:
        NotEnoughData: the facts span less than 60 days, or no model could be fitted to what was known then.
        InvalidInput: no model is named, or an unknown one.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284, figures 3 and 4.
    """
    found = _replayed(facts, as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        raise NotEnoughData(f"The facts span less than {SHORTEST_DAYS} days.")
    if found.model is None:
        raise NotEnoughData(found.refusal.text if found.refusal else "No model could be fitted.")
    first, last = day_number(found.then) - int(column(found.past, "age").max()), day_number(as_of)
    shown = between(day(first), as_of, grain=grain)
    ends = np.array([min(period.end_day, last) - first for period in shown])
    came = _repeated_by_day(facts, first=first, then=day_number(found.then), last=last).cumsum()[ends]
    expected = _expected_by_day(found, last - first).cumsum()[ends]
    return tuple(
        Tracked(period, int(now), float(then), int(total), float(total_expected), period.end_on > found.then)
        for period, now, then, total, total_expected in zip(
            shown, np.diff(came, prepend=0), np.diff(expected, prepend=0.0), came, expected, strict=True
        )
    )


@dataclass(frozen=True, eq=False)
class _Replayed:
    """What was known and expected on a past day, and what came."""

    then: date
    horizon: int
    past: pa.Table
    came: Floats
    rate: Floats
    model: Purchases | None
    refusal: Refusal | None

    @cached_property
    def expected(self) -> Floats | None:
        return None if self.model is None else self.model.expected_purchases(self.horizon, *states(self.past))


def _replayed(facts: Facts, *, as_of: date, horizon_days: int, models: Sequence[Model]) -> _Replayed | None:
    span = facts.until(as_of).days()
    if span is None or day_number(as_of) - span[0] < SHORTEST_DAYS:
        return None
    horizon = min(horizon_days, (day_number(as_of) - span[0]) // 2)
    then = as_of - timedelta(days=horizon)
    past = buyers(facts.until(then), as_of=then)
    if not past.num_rows:
        return None
    came = _came(facts, past, after=day_number(then), until=day_number(as_of))
    few, days = repeated(past)
    model, refusal = try_purchases(past, models)
    return _Replayed(then, horizon, past, came, few / days * horizon, model, refusal)


def _repeated_by_day(facts: Facts, *, first: int, then: int, last: int) -> NDArray[np.int64]:
    """Count the repeat purchases of everybody known on a past day, by days since the first purchase of all."""
    seen = buying.days(facts).filter(nw.col("day") <= last)
    known = seen.filter((nw.col("nth") == 1) & (nw.col("day") <= then)).select("customer_id")
    again = seen.filter(nw.col("nth") > 1).join(known, on="customer_id", how="inner")
    counts = rows(again.group_by("day").agg(nw.len().cast(nw.Int64).alias("n")))
    by_day = np.zeros(last - first + 1, dtype=np.int64)
    by_day[[row["day"] - first for row in counts]] = [row["n"] for row in counts]
    return by_day


def _expected_by_day(found: _Replayed, days: int) -> Floats:
    """Add up what the model expects of newcomers, each from her own first day on."""
    assert found.model is not None
    age = column(found.past, "age").astype(int)
    newcomers = np.bincount(age.max() - age, minlength=days + 1)
    until = np.array([found.model.expected_purchases(end, [0], [0], [0])[0] for end in range(1, days + 1)])
    expected: Floats = np.convolve(newcomers, np.diff(until, prepend=0.0))[: days + 1]
    return np.concatenate([[0.0], expected[:-1]])


def _means(group: NDArray[np.int64], values: Floats, most: int) -> list[float]:
    sums, customers = np.bincount(group, values, minlength=most + 1), np.bincount(group, minlength=most + 1)
    means: list[float] = (sums / np.maximum(customers, 1)).tolist()
    return means


def _came(facts: Facts, past: pa.Table, *, after: int, until: int) -> Floats:
    within = buying.days(facts).filter((nw.col("day") > after) & (nw.col("day") <= until))
    counts = arrow(within.group_by("customer_id").agg(nw.len().cast(nw.Int64).alias("n")))
    row = pc.index_in(past["customer_id"], value_set=counts["customer_id"])
    came: Floats = pc.fill_null(counts["n"].take(row), 0).to_numpy().astype(np.float64)
    return came


def _off(expected: Floats, came: Floats) -> float:
    return math.sqrt(float(np.mean(np.square(expected - came))))


def _lead(gains: Floats) -> float:
    spread = float(np.std(gains)) / math.sqrt(len(gains))
    return float(np.mean(gains)) / spread if spread else 0.0
