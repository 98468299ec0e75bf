"""
Whom to warn about: one rule for today and for every past evening, so that the back-test tries what people are shown.

To worry about is whoever leaves more probably than all customers do, and is worth anything. Of these, by what is at
stake (probability × a year's worth): red are as many as the team reaches within a week, amber the next, until a share
of all customers is warned about; everybody else is green.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.value.history import Whole

WARNED_SHARE = 0.12
FEWEST = 3  # of very few customers, so many may be warned about
LIGHTS = ("green", "amber", "red")
GREEN, AMBER, RED = range(len(LIGHTS))

Lights = NDArray[np.int8]


@dataclass(frozen=True)
class Reach:
    """How many are warned about at most, as a share of all customers, and how many of them the team reaches first."""

    share: float = WARNED_SHARE
    contacts: int = 0  # within a week

    def __post_init__(self) -> None:
        """
        Refuse what is no share or number.

        Raises:
            InvalidInput: the share is not above 0 and at most 1, or the number is below 0.
        """
        if not 0 < self.share <= 1:
            raise InvalidInput(f"The share to warn is {self.share:g}; give one above 0, at most 1.")
        if self.contacts < 0:
            raise InvalidInput(f"{self.contacts} contacts a week are too few; give 0 or more.")

    def most(self, customers: int) -> int:
        """Tell how many of so many customers are warned about at most."""
        return max(round(self.share * customers), min(FEWEST, customers))


def at_risk_cents(probability: ArrayLike, yearly_cents: ArrayLike) -> Whole:
    """
    Say what is at stake.

    Args:
        probability: of leaving, shape (n,).
        yearly_cents: what a year of each customer is worth, shape (n,); below zero counts as nothing.

    Returns:
        probability × worth in whole cents, shape (n,).
    """
    chance, worth = np.asarray(probability, dtype=np.float64), np.maximum(np.asarray(yearly_cents, dtype=np.float64), 0)
    cents: Whole = np.floor(chance * worth + 0.5).astype(np.int64)
    return cents


def worrying(probability: ArrayLike, at_risk: ArrayLike, *, base_share: float) -> Bools:
    """
    Say who is to worry about.

    Args:
        probability: of leaving, shape (n,).
        at_risk: cents at stake, shape (n,).
        base_share: the share of all customers that leaves.

    Returns:
        who leaves more probably than that and has anything at stake, shape (n,).
    """
    found: Bools = (np.asarray(probability) > base_share) & (np.asarray(at_risk) > 0)
    return found


def first(at_risk: ArrayLike, worries: Bools) -> Whole:
    """
    Put those to worry about in their order.

    Args:
        at_risk: cents at stake, shape (n,).
        worries: who is to worry about, shape (n,).

    Returns:
        their places, most at stake first; of equal stakes, the earlier place.
    """
    places = np.flatnonzero(worries)
    order: Whole = places[np.argsort(-np.asarray(at_risk)[places], kind="stable")]
    return order


def lights(at_risk: ArrayLike, worries: Bools, *, reach: Reach) -> Lights:
    """
    Give every customer of an evening a light.

    Args:
        at_risk: cents at stake, shape (n,).
        worries: who is to worry about, shape (n,); from `worrying` where probabilities are known.
        reach: how many are warned about, and how many of them the team reaches within a week.

    Returns:
        GREEN, AMBER or RED (`LIGHTS` names them), shape (n,).
    """
    given = np.full(len(worries), GREEN, dtype=np.int8)
    warned = first(at_risk, worries)[: reach.most(len(worries))]
    given[warned] = AMBER
    given[warned[: reach.contacts]] = RED
    return given
