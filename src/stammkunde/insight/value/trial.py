"""Observed beside predicted: go back, fit as it would have been done then, and compare with what came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.periods import Grain, Period, between, day, day_number
from stammkunde.insight.value.buyers import YEAR_DAYS
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.level import LEAST_PAST_DAYS, SHORT_DAYS, YEAR_BACK_DAYS
from stammkunde.insight.value.nbd import Nbd
from stammkunde.insight.value.past import Known, Past, expected_by_day, past_of
from stammkunde.insight.value.refusals import Model, Purchases, Refusal, try_purchases, try_rate

CLEAR_LEAD = 2.0  # standard errors
SHORTEST_DAYS = 60
MODELS: tuple[Model, ...] = ("bg_nbd", "mbg_nbd")
Rule = Literal["model", "rate"]
Laid = Literal["year", "latest"]


@dataclass(frozen=True)
class BackTest:
    """What was expected of the customers known on a past day, and what they then did."""

    as_of: date
    horizon_days: int
    laid: Laid  # year: 364 days ago, over the part of the year that is asked for; latest: over another one
    past_days: int  # before that day
    customers: int
    observed: float  # purchases within the horizon
    model: float | None  # expected by the model; None: it could not be fitted
    rate: float | None  # expected by the rate; None: too few purchases were known
    model_error: float | None  # root mean squared error a customer, in purchases
    rate_error: float | None
    lead: float = 0.0  # by how many standard errors the model's mean squared error is the smaller one
    refusal: Refusal | None = None  # why there is no model

    @property
    def first_on(self) -> date:
        """Give the first day that was looked at."""
        return self.as_of + timedelta(days=1)

    @property
    def last_on(self) -> date:
        """Give the last day that was looked at."""
        return self.as_of + timedelta(days=self.horizon_days)

    @property
    def short_past(self) -> bool:
        """Tell whether little was known before, so that what came says less."""
        return self.past_days < max(self.horizon_days, SHORT_DAYS)

    @property
    def better(self) -> Rule:
        """Name what came closer customer by customer or, where that is within noise, in total."""
        if self.model is None or self.rate is None:
            return "rate" if self.model is None and self.rate is not None else "model"
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
    rate: float | None


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
        horizon_days: how far ahead to look. Where 448 days are known, what is compared began 364 days ago, so that it
            is the same part of the year, and looks at most as far. Else it ends today, halved until at least as
            much past remains as is looked ahead.
        models: which to try, in this order, of bg_nbd, mbg_nbd and pareto_nbd.

    Returns:
        the comparison, or None where the facts span less than 60 days.

    Raises:
        InvalidInput: no model is named, or an unknown one.
    """
    past = past_of(facts.until(as_of))
    return None if past is None else tested(past, as_of=as_of, horizon_days=horizon_days, models=models)


def tested(past: Past, *, as_of: date, horizon_days: int, models: Sequence[Model]) -> BackTest | None:
    """
    Test as `back_test` does, with all buying days at hand.

    Args:
        past: buying days until `as_of`.
        as_of: as in `back_test`.
        horizon_days: as in `back_test`.
        models: as in `back_test`.

    Returns:
        as `back_test`.

    Raises:
        InvalidInput: no model is named, or an unknown one.
    """
    found = _replayed(past, as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        return None
    came, rate, expected = found.came, found.by_rate, found.expected
    both = None if rate is None or expected is None else np.square(rate - came) - np.square(expected - came)
    return BackTest(
        as_of=found.then,
        horizon_days=found.horizon,
        laid=found.laid,
        past_days=found.known.on - found.past.first,
        customers=len(came),
        observed=float(came.sum()),
        model=None if expected is None else float(expected.sum()),
        rate=None if rate is None else float(rate.sum()),
        model_error=None if expected is None else _off(expected, came),
        rate_error=None if rate is None else _off(rate, came),
        lead=0.0 if both is None else _lead(both),
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
    found = _replayed(past_of(facts.until(as_of)), as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        return ()
    group = np.minimum(found.known.frequency, most).astype(int)
    customers = np.bincount(group, minlength=most + 1)
    unknown = [None] * (most + 1)
    model, rate = (unknown if e is None else _means(group, e, most) for e in (found.expected, found.by_rate))
    came = _means(group, found.came, most)
    return tuple(
        Frequent(n, n == most, int(customers[n]), came[n], model[n], rate[n])
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
        horizon_days: as in `back_test`, which says when the model was fitted.
        grain: month, quarter or year.
        models: as in `back_test`.

    Returns:
        the periods since the first purchase, oldest first; the last one ends with `as_of`.

    Raises:
        NotEnoughData: the facts span less than 60 days, or no model could be fitted to what was known then.
        InvalidInput: no model is named, or an unknown one.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284, figures 3 and 4.
    """
    found = _replayed(past_of(facts.until(as_of)), as_of=as_of, horizon_days=horizon_days, models=models)
    if found is None:
        raise NotEnoughData(f"The facts span less than {SHORTEST_DAYS} days.")
    if found.model is None:
        raise NotEnoughData(found.refusal.text if found.refusal else "No model could be fitted.")
    first, last = found.past.first, day_number(as_of)
    shown = between(day(first), as_of, grain=grain)
    ends = np.array([min(period.end_day, last) - first for period in shown])
    came = found.past.repeats(found.known, last=last).cumsum()[ends]
    expected = expected_by_day(found.known, found.model, last=last).cumsum()[ends]
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
    laid: Laid
    past: Past
    known: Known
    came: Floats
    rate: Nbd | None
    model: Purchases | None
    refusal: Refusal | None

    @cached_property
    def expected(self) -> Floats | None:
        return None if self.model is None else self.model.expected_purchases(self.horizon, *self.known.states)

    @cached_property
    def by_rate(self) -> Floats | None:
        return None if self.rate is None else self.rate.expected_purchases(self.horizon, *self.known.states)


def _replayed(past: Past | None, *, as_of: date, horizon_days: int, models: Sequence[Model]) -> _Replayed | None:
    if past is None or day_number(as_of) - past.first < SHORTEST_DAYS:
        return None
    laid, back, horizon = _laid(day_number(as_of) - past.first, horizon_days)
    known = past.known(day_number(as_of) - back)
    model, refusal = try_purchases(known.history, models)
    rate, _ = try_rate(known.history)
    then = as_of - timedelta(days=back)
    return _Replayed(then, horizon, laid, past, known, past.came(known, days=horizon), rate, model, refusal)


def _laid(past_days: int, horizon_days: int) -> tuple[Laid, int, int]:
    """Choose how many days to go back, and how far to look from there."""
    if past_days - YEAR_BACK_DAYS >= LEAST_PAST_DAYS:
        return "year", YEAR_BACK_DAYS, min(horizon_days, YEAR_BACK_DAYS)
    horizon = min(horizon_days, past_days // 2)
    return "latest", horizon, horizon


def _means(group: NDArray[np.int64], values: Floats, most: int) -> list[float]:
    sums, customers = np.bincount(group, values, minlength=most + 1), np.bincount(group, minlength=most + 1)
    means: list[float] = (sums / np.maximum(customers, 1)).tolist()
    return means


def _off(expected: Floats, came: Floats) -> float:
    return math.sqrt(float(np.mean(np.square(expected - came))))


def _lead(gains: Floats) -> float:
    spread = float(np.std(gains)) / math.sqrt(len(gains))
    return float(np.mean(gains)) / spread if spread else 0.0
