"""How good probabilities of leaving were: ranking, precision among those warned, and whether they meant it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.value.history import Floats

Bools = NDArray[np.bool_]
TOP_SHARE = 0.1
NEVER = 1e-6  # no probability is taken for more certain than this


@dataclass(frozen=True)
class Quality:
    """What a row of probabilities was worth, once it was known who left."""

    customers: int
    left: int
    auc: float  # chance that somebody who left was ranked above somebody who stayed
    auc_error: float  # its standard error
    average_precision: float
    top_precision: float  # share that left among the tenth with the highest probability
    log_loss: float
    calibration_error: float  # how far probability and share that left lie apart, averaged over tenths


@dataclass(frozen=True)
class Bin:
    """Customers of similar probability, and what became of them."""

    customers: int
    expected: float  # their mean probability
    left: float  # the share that left


@dataclass(frozen=True)
class Gain:
    """What a list of those most at risk holds."""

    share: float  # of all customers that are on the list
    customers: int
    reached: float  # share of all who left that is on it
    lift: float  # how many times as often they left as everybody


def quality(probability: ArrayLike, left: ArrayLike) -> Quality:
    """
    Measure probabilities against what came.

    Args:
        probability: of leaving, shape (n,), between 0 and 1.
        left: who left, shape (n,), both sorts present.

    Returns:
        all measures.

    Raises:
        InvalidInput: lengths differ, a probability is missing or outside 0 to 1, or nobody left or nobody stayed.
    """
    p, gone = _both(probability, left)
    if not ((p >= 0) & (p <= 1)).all():
        raise InvalidInput("A probability is missing or outside 0 to 1.")
    area = auc(p, gone)
    n_left = int(gone.sum())
    return Quality(
        customers=len(p),
        left=n_left,
        auc=area,
        auc_error=_auc_error(area, n_left, len(p) - n_left),
        average_precision=average_precision(p, gone),
        top_precision=top_precision(p, gone),
        log_loss=float(losses(p, gone).mean()),
        calibration_error=calibration_error(calibration(p, gone)),
    )


def average(found: Sequence[Quality]) -> Quality:
    """
    Average the measures of several evenings, weighted by customers.

    Args:
        found: at least one.

    Returns:
        the averages; numbers of customers are summed.
    """
    customers = sum(one.customers for one in found)

    def mean(name: str) -> float:
        return math.fsum(getattr(one, name) * one.customers for one in found) / customers

    return Quality(
        customers=customers,
        left=sum(one.left for one in found),
        auc_error=math.sqrt(math.fsum((one.auc_error * one.customers) ** 2 for one in found)) / customers,
        **{name: mean(name) for name in ("auc", "average_precision", "top_precision", "log_loss", "calibration_error")},
    )


def auc(score: ArrayLike, left: ArrayLike) -> float:
    """
    Measure how well a score ranks: the chance that somebody who left has the higher one, equal ones counted half.

    Args:
        score: any numbers, higher for more at risk, shape (n,).
        left: who left, shape (n,), both sorts present.

    Returns:
        the area under the curve, .5 for chance.

    Raises:
        InvalidInput: lengths differ, a number is missing, or nobody left or nobody stayed.

    Source: Hanley & McNeil (1982), Radiology 143(1), 29-36.
    """
    s, gone = _both(score, left)
    _, place, counts = np.unique(s, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]  # equal scores share their mean rank
    n_left = int(gone.sum())
    return float((rank[gone].sum() - n_left * (n_left + 1) / 2) / (n_left * (len(s) - n_left)))


def average_precision(score: ArrayLike, left: ArrayLike) -> float:
    """
    Average the precision over all who left, each at the length of list that reaches her.

    Args:
        score: any numbers, higher for more at risk, shape (n,).
        left: who left, shape (n,), both sorts present.

    Returns:
        the average precision; the share that left for chance. Equal scores enter the list together.

    Raises:
        InvalidInput: lengths differ, a number is missing, or nobody left or nobody stayed.
    """
    s, gone = _both(score, left)
    _, place, counts = np.unique(-s, return_inverse=True, return_counts=True)
    hits = np.bincount(place, gone)
    return float((hits * np.cumsum(hits) / np.cumsum(counts)).sum() / hits.sum())


def top_precision(score: ArrayLike, left: ArrayLike, *, share: float = TOP_SHARE) -> float:
    """
    Give the share that left among those with the highest score.

    Args:
        score: any numbers, higher for more at risk, shape (n,).
        left: who left, shape (n,), both sorts present.
        share: how many to look at, above 0, at least one customer.

    Returns:
        the share; of equal scores at the edge, as many as fit are counted at their mean.

    Raises:
        InvalidInput: lengths differ, a number is missing, or nobody left or nobody stayed.
    """
    s, gone = _both(score, left)
    k = max(round(share * len(s)), 1)
    edge = np.sort(s)[len(s) - k]
    above, equal = s > edge, s == edge
    return float((gone[above].sum() + gone[equal].mean() * (k - above.sum())) / k)


def losses(probability: Floats, left: Bools) -> Floats:
    """
    Give the log loss of every customer.

    Args:
        probability: of leaving, shape (n,).
        left: who left, shape (n,).

    Returns:
        minus the logarithm of the probability given to what came, shape (n,).
    """
    p = np.clip(probability, NEVER, 1 - NEVER)
    lost: Floats = -np.log(np.where(left, p, 1 - p))
    return lost


def calibration(probability: ArrayLike, left: ArrayLike, *, bins: int = 10) -> tuple[Bin, ...]:
    """
    Set probabilities beside what came, in groups of like size from low to high.

    Args:
        probability: of leaving, shape (n,).
        left: who left, shape (n,).
        bins: how many groups at most; equal probabilities stay together.

    Returns:
        the groups that hold anybody.
    """
    p, gone = np.asarray(probability, dtype=np.float64), np.asarray(left, dtype=bool)
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2)[place] / max(len(p), 1)
    group = np.minimum((middle * bins).astype(np.int64), bins - 1)
    return tuple(
        Bin(int(rows.sum()), float(p[rows].mean()), float(gone[rows].mean()))
        for rows in (group == number for number in range(bins))
        if rows.any()
    )


def gains(score: ArrayLike, left: ArrayLike, *, steps: int = 20) -> tuple[Gain, ...]:
    """
    Lengthen the list of those most at risk step by step, and count who left among them.

    Args:
        score: any numbers, higher for more at risk, shape (n,).
        left: who left, shape (n,), both sorts present.
        steps: how many lists, the last of which holds everybody; fewer where there are fewer customers.

    Returns:
        the lists, from short to long; of equal scores at the edge, as many as fit are counted at their mean.

    Raises:
        InvalidInput: lengths differ, a number is missing, or nobody left or nobody stayed.
    """
    s, gone = _both(score, left)
    _, place, counts = np.unique(-s, return_inverse=True, return_counts=True)
    ends = np.concatenate([[0], np.cumsum(counts)])
    found = np.concatenate([[0], np.cumsum(np.bincount(place, gone))])
    sizes = np.unique(np.maximum(np.round(np.arange(1, steps + 1) / steps * len(s)), 1)).astype(int)
    reached = np.interp(sizes, ends, found) / gone.sum()
    return tuple(
        Gain(size / len(s), size, share, share * len(s) / size)
        for size, share in zip(sizes.tolist(), reached.tolist(), strict=True)
    )


def calibration_error(table: tuple[Bin, ...]) -> float:
    """
    Average how far probability and share that left lie apart.

    Args:
        table: from `calibration`.

    Returns:
        the mean distance, weighted by customers.
    """
    customers = sum(group.customers for group in table)
    return math.fsum(group.customers * abs(group.expected - group.left) for group in table) / max(customers, 1)


def _both(score: ArrayLike, left: ArrayLike) -> tuple[Floats, Bools]:
    s, gone = np.asarray(score, dtype=np.float64).ravel(), np.asarray(left, dtype=bool).ravel()
    if len(s) != len(gone) or np.isnan(s).any():
        raise InvalidInput(f"{len(s)} scores for {len(gone)} customers, or a score is missing.")
    if gone.all() or not gone.any():
        raise InvalidInput("Nobody left, or nobody stayed: there is nothing to tell apart.")
    return s, gone


def _auc_error(area: float, left: int, stayed: int) -> float:
    """Give the standard error of an area, by Hanley & McNeil (1982)."""
    two_left, two_stayed = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (left - 1) * (two_left - area**2) + (stayed - 1) * (two_stayed - area**2)
    return math.sqrt(max(spread, 0.0) / (left * stayed))
