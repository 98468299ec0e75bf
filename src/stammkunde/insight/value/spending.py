"""
How much customers may spend within a time: the whole distribution, not the mean alone.

Given that a customer still buys, her rate and her chance to stop follow from the count of purchases and the age alone,
and what she spends is a scale of her own (gamma + total spent) times a number without unit. So a few hundred
combinations of count and age are played through once, and every customer reads her bounds from the nearest ones.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.gammagamma import GammaGamma
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.paretonbd import ParetoNbd

DRAWS = 2_000
AGES = 24
MOST_EXACT_COUNTS = 24
Places = NDArray[np.int64]
LEVELS = np.linspace(0.0, 1.0, 201)

Play = Callable[[np.random.Generator, Floats, Floats], Floats]  # counts and ages, one a draw → purchases in the horizon


@dataclass(frozen=True, eq=False)
class Spread:
    """Quantiles of spending over scale, of customers who still buy: by count, age and level."""

    counts: Floats
    log_ages: Floats  # of alpha + age
    quantiles: Floats  # shape (counts, ages, levels)
    alpha: float

    def at(self, level: float, *, alive: Floats, frequency: Floats, age: Floats, scale: Floats) -> Floats:
        """
        Read what customers spend at most with a given probability.

        Args:
            level: the probability, between 0 and 1.
            alive: probability of still buying, shape (n,).
            frequency: repeat purchases, shape (n,).
            age: time from first purchase to today, shape (n,).
            scale: gamma plus the total spent so far, shape (n,).

        Returns:
            amounts, shape (n,), in the unit of the scale; 0 where stopping alone is likelier than the level.
        """
        inner = np.clip((level - (1 - alive)) / np.maximum(alive, 1e-12), 0.0, 1.0)
        middles = (self.counts[1:] + self.counts[:-1]) / 2
        count = np.searchsorted(middles, frequency)
        place = np.interp(np.log(self.alpha + age), self.log_ages, np.arange(len(self.log_ages)))
        low = np.minimum(place.astype(int), len(self.log_ages) - 2)
        part = place - low
        younger, older = (self._between(count, low + step, inner) for step in (0, 1))
        amounts: Floats = scale * (younger * (1 - part) + older * part)
        return amounts

    def _between(self, count: Places, age: Places, level: Floats) -> Floats:
        step = level * (len(LEVELS) - 1)
        low = np.minimum(step.astype(int), len(LEVELS) - 2)
        part = step - low
        rows: Floats = self.quantiles[count, age, low] * (1 - part) + self.quantiles[count, age, low + 1] * part
        return rows


def spread(
    purchases: BetaGeometric | ParetoNbd, money: GammaGamma, *, horizon: float, most: int, oldest: float, seed: int = 1
) -> Spread:
    """
    Play customers of every count and age through the horizon.

    Args:
        purchases: the fitted model of purchases.
        money: the fitted model of amounts.
        horizon: how far ahead, above 0, in the unit of time of the model.
        most: the highest count of repeat purchases that will be asked for.
        oldest: the highest age that will be asked for.
        seed: of the random numbers; the same seed gives the same bounds.

    Returns:
        the distribution, to be read by `Spread.at`.
    """
    random = np.random.default_rng(seed)
    counts = _counts(most)
    log_ages = np.linspace(np.log(purchases.alpha), np.log(purchases.alpha + max(oldest, 1.0)), AGES)
    play = _bg_nbd(purchases, horizon) if isinstance(purchases, BetaGeometric) else _pareto_nbd(purchases, horizon)
    quantiles = np.empty((len(counts), AGES, len(LEVELS)))
    for i, count in enumerate(counts):
        x = np.full((AGES, DRAWS), count)
        t = np.repeat(np.exp(log_ages)[:, None] - purchases.alpha, DRAWS, axis=1)
        bought = play(random, x, t)
        spent = random.gamma(np.maximum(money.p * bought, 1e-300)) * (bought > 0)
        ratio = spent / random.gamma(money.p * (count + 1) + money.q, size=spent.shape)
        quantiles[i] = np.quantile(ratio, LEVELS, axis=1).T
    return Spread(counts, log_ages, quantiles, purchases.alpha)


def _counts(most: int) -> Floats:
    few = np.arange(min(most, MOST_EXACT_COUNTS) + 1)
    many = np.geomspace(MOST_EXACT_COUNTS, max(most, MOST_EXACT_COUNTS + 1), 20).round()
    return np.unique(np.concatenate([few, many])).astype(np.float64)


def _bg_nbd(model: BetaGeometric, horizon: float) -> Play:
    """Purchases end with the horizon, or with the one after which the customer stops."""
    shift = 1 if model.first_may_leave else 0

    def play(random: np.random.Generator, x: Floats, t: Floats) -> Floats:
        rate = random.gamma(model.r + x) / (model.alpha + t)
        chance = np.maximum(random.beta(model.a, model.b + x + shift), 1e-12)
        until_stop = np.maximum(
            np.ceil(np.log(1 - random.random(x.shape)) / np.log1p(-np.minimum(chance, 1 - 1e-12))), 1
        )
        bought: Floats = np.minimum(random.poisson(rate * horizon), until_stop)
        return bought

    return play


def _pareto_nbd(model: ParetoNbd, horizon: float) -> Play:
    """Purchases end with the horizon, or when the customer stops unseen."""

    def play(random: np.random.Generator, x: Floats, t: Floats) -> Floats:
        rate = random.gamma(model.r + x) / (model.alpha + t)
        leaving = random.gamma(np.full_like(x, model.s)) / (model.beta + t)
        stops = random.exponential(size=x.shape) / np.maximum(leaving, 1e-300)
        bought: Floats = random.poisson(rate * np.minimum(stops, horizon)).astype(np.float64)
        return bought

    return play
