"""
At which level a company will buy: as a year ago at this time, and half of what has changed since.

A model of purchases knows no season and no growth. What it got wrong over the same weeks of last year says how wrong it
will be over those to come; what it got wrong lately, or in another part of the year, does not. So the level of all
customers together is learnt from a year ago, as far as the numbers are more than chance, and who buys is left to the
model: it is asked about a longer or a shorter time, so that purchases, their chances, bounds and money stay consistent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stammkunde.insight.value.history import Floats

Kind = Literal["none", "year", "jump"]

YEAR_WEEKS = 52  # whole weeks, so that weekdays match
YEAR_BACK_DAYS = 7 * YEAR_WEEKS
LEAST_PAST_DAYS = 84  # before the evening a year ago
FEWEST_REPEATS = 30
LATE_WEEKS = 8
SHORT_DAYS = 180  # of past before the evening a year ago: fewer, and what came then counts less
JUMP = MOST = math.log(2)
MOST_DRIFT = 0.4
LEAST = 0.05  # what is smaller is no level
CLUMPED = 2.0  # purchases come in clumps, so that n of them are as uncertain as n/2 alone
OF_BACK, OF_SEASON, OF_DRIFT = 0.25, 0.20, 0.15  # how far each usually strays, before anything was seen
USUAL: dict[Kind, tuple[float, int]] = {"year": (0.15, 2), "none": (0.30, 4), "jump": (0.40, 4)}


@dataclass(frozen=True, eq=False)
class Weeks:
    """Repeat purchases of everybody, by week before an evening, the latest first: came, and expected of newcomers."""

    came: Floats
    expected: Floats

    def sums(self, first: int, last: int) -> tuple[float, float]:
        """
        Add up weeks.

        Args:
            first: the latest, 0 for the last seven days.
            last: the one furthest back.

        Returns:
            how much came, and how much was expected.
        """
        return float(self.came[first : last + 1].sum()), float(self.expected[first : last + 1].sum())


@dataclass(frozen=True, eq=False)
class YearAgo:
    """The evening 364 days ago: what was then expected of the customers then known, and what came."""

    came: float
    expected: float
    weeks: Weeks  # before that evening, by the model of that evening
    past_days: int
    repeats: int  # purchases until that evening that were not somebody's first


@dataclass(frozen=True)
class Level:
    """How much more (or less) than the model will come of all together, and how sure that is."""

    kind: Kind = "none"  # none: no year back; year: from a year ago; jump: what the past said no longer holds
    log_factor: float = 0.0
    spread: float = USUAL["none"][0]  # standard deviation of the logarithm of what comes over what is expected

    @property
    def factor(self) -> float:
        """Give how many times as much as the model says is expected."""
        return math.exp(self.log_factor)


def level(now: Weeks, ago: YearAgo | None, *, horizon_days: int) -> tuple[Kind, float]:
    """
    Judge how much more (or less) than the model will come of all customers together.

    Args:
        now: the weeks before today, by today's model.
        ago: the evening a year ago, within as many days as today looks ahead, at most 364; None: not known.
        horizon_days: how far ahead today looks.

    Returns:
        whence it is known, and the logarithm of the factor, 0 where nothing more than chance was seen.

    Source: `docs/methods/levels.md`.
    """
    recent, _ = now.sums(0, LATE_WEEKS - 1)
    lately = ratio(*now.sums(0, LATE_WEEKS - 1))
    if abs(lately) > JUMP and recent >= FEWEST_REPEATS:
        return "jump", lately
    if ago is None or ago.past_days < LEAST_PAST_DAYS or ago.repeats < FEWEST_REPEATS:
        return "none", 0.0
    ahead = min(horizon_days, YEAR_BACK_DAYS)
    before, _ = ago.weeks.sums(0, LATE_WEEKS - 1)
    by_error = _drawn(ratio(ago.came, ago.expected), OF_BACK, CLUMPED / max(ago.came, 1e-9))
    by_error += 0.5 * _drift(lately - ratio(*ago.weeks.sums(0, LATE_WEEKS - 1)), recent, before)
    by_season = _season(now, ahead) + _drift_over(now, lately, recent)
    told = min(1.0, ago.past_days / max(horizon_days, SHORT_DAYS))
    found = (told * by_error + by_season) / 2
    noise = math.sqrt(_over(ago.came) + (_over(recent) + _over(before)) / 4)
    return "year", _clip(_beyond(found, max(LEAST, noise)), MOST)


def spread(kind: Kind, misses: Sequence[tuple[float, float]]) -> float:
    """
    Tell how sure a level is, from what the same rule got wrong on past evenings.

    Args:
        kind: of the level.
        misses: what came and what was expected, level and all, on evenings whose outcome is known.

    Returns:
        the standard deviation of the logarithm of what comes over what is expected; chance is not in it.

    Source: as `level`; drawn towards what is usual for levels of this kind, as if by two (or four) more evenings.
    """
    usual, evenings = USUAL[kind]
    wrong = [max(ratio(came, expected) ** 2 - CLUMPED / max(came, 1e-9), 0.0) for came, expected in misses]
    return math.sqrt((evenings * usual**2 + math.fsum(wrong)) / (evenings + len(wrong)))


def total_bounds(expected: float, spread: float, *, width: float = 1.2816) -> tuple[float, float]:
    """
    Bound what will come of all customers together.

    Args:
        expected: how many purchases, level and all, above 0.
        spread: from `spread`.
        width: in standard deviations; 1.2816 is eighty per cent sure.

    Returns:
        lower and upper bound.

    Source: as `level`.
    """
    off = width * math.sqrt(spread**2 + CLUMPED / expected)
    return expected * math.exp(-off), expected * math.exp(off)


def ratio(came: float, expected: float) -> float:
    """
    Give the logarithm of what came over what was expected, one more of each, so that nothing is a number too.

    Args:
        came: how many.
        expected: how many.

    Returns:
        above 0 where more came.
    """
    return math.log((came + 1) / (expected + 1))


def _season(now: Weeks, ahead: int) -> float:
    """Read the weeks that began a year ago and are as many as today looks ahead."""
    last = YEAR_WEEKS - 1
    came, expected = now.sums(YEAR_WEEKS - max(round(ahead / 7), 1), last)
    return _drawn(ratio(came, expected), OF_SEASON, CLUMPED / max(came, 1e-9))


def _drift_over(now: Weeks, lately: float, recent: float) -> float:
    """Read what has changed since the weeks before the evening a year ago, by today's model."""
    came, expected = now.sums(YEAR_WEEKS, YEAR_WEEKS + LATE_WEEKS - 1)
    return _drift(lately - ratio(came, expected), recent, came)


def _drift(change: float, recent: float, before: float) -> float:
    return _clip(_drawn(change, OF_DRIFT, CLUMPED * (_over(recent) + _over(before))), MOST_DRIFT)


def _drawn(found: float, strays: float, noise: float) -> float:
    """Draw what was found towards nothing, the more it may be chance."""
    return found * strays**2 / (strays**2 + noise)


def _beyond(found: float, chance: float) -> float:
    """Leave nothing of what chance makes, and almost all of what is far beyond."""
    return found * max(0.0, 1 - (chance / found) ** 2) if found else 0.0


def _over(n: float) -> float:
    return 1 / max(n, 1e-9)


def _clip(value: float, most: float) -> float:
    return float(np.clip(value, -most, most))
