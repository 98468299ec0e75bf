"""Observed beside predicted: go back, fit as it would have been done then, and compare with what came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight import buying
from stammkunde.insight.frames import Facts, arrow
from stammkunde.insight.periods import day_number
from stammkunde.insight.value.buyers import YEAR_DAYS, buyers, repeated, states
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.refusals import Model, Refusal, try_purchases

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
    rate = few / days * horizon
    model, refusal = try_purchases(past, models)
    expected = None if model is None else model.expected_purchases(horizon, *states(past))
    return BackTest(
        as_of=then,
        horizon_days=horizon,
        customers=past.num_rows,
        observed=float(came.sum()),
        model=None if expected is None else float(expected.sum()),
        rate=float(rate.sum()),
        model_error=None if expected is None else _off(expected, came),
        rate_error=_off(rate, came),
        lead=0.0 if expected is None else _lead(np.square(rate - came) - np.square(expected - came)),
        refusal=refusal,
    )


def _came(facts: Facts, past: pa.Table, *, after: int, until: int) -> Floats:
    day = nw.col("day")
    within = buying.days(facts).filter((day > after) & (day <= until))
    counts = arrow(within.group_by("customer_id").agg(nw.len().cast(nw.Int64).alias("n")))
    row = pc.index_in(past["customer_id"], value_set=counts["customer_id"])
    came: Floats = pc.fill_null(counts["n"].take(row), 0).to_numpy().astype(np.float64)
    return came


def _off(expected: Floats, came: Floats) -> float:
    return math.sqrt(float(np.mean(np.square(expected - came))))


def _lead(gains: Floats) -> float:
    spread = float(np.std(gains)) / math.sqrt(len(gains))
    return float(np.mean(gains)) / spread if spread else 0.0
