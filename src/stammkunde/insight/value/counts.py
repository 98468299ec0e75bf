"""How likely exactly so many purchases are, and not their mean alone: BG/NBD and MBG/NBD in closed form."""

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import special
from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.history import Floats


def probability_of(
    model: BetaGeometric, purchases: int, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> Floats:
    """
    Give the probability that customers buy exactly so often within a time from today.

    Args:
        model: the fitted model of purchases.
        purchases: how often, 0 or more.
        horizon: how far ahead, above 0, in the unit of time of the model.
        frequency: repeat purchases, shape (n,).
        recency: time from first to last purchase, shape (n,).
        age: time from first purchase to today, shape (n,).

    Returns:
        probabilities, shape (n,); over all numbers of purchases they add up to 1, and weigh up to the expected number.

    Raises:
        InvalidInput: the number is negative or fractional, or the horizon not above 0.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284: whoever still buys does so at a rate ~
    gamma(r + x, alpha + T) and stops with a probability ~ beta(a, b + x), so that n purchases are n at that rate
    without having stopped, or n and more of which the n-th was the last.
    """
    if purchases < 0 or purchases != int(purchases) or not horizon > 0:
        raise InvalidInput(f"{purchases} purchases within {horizon:g}: give a whole number, and a horizon above 0.")
    x, t_x, t = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (frequency, recency, age)))
    alive, n = model.alive(x, t_x, t), float(purchases)
    size, b = model.r + x, model.b + x + (1 if model.first_may_leave else 0)
    still = (model.alpha + t) / (model.alpha + t + horizon)
    before = special.betaln(model.a, b)
    going_on = np.exp(special.betaln(model.a, b + n) - before + _log_nbd(n, size, still))
    if not purchases:
        nothing: Floats = alive * going_on + 1 - alive
        return nothing
    at_least = special.betainc(n, size, 1 - still)  # the chance of n and more
    bought: Floats = alive * (going_on + np.exp(special.betaln(model.a + 1, b + n - 1) - before) * at_least)
    return bought


def _log_nbd(n: float, size: Floats, still: Floats) -> Floats:
    """Give the logarithm of the chance of n at a rate that differs (negative binomial)."""
    ways: Floats = special.gammaln(size + n) - special.gammaln(size) - special.gammaln(n + 1)
    chance: Floats = ways + size * np.log(still) + special.xlog1py(n, -still)
    return chance
