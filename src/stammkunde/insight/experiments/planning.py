"""Before a play starts: how many to leave alone, what could then be seen, and how many customers that takes."""

from math import ceil, sqrt

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.experiments.differences import FEWEST
from stammkunde.insight.experiments.effect import VISIBLE
from stammkunde.insight.late import special

SHARES = ((1_000, 0.5), (5_000, 0.3), (50_000, 0.2), (500_000, 0.1))
FOR_MANY = 0.05
GLOBAL_SHARES = ((5_000, 0.05), (2_000, 0.1))
WORTH_HAVING = 0.05  # of the mean outcome
ERROR, POWER = 0.05, 0.842  # to one side of an interval of 90 %, and standard errors: four of five


def usual_share(reachable: int) -> float:
    """
    Suggest how many to leave alone: few customers need a large share to show anything.

    Args:
        reachable: customers whom the play could reach.

    Returns:
        the share to hold out, between 0 and 1.
    """
    return next((share for below, share in SHARES if reachable < below), FOR_MANY)


def usual_global_share(customers: int) -> float | None:
    """
    Suggest how many to leave alone of all plays, for a year.

    Args:
        customers: eligible on the first day.

    Returns:
        the share; None: they are too few to show anything but a miracle.
    """
    return next((share for least, share in GLOBAL_SHARES if customers >= least), None)


def smallest_visible(*, customers: int, share: float, spread: float, correlation: float = 0.0) -> float:
    """
    Give the smallest effect per customer that would be seen in four of five cases, by an interval of 90 %.

    Args:
        customers: who will take part, in both arms.
        share: of them will be held out, between 0 and 1.
        spread: standard deviation of what a customer brings within the window, in any unit.
        correlation: between what customers bring and what was expected of them, -1 to 1.

    Returns:
        the effect, in the unit of `spread`.

    Raises:
        NotEnoughData: an arm would have fewer than ten customers.
        InvalidInput: a share, spread or correlation is out of range.
    """
    _check(share, spread, correlation)
    held_out = round(customers * share)
    treated = customers - held_out
    if min(held_out, treated) < FEWEST:
        raise NotEnoughData(f"Of {customers} customers, {held_out} would be held out. Either arm needs {FEWEST}.")
    return VISIBLE * spread * sqrt(1 - correlation**2) * sqrt(1 / treated + 1 / held_out)


def customers_needed(*, effect: float, share: float, spread: float, correlation: float = 0.0) -> int:
    """
    Tell how many customers must take part for an effect to be seen in four of five cases.

    Args:
        effect: per customer, above 0.
        share: of them will be held out, between 0 and 1.
        spread: as in `smallest_visible`, in the unit of the effect.
        correlation: as in `smallest_visible`.

    Returns:
        customers in both arms, at least so many that either has ten.

    Raises:
        InvalidInput: the effect is not above 0, or another argument is out of range.
    """
    _check(share, spread, correlation)
    if not effect > 0:
        raise InvalidInput(f"The effect is {effect}. Give one above 0.")
    needed = (VISIBLE * spread / effect) ** 2 * (1 - correlation**2) * (1 / share + 1 / (1 - share))
    return max(ceil(needed), ceil(FEWEST / min(share, 1 - share)))


def stricter(comparisons: int) -> float:
    """
    Tell how much larger an effect has to be to be seen where several comparisons are made at once.

    Args:
        comparisons: as of each pair of three, at least 1.

    Returns:
        the factor, 1 for one of them.

    Raises:
        InvalidInput: there is no comparison.

    Source: Bonferroni; of an interval of 90 %, each side has its part of a twentieth.
    """
    if comparisons < 1:
        raise InvalidInput(f"There are {comparisons} comparisons. Give at least 1.")
    usual, each = (float(special.ndtri(1 - ERROR / n)) for n in (1, comparisons))
    return (each + POWER) / (usual + POWER)


def worth_having(mean: float) -> float:
    """
    Suggest the smallest gain per customer that is worth having, where nobody named one.

    Args:
        mean: what a customer brings within the window, in any unit.

    Returns:
        one twentieth of it, at least 0.
    """
    return max(WORTH_HAVING * mean, 0.0)


def _check(share: float, spread: float, correlation: float) -> None:
    if not (0 < share < 1 and spread >= 0 and -1 <= correlation <= 1):
        raise InvalidInput("Give a share between 0 and 1, no negative spread, and a correlation between -1 and 1.")
