"""
Which of many plays earned most, without taking luck for merit; and what all of them earned together.

    >>> found = shrink([9.0, 2.0, 1.0, -1.0], errors=[4.0, 1.0, 1.5, 2.0])
    >>> found.effect.round(1).tolist()
    [2.6, 1.8, 1.4, 0.8]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.experiments.effect import Effect
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats, Whole

POINTS = 60  # quantiles of the spread between plays
HALVINGS = 50


@dataclass(frozen=True, eq=False)
class Shrunk:
    """
    What plays probably earned, taking back what was probably luck: for their order and for sums.

    `effect` lies between `low` and `high` with the confidence asked for, shape (n,); a play's own page keeps its own
    interval. `typical` is the mean of plays like these, `spread` how far they lie apart.
    """

    effect: Floats
    error: Floats
    low: Floats
    high: Floats
    typical: float
    spread: float

    @property
    def order(self) -> Whole:
        """Give the places of the plays, the best first."""
        return np.argsort(-self.effect, kind="stable")


def shrink(effects: ArrayLike, *, errors: ArrayLike, confidence: float = 0.9) -> Shrunk:
    """
    Draw the effects of plays towards each other, the less certain the more.

    How far plays lie apart is not estimated but averaged over, with a half-Cauchy prior; its scale is the median error.

    Args:
        effects: per customer, of unlike plays, in one unit, shape (n,).
        errors: their standard errors, above 0, shape (n,).
        confidence: of the intervals, between 0 and 1.

    Returns:
        the shrunk effects; a single play is drawn nowhere.

    Raises:
        InvalidInput: there is no play, lengths differ, an error is not above 0, or the confidence is out of range.

    Source: Gelman (2006), Bayesian Analysis 1(3), 515-534; Lee & Shen (2018), KDD, 491-499, on the winner's curse.
    """
    d, se = np.asarray(effects, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if d.ndim != 1 or d.shape != se.shape or not len(d):
        raise InvalidInput(f"Give one effect and one error for each play, not {d.shape} and {se.shape}.")
    if not (np.isfinite(d).all() and np.isfinite(se).all() and (se > 0).all() and 0 < confidence < 1):
        raise InvalidInput("Give finite effects, errors above 0, and a confidence between 0 and 1.")
    tau = float(np.median(se)) * np.tan(pi / 2 * (np.arange(POINTS) + 0.5) / POINTS)
    w = 1 / (se**2 + tau[:, None] ** 2)
    whole = w.sum(1)
    mean = (w @ d) / whole
    apart = (w * (d - mean[:, None]) ** 2).sum(1)
    log_chance = 0.5 * (np.log(w).sum(1) - np.log(whole) - apart)
    chance = np.exp(log_chance - log_chance.max())
    chance /= chance.sum()
    back = se**2 * w
    means = back * mean[:, None] + (1 - back) * d
    variances = (1 - back) * se**2 + back**2 / whole[:, None]
    effect = chance @ means
    error = np.sqrt(chance @ (variances + (means - effect) ** 2))
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    low, high = (_quantile(end, chance, means, np.sqrt(variances), (effect, error)) for end in ends)
    return Shrunk(effect, error, low, high, typical=float(chance @ mean), spread=float(chance @ tau))


def _quantile(end: float, chance: Floats, means: Floats, spreads: Floats, about: tuple[Floats, Floats]) -> Floats:
    """Find where the mixture of normal curves reaches a probability, by halving."""
    effect, error = about
    bottom, top = effect - 12 * error, effect + 12 * error
    for _ in range(HALVINGS):
        middle = (bottom + top) / 2
        below = chance @ special.ndtr((middle - means) / spreads) < end
        bottom, top = np.where(below, middle, bottom), np.where(below, top, middle)
    return (bottom + top) / 2


class Earned(NamedTuple):
    """What one play earned: how many it treated, the effect per customer, its standard error."""

    treated: int
    effect: float
    se: float


@dataclass(frozen=True)
class Together:
    """
    What all plays earned together, between two bounds, measured by those who were left alone of all of them.

    `sum_of_plays`, with its bounds, is a cross-check alone; `apart` is by how much it says more: overlap and chance.
    """

    total: float
    low: float
    high: float
    sum_of_plays: float
    sum_low: float
    sum_high: float

    @property
    def apart(self) -> float:
        """Tell by how much the sum of plays says more than the total."""
        return self.sum_of_plays - self.total


def add_up(everything: Effect, *, eligible: int, plays: Iterable[Earned]) -> Together:
    """
    Tell what all plays earned together.

    Only a global hold-out knows: plays overlap, and those that look best were lucky. So there is no total without one.

    Args:
        everything: effect of all plays per customer: treated against those held out of everything, within the year.
        eligible: customers eligible on the first day.
        plays: all plays of that time, the losers and the undecided among them.

    Returns:
        the total, and the sum of plays as a cross-check, both at the confidence of `everything`.

    Raises:
        InvalidInput: nobody was eligible.

    Source: Lee & Shen (2018), KDD, 491-499.
    """
    if eligible < 1:
        raise InvalidInput(f"{eligible} customers were eligible. Give at least 1.")
    found = list(plays)
    added = float(sum(play.treated * play.effect for play in found))
    reach = float(special.ndtri((1 + everything.confidence) / 2)) * sqrt(
        sum((play.treated * play.se) ** 2 for play in found)
    )
    return Together(
        total=eligible * everything.effect,
        low=eligible * everything.low,
        high=eligible * everything.high,
        sum_of_plays=added,
        sum_low=added - reach,
        sum_high=added + reach,
    )
