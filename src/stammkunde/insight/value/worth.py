"""
What every customer is worth, from the facts alone: purchases to expect, money, bounds, and how far to trust them.

    >>> worth = fit(facts, as_of=today)
    >>> worth.rule, worth.refusal
    ('model', None)
    >>> customers(facts, worth).num_rows
    1400
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.periods import day_number
from stammkunde.insight.value.buyers import YEAR_DAYS, amounts_of, buyers, column, margin_known, states
from stammkunde.insight.value.gammagamma import GammaGamma
from stammkunde.insight.value.history import Floats, history
from stammkunde.insight.value.intervals import Bounds
from stammkunde.insight.value.level import YEAR_BACK_DAYS, Level
from stammkunde.insight.value.levelling import Fit, find_level, stretched
from stammkunde.insight.value.nbd import Nbd
from stammkunde.insight.value.past import Past, past_of
from stammkunde.insight.value.refusals import (
    Basis,
    Model,
    Purchases,
    Refusal,
    try_amounts,
    try_purchases,
    try_rate,
)
from stammkunde.insight.value.spending import Drawn, Played, spread
from stammkunde.insight.value.steps import quarters
from stammkunde.insight.value.trial import MODELS, BackTest, Rule, back_test, tested

__all__ = ["BackTest", "Basis", "Level", "Model", "Refusal", "Rule", "Worth", "back_test", "customers", "fit"]


@dataclass(frozen=True)
class Worth:
    """Fitted models, ready to value customers as known on the evening of `as_of`."""

    as_of: date
    basis: Basis
    rule: Rule
    purchases: Purchases | None
    rate: Nbd | None  # drawn towards everybody's; None: too few purchases are known, and nothing is expected
    amounts: GammaGamma | None
    usual_cents: float  # mean amount of all purchases, at least 0, for whoever is valued without a model of amounts
    not_positive: int  # customers who brought nothing so far, or less: left out of the fit, counted as nothing spent
    refusals: tuple[Refusal, ...]  # why models are missing
    back_test: BackTest | None
    level: Level  # of what will come within the horizon of the fit
    year_level: Level  # of what will come within a year, and later
    drawn: Drawn = field(compare=False)  # amounts as they were, where no model of them fits

    @property
    def refusal(self) -> Refusal | None:
        """Say why a model is missing, that of purchases first; None where none is."""
        return self.refusals[0] if self.refusals else None

    @property
    def used(self) -> Purchases | None:
        """Give what tells how often customers will buy; None where too few purchases are known."""
        return self.purchases if self.rule == "model" else self.rate


def fit(facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS, models: Sequence[Model] = MODELS) -> Worth:
    """
    Fit the models to the facts of a day, try them on an earlier one, and find the level of all customers together.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.
        horizon_days: how far ahead the customers will be valued; the back-test looks as far, or as far as it can.
        models: of purchases to try, in this order, of bg_nbd, mbg_nbd and pareto_nbd; the first that can be fitted.

    Returns:
        the fitted models, which of model and rate is to be used, and at which level.

    Raises:
        NotEnoughData: nobody has bought.
        InvalidInput: the horizon is shorter than a day, no model is named, or an unknown one.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; Journal of Marketing Research 42(4), 415-430.
    """
    if horizon_days < 1:
        raise InvalidInput(f"The horizon is {horizon_days} days. Give at least 1.")
    known = facts.until(as_of)
    table, past = buyers(known, as_of=as_of), past_of(known)
    if past is None:
        raise NotEnoughData("Nobody has bought yet, so nobody can be valued.")
    basis: Basis = "margin" if margin_known(known) else "revenue"
    seen = history(*states(table))
    (purchases, no_purchases), (rate, no_rate) = try_purchases(seen, models), try_rate(seen)
    amounts, no_amounts = try_amounts(table, basis)
    test = tested(past, as_of=as_of, horizon_days=horizon_days, models=models)
    rule: Rule = "model" if purchases is not None and (test is None or test.better == "model") else "rate"
    used = purchases if rule == "model" else rate
    level, year_level = _levels(past, used, _fit_of(rule, models), on=day_number(as_of), horizon_days=horizon_days)
    spent = column(table, f"{basis}_cents")
    return Worth(
        as_of=as_of,
        basis=basis,
        rule=rule,
        purchases=purchases,
        rate=rate,
        amounts=amounts,
        usual_cents=max(float(spent.sum() / column(table, "purchase_days").sum()), 0.0),
        not_positive=int((spent <= 0).sum()),
        refusals=tuple(refusal for refusal in (no_rate or no_purchases, no_amounts) if refusal is not None),
        back_test=test,
        level=level,
        year_level=year_level,
        drawn=Drawn(amounts_of(known, basis) if amounts is None else np.ones(1)),
    )


def _levels(past: Past, used: Purchases | None, fit: Fit, *, on: int, horizon_days: int) -> tuple[Level, Level]:
    """Find the level within the horizon, and the one within a year, which holds for later years, too."""
    if used is None:
        return Level(), Level()
    known = past.known(on)
    found = find_level(past, known, used, horizon_days=horizon_days, fit=fit)
    if horizon_days >= YEAR_BACK_DAYS:
        return found, found
    return found, find_level(past, known, used, horizon_days=YEAR_BACK_DAYS, fit=fit)


def _fit_of(rule: Rule, models: Sequence[Model]) -> Fit:
    return (lambda seen: try_purchases(seen, models)[0]) if rule == "model" else (lambda seen: try_rate(seen)[0])


def customers(
    facts: Facts,
    worth: Worth,
    *,
    horizon_days: int = YEAR_DAYS,
    share: float | None = 0.8,
    discount: float = 0.1,
    clv_days: int = 1095,
    played: Played | None = None,
) -> pa.Table:
    """
    Value every customer who has bought.

    Args:
        facts: the facts that `worth` was fitted to.
        worth: from `fit`.
        horizon_days: how far ahead expected purchases and money look, at least 1.
        share: how sure the bounds are, between 0 and 1; None: only what is expected within the horizon, as bounds and
            the discounted value take nearly all of the time; they are left empty.
        discount: yearly rate at which later money counts less, 0 or more.
        clv_days: how far ahead the discounted value looks.
        played: who was played through before for the bounds, and need not be again.

    Returns:
        one row a customer: customer_id, alive (empty with the rate), expected_purchases, mean_cents (of one purchase),
        expected_cents (of the horizon), clv_cents (discounted), and between which bounds what comes will lie with
        probability `share`: purchases_low and purchases_high, low_cents and high_cents, clv_low_cents and
        clv_high_cents; her true mean lies between mean_low_cents and mean_high_cents (empty without a model of
        amounts). In contribution margin or revenue, as `worth.basis` says. All but means are empty where too few
        purchases are known. All are at the level that was found: the model is asked about a time as much longer (or
        shorter) as more (or fewer) purchases are expected than it says.

    Raises:
        InvalidInput: a length is below 1 day, the share not between 0 and 1, or the discount negative.
    """
    past = buyers(facts.until(worth.as_of), as_of=worth.as_of)
    return valued(
        past, worth, horizon_days=horizon_days, share=share, discount=discount, clv_days=clv_days, played=played
    )


def valued(
    past: pa.Table,
    worth: Worth,
    *,
    horizon_days: int,
    share: float | None,
    discount: float,
    clv_days: int,
    played: Played | None = None,
) -> pa.Table:
    """
    Value the customers of a table; what `customers` and `summaries.customers` give.

    Args:
        past: from `buyers.buyers`, or in its shape.
        worth: the models.
        horizon_days: as in `customers`, and so are all others.
        share: how sure the bounds are, if any.
        discount: yearly.
        clv_days: how far ahead the discounted value looks.
        played: as in `customers`.

    Returns:
        what `customers` returns.

    Raises:
        InvalidInput: a length is below 1 day, the share not between 0 and 1, or the discount negative.
    """
    if min(horizon_days, clv_days) < 1 or not (share is None or 0 < share < 1) or discount < 0:
        raise InvalidInput("Give lengths of at least one day, a share between 0 and 1, and no negative discount.")
    look = _Look(past, worth, share=share, force=math.log1p(discount) / YEAR_DAYS, played=played)
    return look.unknown() if worth.used is None else look.ahead(worth.used, horizon_days, clv_days)


class _Look:
    """All customers of a day, about to be valued; `force` is the discount a day, e to its power."""

    def __init__(self, past: pa.Table, worth: Worth, *, share: float | None, force: float, played: Played | None):
        self.past, self.worth, self.force, self.played = past, worth, force, played
        self.levels = None if share is None else ((1 - share) / 2, (1 + share) / 2)
        bought = column(past, "purchase_days")
        self.spent = np.maximum(column(past, f"{worth.basis}_cents"), 0.0)  # losses so far count as nothing spent
        if worth.amounts is None:
            self.mean: Floats = np.full(len(bought), worth.usual_cents)
            self.mean_bounds = self._nothing()
        else:
            own = self.spent / np.maximum(bought, 1)
            self.mean = worth.amounts.expected_mean(bought, own)
            self.mean_bounds = self._nothing()
            if share is not None:
                self.mean_bounds = Bounds(*worth.amounts.mean_interval(bought, own, share=share))

    def ahead(self, model: Purchases, horizon: int, clv_days: int) -> pa.Table:
        level, later = self.worth.level if horizon < YEAR_BACK_DAYS else self.worth.year_level, self.worth.year_level
        seen = states(self.past)
        time = stretched(model, seen, horizon, level.factor)
        alive, expected = model.alive(*seen), model.expected_purchases(time, *seen)
        shown = np.full(len(alive), np.nan) if isinstance(model, Nbd) else alive
        if self.levels is None:
            bounds = self._nothing()
            return self._table(shown, expected, bounds.low, bounds, bounds, bounds)
        long = stretched(model, seen, clv_days, later.factor)
        pace = long / clv_days
        purchases, money = self._played(model, alive, time, force=0.0, unsure=level.spread)
        _, clv = self._played(model, alive, long, force=self.force / pace, unsure=later.spread)
        ends, factors = quarters(clv_days, force=self.force)
        worth_now = model.discounted_purchases([end * pace for end in ends], factors, *seen)
        return self._table(shown, expected, worth_now, purchases, money, clv)

    def unknown(self) -> pa.Table:
        bounds = self._nothing()
        return self._table(bounds.low, bounds.low, bounds.low, bounds, bounds, bounds)

    def _nothing(self) -> Bounds:
        return Bounds(*np.full((2, self.past.num_rows), np.nan))

    def _played(
        self, model: Purchases, alive: Floats, horizon: float, *, force: float, unsure: float
    ) -> tuple[Bounds, Bounds]:
        """Read the bounds of purchases and of money from customers of like count and age, played through."""
        assert self.levels is not None
        x, _, t = states(self.past)
        amounts = self.worth.amounts
        play = spread(
            model,
            amounts or self.worth.drawn,
            horizon=horizon,
            frequency=x,
            age=t,
            discount=force,
            unsure=unsure,
            played=self.played,
        )
        scale = self.mean if amounts is None else amounts.gamma + self.spent
        purchases = (play.purchases_at(level, alive=alive) for level in self.levels)
        money = (play.at(level, alive=alive, scale=scale) for level in self.levels)
        return Bounds(*purchases), Bounds(*money)

    def _table(
        self, alive: Floats, expected: Floats, worth_now: Floats, purchases: Bounds, money: Bounds, clv: Bounds
    ) -> pa.Table:
        cents = {
            "mean_cents": self.mean,
            "mean_low_cents": self.mean_bounds.low,
            "mean_high_cents": self.mean_bounds.high,
            "expected_cents": self.mean * expected,
            "low_cents": money.low,
            "high_cents": money.high,
            "clv_cents": self.mean * worth_now,
            "clv_low_cents": clv.low,
            "clv_high_cents": clv.high,
        }
        return pa.table(
            {
                "customer_id": self.past["customer_id"],
                "alive": pa.array(alive, from_pandas=True),
                "expected_purchases": pa.array(expected, from_pandas=True),
                "purchases_low": pa.array(purchases.low, from_pandas=True).cast(pa.int64()),
                "purchases_high": pa.array(purchases.high, from_pandas=True).cast(pa.int64()),
                **{
                    name: pa.array(np.rint(values), from_pandas=True).cast(pa.int64()) for name, values in cents.items()
                },
            }
        )
