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
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.value.buyers import YEAR_DAYS, buyers, column, margin_known, repeated, states
from stammkunde.insight.value.gammagamma import GammaGamma
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.intervals import Bounds
from stammkunde.insight.value.refusals import Basis, Model, Purchases, Refusal, try_amounts, try_purchases
from stammkunde.insight.value.spending import spread
from stammkunde.insight.value.steps import quarters
from stammkunde.insight.value.trial import MODELS, BackTest, Rule, back_test

__all__ = ["BackTest", "Basis", "Model", "Refusal", "Rule", "Worth", "back_test", "customers", "fit"]


@dataclass(frozen=True)
class Worth:
    """Fitted models, ready to value customers as known on the evening of `as_of`."""

    as_of: date
    basis: Basis
    rule: Rule
    purchases: Purchases | None
    amounts: GammaGamma | None
    usual_cents: float  # mean amount of all purchases, at least 0, for whoever is valued without a model of amounts
    not_positive: int  # customers who brought nothing so far, or less: left out of the fit, counted as nothing spent
    refusals: tuple[Refusal, ...]  # why models are missing
    back_test: BackTest | None

    @property
    def refusal(self) -> Refusal | None:
        """Say why a model is missing, that of purchases first; None where none is."""
        return self.refusals[0] if self.refusals else None


def fit(facts: Facts, *, as_of: date, horizon_days: int = YEAR_DAYS, models: Sequence[Model] = MODELS) -> Worth:
    """
    Fit the models to the facts of a day, and try them on an earlier one.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.
        horizon_days: how far ahead the customers will be valued; the back-test looks as far, or as far as it can.
        models: of purchases to try, in this order, of bg_nbd, mbg_nbd and pareto_nbd; the first that can be fitted.

    Returns:
        the fitted models, and which of model and plain rate is to be used.

    Raises:
        NotEnoughData: nobody has bought.
        InvalidInput: the horizon is shorter than a day, no model is named, or an unknown one.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; Journal of Marketing Research 42(4), 415-430.
    """
    if horizon_days < 1:
        raise InvalidInput(f"The horizon is {horizon_days} days. Give at least 1.")
    known = facts.until(as_of)
    past = buyers(known, as_of=as_of)
    if not past.num_rows:
        raise NotEnoughData("Nobody has bought yet, so nobody can be valued.")
    basis: Basis = "margin" if margin_known(known) else "revenue"
    purchases, no_purchases = try_purchases(past, models)
    amounts, no_amounts = try_amounts(past, basis)
    tried = back_test(facts, as_of=as_of, horizon_days=horizon_days, models=models)
    spent = column(past, f"{basis}_cents")
    return Worth(
        as_of=as_of,
        basis=basis,
        rule="model" if purchases is not None and (tried is None or tried.better == "model") else "rate",
        purchases=purchases,
        amounts=amounts,
        usual_cents=max(float(spent.sum() / column(past, "purchase_days").sum()), 0.0),
        not_positive=int((spent <= 0).sum()),
        refusals=tuple(refusal for refusal in (no_purchases, no_amounts) if refusal is not None),
        back_test=tried,
    )


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
        discount: yearly rate at which later money counts less, 0 or more.
        clv_days: how far ahead the discounted value looks.

    Returns:
        one row a customer: customer_id, alive (empty with the plain rate), expected_purchases, mean_cents (of one
        purchase), expected_cents (of the horizon), clv_cents (discounted), and between which bounds what comes will lie
        with probability `share`: purchases_low and purchases_high, low_cents and high_cents, clv_low_cents and
        clv_high_cents; her true mean lies between mean_low_cents and mean_high_cents (empty without a model of
        amounts). In contribution margin or revenue, as `worth.basis` says.

    Raises:
        InvalidInput: a length is below 1 day, the share not between 0 and 1, or the discount negative.
    """
    if min(horizon_days, clv_days) < 1 or not 0 < share < 1 or discount < 0:
        raise InvalidInput("Give lengths of at least one day, a share between 0 and 1, and no negative discount.")
    past = buyers(facts.until(worth.as_of), as_of=worth.as_of)
    look = _Look(past, worth, share=share, force=math.log1p(discount) / YEAR_DAYS)
    if worth.rule == "rate" or worth.purchases is None:
        return look.by_rate(horizon_days, clv_days)
    return look.by_model(worth.purchases, horizon_days, clv_days)


class _Look:
    """All customers of a day, about to be valued; `force` is the discount a day, e to its power."""

    def __init__(self, past: pa.Table, worth: Worth, *, share: float, force: float):
        self.past, self.worth, self.force = past, worth, force
        self.levels = ((1 - share) / 2, (1 + share) / 2)
        bought = column(past, "purchase_days")
        self.spent = np.maximum(column(past, f"{worth.basis}_cents"), 0.0)  # losses so far count as nothing spent
        if worth.amounts is None:
            self.mean: Floats = np.full(len(bought), worth.usual_cents)
            self.mean_bounds = Bounds(*np.full((2, len(bought)), np.nan))
        else:
            self.mean = worth.amounts.expected_mean(bought, self.spent / bought)
            self.mean_bounds = Bounds(*worth.amounts.mean_interval(bought, self.spent / bought, share=share))

    def by_model(self, model: Purchases, horizon: int, clv_days: int) -> pa.Table:
        x, t_x, t = states(self.past)
        alive = model.alive(x, t_x, t)
        expected = model.expected_purchases(horizon, x, t_x, t)
        purchases, money = self._played(model, alive, horizon, force=0.0)
        _, clv = self._played(model, alive, clv_days, force=self.force)
        worth_now = model.discounted_purchases(*quarters(clv_days, force=self.force), x, t_x, t)
        return self._table(alive, expected, worth_now, purchases, money, clv)

    def by_rate(self, horizon: int, clv_days: int) -> pa.Table:
        few, days = repeated(self.past)
        factor = _annuity(force=self.force, days=clv_days)
        purchases, later = (_rate_bounds(few, days, horizon=ahead, levels=self.levels) for ahead in (horizon, clv_days))
        nothing: Floats = np.full(len(few), np.nan)
        money, clv = purchases.times(self.mean), later.times(self.mean * factor / clv_days)
        return self._table(nothing, few / days * horizon, few / days * factor, purchases, money, clv)

    def _played(self, model: Purchases, alive: Floats, horizon: int, *, force: float) -> tuple[Bounds, Bounds]:
        """Read the bounds of purchases and of money from customers of like count and age, played through."""
        x, _, t = states(self.past)
        amounts = self.worth.amounts
        play = spread(model, amounts, horizon=horizon, most=int(x.max()), oldest=float(t.max()), discount=force)
        scale = self.mean if amounts is None else amounts.gamma + self.spent
        near = play.near(x, t)
        purchases = (play.purchases_at(level, near, alive=alive) for level in self.levels)
        money = (play.at(level, near, alive=alive, scale=scale) for level in self.levels)
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
                "expected_purchases": expected,
                "purchases_low": purchases.low.astype(np.int64),
                "purchases_high": purchases.high.astype(np.int64),
                **{
                    name: pa.array(np.rint(values), from_pandas=True).cast(pa.int64()) for name, values in cents.items()
                },
            }
        )


def _rate_bounds(few: Floats, days: Floats, *, horizon: int, levels: tuple[float, float]) -> Bounds:
    """
    Give the bounds of purchases to come at a rate that is known from few purchases only.

    The rate is a gamma variable (few + ½, days), by Jeffreys; what comes at it is negative binomial.
    """
    from scipy import stats  # noqa: PLC0415 - slow to load, and rarely needed

    pairs, place = np.unique(few * (YEAR_DAYS + 1) + days, return_inverse=True)
    shape, known = pairs // (YEAR_DAYS + 1) + 0.5, pairs % (YEAR_DAYS + 1)
    low, high = (stats.nbinom.ppf(level, shape, known / (known + horizon))[place] for level in levels)
    return Bounds(low, high)


def _annuity(*, force: float, days: int) -> float:
    """Give what one a day is worth today."""
    return -math.expm1(-force * days) / force if force else float(days)
