"""
How many standard errors a planned look asks for, so that looking several times deceives no oftener than looking once.

A sum of normal steps is followed from look to look; what leaves the bounds is lost. Gauss-Legendre quadrature.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

import numpy as np

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import optimize, special
from stammkunde.insight.value.history import Floats

NODES = 200
FARTHEST = 9.0  # standard errors: beyond lies nothing that a double would count
Spending = Callable[[float, float], float]


def by_obrien_fleming(fraction: float, error: float) -> float:
    """
    Tell how much of the error may be spent until then, nearly nothing at first.

    Args:
        fraction: of the information, 0 to 1.
        error: in all, to one side.

    Returns:
        the error to one side until then.

    Source: Lan & DeMets (1983), Biometrika 70(3), 659-663.
    """
    return float(2 - 2 * special.ndtr(special.ndtri(1 - error / 2) / sqrt(fraction)))


def by_square(fraction: float, error: float) -> float:
    """
    Tell how much of the error may be spent until then, as the square of the information.

    Args:
        fraction: of the information, 0 to 1.
        error: in all, to one side.

    Returns:
        the error to one side until then.

    Source: Kim & DeMets (1987), Biometrika 74(1), 149-154.
    """
    return error * fraction**2


@lru_cache(maxsize=64)
def obrien_fleming(looks: int = 4, *, confidence: float = 0.9) -> tuple[float, ...]:
    """
    Give the multiples of equally spaced looks.

    Args:
        looks: how many, 1 to 20.
        confidence: of the interval at all looks together, between 0 and 1.

    Returns:
        standard errors to either side, falling from look to look.

    Raises:
        InvalidInput: looks or confidence are out of range.

    Source: O'Brien & Fleming (1979), Biometrics 35, 549-556; constants: Jennison & Turnbull (2000), Group Sequential
        Methods, table 2.3.
    """
    _check(confidence, looks)
    fractions = [(look + 1) / looks for look in range(looks)]

    def missed(last: float) -> float:
        return 1 - _stay([last / sqrt(fraction) for fraction in fractions], fractions, sides=2) - (1 - confidence)

    last = float(optimize.brentq(missed, 0.01, FARTHEST, xtol=1e-11))
    return tuple(last / sqrt(fraction) for fraction in fractions)


def spending(
    fractions: Sequence[float], *, confidence: float = 0.9, sides: int = 2, spent: Spending = by_obrien_fleming
) -> tuple[float, ...]:
    """
    Give the multiples of looks that came when they came.

    Args:
        fractions: of the information at each look, rising, above 0; those beyond 1 are taken as shares of the last.
        confidence: of the interval at all looks together, between 0 and 1.
        sides: 2: the error is that to both sides; 1: to one.
        spent: how much of the error may be spent until a fraction, called with it and the error to one side.

    Returns:
        standard errors, one for each look.

    Raises:
        InvalidInput: fractions do not rise from above 0, or another argument is out of range.

    Source: Lan & DeMets (1983), Biometrika 70(3), 659-663.
    """
    _check(confidence, len(fractions))
    if sides not in (1, 2) or min(fractions) <= 0 or any(b <= a for a, b in pairwise(fractions)):
        raise InvalidInput("Give rising fractions above 0, and one or two sides.")
    times = [fraction / max(1.0, fractions[-1]) for fraction in fractions]
    found: list[float] = []
    for place, time in enumerate(times):
        kept = 1 - sides * spent(time, (1 - confidence) / sides)
        found.append(_next(found, times[: place + 1], kept, sides))
    return tuple(found)


def anytime(customers: int, *, planned: int, confidence: float = 0.95) -> float:
    """
    Give the multiple that holds however often somebody looks: a fallback, as it sees effects later.

    It holds for many customers, and mends no wrong standard error.

    Args:
        customers: ripe at this moment, at least 1.
        planned: at how many it is to be narrowest, at least 1.
        confidence: of all intervals together, between 0 and 1.

    Returns:
        standard errors to either side.

    Raises:
        InvalidInput: an argument is out of range.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), arXiv 2103.06476, proposition 2.
    """
    _check(confidence, 1)
    if min(customers, planned) < 1:
        raise InvalidInput("Give at least one customer, ripe and planned.")
    error = 1 - confidence
    rho = (-2 * log(error) + log(1 - 2 * log(error))) / planned
    grown = customers * rho + 1
    return sqrt(grown / (customers * rho) * log(grown / error**2))


def _check(confidence: float, looks: int) -> None:
    if not (0 < confidence < 1 and 1 <= looks <= 20):
        raise InvalidInput(f"Give a confidence between 0 and 1, and 1 to 20 looks; not {confidence} and {looks}.")


def _next(found: list[float], times: list[float], kept: float, sides: int) -> float:
    """Find the bound that keeps so much until now."""
    before = _stay(found, times[:-1], sides=sides) if found else 1.0
    if before - kept < 1e-12:
        return FARTHEST  # so little may be spent that nothing is
    return float(
        optimize.brentq(lambda bound: _stay([*found, bound], times, sides=sides) - kept, 0.001, FARTHEST, xtol=1e-11)
    )


def _stay(bounds: Sequence[float], times: Sequence[float], *, sides: int) -> float:
    """Give the chance of having stayed within all bounds, if nothing was changed."""
    node, weight = _nodes()
    at: Floats = np.zeros(1)
    mass: Floats = np.ones(1)
    since = 0.0
    for bound, time in zip(bounds, times, strict=True):
        top = bound * sqrt(time)
        bottom = -top if sides == 2 else -FARTHEST * sqrt(time)
        here, step = bottom + (node + 1) / 2 * (top - bottom), sqrt(time - since)
        density = np.exp(-0.5 * ((here[:, None] - at[None, :]) / step) ** 2) @ mass / (step * sqrt(2 * np.pi))
        at, mass, since = here, density * weight * (top - bottom) / 2, time
    return float(mass.sum())


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    node, weight = np.polynomial.legendre.leggauss(NODES)
    return node, weight
