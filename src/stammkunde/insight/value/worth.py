"""
What every customer is worth: expected purchases, margin and discounted value, each with the bounds around it.

The model of purchases is BG/NBD or, where that does not fit, MBG/NBD; amounts are Gamma-Gamma on contribution margin,
or on revenue where costs are unknown. A back-test on the company's own past decides whether the model is used: where a
plain rate (repeat purchases of the last year, carried forward) comes closer, that is used instead, and said so.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight import buying, money
from stammkunde.insight.errors import CannotAnswer, InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, Frame, arrow, counted, rows
from stammkunde.insight.periods import day_number
from stammkunde.insight.value.bgnbd import BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.gammagamma import GammaGamma, fit_gamma_gamma
from stammkunde.insight.value.history import Floats, history
from stammkunde.insight.value.spending import spread

YEAR_DAYS = 365
CLEAR_LEAD = 2.0  # standard errors
Basis = Literal["margin", "revenue"]
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
    refusal: str = ""  # why there is no model

    @property
    def better(self) -> Rule:
        """Name what came closer customer by customer or, where that is within noise, in total."""
        if self.model is None:
            return "rate"
        if abs(self.lead) > CLEAR_LEAD:
            return "model" if self.lead > 0 else "rate"
        return "model" if abs(self.model - self.observed) < abs(self.rate - self.observed) else "rate"


@dataclass(frozen=True)
class Worth:
    """Fitted models, ready to value customers as known on the evening of `as_of`."""

    as_of: date
    basis: Basis
    rule: Rule
    purchases: BetaGeometric | None
    amounts: GammaGamma | None
    usual_cents: float  # mean amount of all purchases, for whoever is valued without a model of amounts
    refusal: str  # why a model is missing; empty where none is
    back_test: BackTest | None


def fit(facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS) -> Worth:
    """
    Fit the models to the facts of a day, and try them on an earlier one.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.
        horizon_days: how far ahead the customers will be valued; the back-test looks as far, or as far as it can.

    Returns:
        the fitted models, and which of model and plain rate is to be used.

    Raises:
        NotEnoughData: nobody has bought.
        InvalidInput: the horizon is shorter than a day.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; Journal of Marketing Research 42(4), 415-430.
    """
    if horizon_days < 1:
        raise InvalidInput(f"The horizon is {horizon_days} days. Give at least 1.")
    known = facts.until(as_of)
    past = _past(known, as_of)
    if not past.num_rows:
        raise NotEnoughData("Nobody has bought yet, so nobody can be valued.")
    basis: Basis = "margin" if _margin_known(known) else "revenue"
    purchases, refusal = _try_purchases(past)
    amounts, amounts_refusal = _try_amounts(past, basis)
    tried = back_test(facts, as_of=as_of, horizon_days=horizon_days)
    rule: Rule = "model" if purchases is not None and (tried is None or tried.better == "model") else "rate"
    bought = _column(past, "purchase_days")
    usual = float(_column(past, f"{basis}_cents").sum() / bought.sum())
    return Worth(as_of, basis, rule, purchases, amounts, usual, refusal or amounts_refusal, tried)


def customers(
    facts: Facts,
    worth: Worth,
    *,
    horizon_days: int = YEAR_DAYS,
    share: float = 0.8,
    discount: float = 0.1,
    clv_days: int = 1095,
) -> pa.Table:
    """
    Value every customer who has bought.

    Args:
        facts: the facts that `worth` was fitted to.
        worth: from `fit`.
        horizon_days: how far ahead expected purchases and money look, at least 1.
        share: how sure the bounds are, between 0 and 1.
        discount: yearly rate at which later money counts less.
        clv_days: how far ahead the discounted value looks.

    Returns:
        one row a customer: customer_id, alive (empty with the plain rate), expected_purchases, mean_cents (of one
        purchase), expected_cents, low_cents and high_cents (between which what is spent within the horizon lies with
        probability `share`), clv_cents (discounted). In contribution margin or revenue, as `worth.basis` says.

    Raises:
        InvalidInput: a length is below 1 day, or the share not between 0 and 1.
    """
    if min(horizon_days, clv_days) < 1 or not 0 < share < 1:
        raise InvalidInput("Give lengths of at least one day, and a share between 0 and 1.")
    past = _past(facts.until(worth.as_of), worth.as_of)
    mean = _mean(past, worth)
    if worth.rule == "rate" or worth.purchases is None:
        return _by_rate(past, mean, horizon_days=horizon_days, share=share, discount=discount, clv_days=clv_days)
    x, t_x, t = (_column(past, name) for name in ("frequency", "recency", "age"))
    alive = worth.purchases.alive(x, t_x, t)
    expected = worth.purchases.expected_purchases(horizon_days, x, t_x, t)
    low, high = _bounds(worth, past, alive, mean, horizon_days=horizon_days, share=share)
    clv = mean * _discounted(worth.purchases, x, t_x, t, discount=discount, days=clv_days)
    return _table(past, alive, expected, mean, low, high, clv)


def back_test(facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS) -> BackTest | None:
    """
    Go back, fit as it would have been done then, and compare with what came.

    Args:
        facts: the facts.
        as_of: the last day that counts.
        horizon_days: how far ahead to look; halved until at least as much past remains as is looked ahead.

    Returns:
        the comparison, or None where the facts span less than 60 days.
    """
    span = facts.until(as_of).days()
    if span is None or day_number(as_of) - span[0] < 60:
        return None
    horizon = min(horizon_days, (day_number(as_of) - span[0]) // 2)
    then = as_of - timedelta(days=horizon)
    past = _past(facts.until(then), then)
    if not past.num_rows:
        return None
    came = _came(facts, past, after=day_number(then), until=day_number(as_of))
    rate = _by_day(past) * horizon
    model, refusal = _try_purchases(past)
    expected = None if model is None else model.expected_purchases(horizon, *_states(past))
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


def _past(known: Facts, as_of: date) -> pa.Table:
    """Fetch one row a buyer: frequency, recency and age in days, purchases of the last year, and money."""
    return arrow(
        known.keep(("worth", day_number(as_of)), lambda: _buyers(known, day_number(as_of))).sort("customer_id")
    )


def _buyers(known: Facts, today: int) -> Frame:
    day = nw.col("day")
    days = (
        buying.days(known)
        .group_by("customer_id")
        .agg(
            day.min().alias("first"),
            day.max().alias("last"),
            nw.len().cast(nw.Int64).alias("purchase_days"),
            counted(day > today - YEAR_DAYS, name="year_days"),
        )
    )
    sums = known.lines.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(*money.sums())
    return days.join(sums, on="customer_id", how="inner").select(
        "customer_id",
        (nw.col("purchase_days") - 1).alias("frequency"),
        (nw.col("last") - nw.col("first")).alias("recency"),
        (nw.lit(today) - nw.col("first")).alias("age"),
        "purchase_days",
        "year_days",
        "revenue_cents",
        "margin_cents",
    )


def _margin_known(known: Facts) -> bool:
    sums = rows(known.lines.filter(~nw.col("customer_id").is_null()).select(*money.sums()))[0]
    return money.Money(**{name: int(value or 0) for name, value in sums.items()}).margin_known


def _try_purchases(past: pa.Table) -> tuple[BetaGeometric | None, str]:
    refusal = ""
    for fitting in (fit_bg_nbd, fit_mbg_nbd):
        try:
            return fitting(history(*_states(past))), ""
        except CannotAnswer as reason:
            refusal = str(reason)
    return None, refusal


def _try_amounts(past: pa.Table, basis: Basis) -> tuple[GammaGamma | None, str]:
    bought, spent = _column(past, "purchase_days"), _column(past, f"{basis}_cents")
    positive = spent > 0
    try:
        return fit_gamma_gamma(bought[positive], spent[positive] / bought[positive]), ""
    except CannotAnswer as reason:
        return None, str(reason)


def _mean(past: pa.Table, worth: Worth) -> Floats:
    """Expect of the next purchase what the customer and all others spent; losses so far count as nothing spent."""
    bought = _column(past, "purchase_days")
    spent = np.maximum(_column(past, f"{worth.basis}_cents"), 0.0)
    if worth.amounts is None:
        return np.full(len(bought), worth.usual_cents)
    return worth.amounts.expected_mean(bought, spent / bought)


def _bounds(
    worth: Worth, past: pa.Table, alive: Floats, mean: Floats, *, horizon_days: int, share: float
) -> tuple[Floats, Floats]:
    x, _, t = _states(past)
    assert worth.purchases is not None
    if worth.amounts is None:
        expected = worth.purchases.expected_purchases(horizon_days, *_states(past))
        return _poisson_bounds(expected, mean, share=share)
    spending = spread(worth.purchases, worth.amounts, horizon=horizon_days, most=int(x.max()), oldest=float(t.max()))
    scale = worth.amounts.gamma + np.maximum(_column(past, f"{worth.basis}_cents"), 0.0)
    low, high = (
        spending.at(level, alive=alive, frequency=x, age=t, scale=scale) for level in ((1 - share) / 2, (1 + share) / 2)
    )
    return low, high


def _by_rate(
    past: pa.Table, mean: Floats, *, horizon_days: int, share: float, discount: float, clv_days: int
) -> pa.Table:
    a_day = _by_day(past)
    expected = a_day * horizon_days
    low, high = _poisson_bounds(expected, mean, share=share)
    nothing: Floats = np.full(past.num_rows, np.nan)
    return _table(past, nothing, expected, mean, low, high, mean * a_day * _annuity(discount=discount, days=clv_days))


def _poisson_bounds(expected: Floats, mean: Floats, *, share: float) -> tuple[Floats, Floats]:
    from scipy import stats  # noqa: PLC0415 - slow to load, and rarely needed

    low: Floats = mean * stats.poisson.ppf((1 - share) / 2, np.maximum(expected, 1e-12))
    high: Floats = mean * stats.poisson.ppf((1 + share) / 2, np.maximum(expected, 1e-12))
    return low, high


def _discounted(model: BetaGeometric, x: Floats, t_x: Floats, t: Floats, *, discount: float, days: int) -> Floats:
    """Sum expected purchases by quarter of a year, each discounted from its middle."""
    ends = [*range(91, days, 91), days]
    worth, before, start = np.zeros(len(x)), np.zeros(len(x)), 0
    for end in ends:
        until = model.expected_purchases(end, x, t_x, t)
        worth += (until - before) / (1 + discount) ** ((start + end) / 2 / YEAR_DAYS)
        before, start = until, end
    return worth


def _annuity(*, discount: float, days: int) -> float:
    ends = [*range(91, days, 91), days]
    starts = [0, *ends[:-1]]
    return math.fsum(
        (end - start) * (1 + discount) ** -((start + end) / 2 / YEAR_DAYS)
        for start, end in zip(starts, ends, strict=True)
    )


def _by_day(past: pa.Table) -> Floats:
    """Carry the repeat purchases of the last year, or of the time since the first purchase, forward."""
    repeated = np.minimum(_column(past, "year_days"), _column(past, "frequency"))
    rate: Floats = repeated / np.clip(_column(past, "age"), 30, YEAR_DAYS)
    return rate


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


def _states(past: pa.Table) -> tuple[Floats, Floats, Floats]:
    return _column(past, "frequency"), _column(past, "recency"), _column(past, "age")


def _column(past: pa.Table, name: str) -> Floats:
    values: Floats = past[name].to_numpy().astype(np.float64)
    return values


def _table(
    past: pa.Table, alive: Floats, expected: Floats, mean: Floats, low: Floats, high: Floats, clv: Floats
) -> pa.Table:
    cents = {
        "mean_cents": mean,
        "expected_cents": mean * expected,
        "low_cents": low,
        "high_cents": high,
        "clv_cents": clv,
    }
    return pa.table(
        {
            "customer_id": past["customer_id"],
            "alive": pa.array(alive, from_pandas=True),
            "expected_purchases": expected,
            **{name: np.rint(values).astype(np.int64) for name, values in cents.items()},
        }
    )
