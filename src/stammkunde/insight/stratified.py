"""
Comparing two groups within strata, so that like is compared with like, and correcting for many comparisons.

All sums run over the last axis, so that many comparisons are made at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import special
from stammkunde.insight.lifetime import Z95
from stammkunde.insight.value.history import Floats


@dataclass(frozen=True, eq=False)
class Ratios:
    """Mantel-Haenszel risk ratios with their 95 % intervals and p-values, shape (…); not a number without any case."""

    ratio: Floats
    low: Floats
    high: Floats
    p: Floats


def risk_ratios(cases: ArrayLike, n: ArrayLike, other_cases: ArrayLike, other_n: ArrayLike) -> Ratios:
    """
    Compare how often something happened to one group and to the other, within strata.

    Strata in which one of the groups is empty say nothing and are passed over. Where it happened to nobody of a group,
    half a case is put in its place, and the interval begins (or ends) at 0 (or nowhere).

    Args:
        cases: to how many of the group it happened, shape (…, strata).
        n: size of the group.
        other_cases: to how many of the others.
        other_n: how many others.

    Returns:
        how many times as often it happened to the group; the p-value is that of the Mantel-Haenszel test without
        correction for continuity.

    Raises:
        InvalidInput: a count is negative, or more cases than members.

    Source: Mantel & Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; interval by Greenland &
        Robins (1985), Biometrics 41, 55-68.
    """
    a, n1, c, n0 = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (cases, n, other_cases, other_n)))
    if (np.minimum(a, c) < 0).any() or (a > n1).any() or (c > n0).any():
        raise InvalidInput("A group has more cases than members, or a negative number of either.")
    both = np.where((n1 > 0) & (n0 > 0), n1 + n0, np.inf)  # nothing is a share of an infinite stratum
    weight = n1 * n0 / both
    top, bottom = (a * n0 / both).sum(-1), (c * n1 / both).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = 0.5 * weight.sum(-1) / ((n1 + n0) * np.isfinite(both)).sum(-1)
        top_, bottom_ = np.where(top > 0, top, half), np.where(bottom > 0, bottom, half)
        spread = ((a + c) * n1 * n0 / both**2 - a * c / both).sum(-1)
        error = np.sqrt(np.maximum(spread, 0) / (top_ * bottom_))
        ratio = top_ / bottom_
        low, high = ratio * np.exp(-Z95 * error), ratio * np.exp(Z95 * error)
    nobody = np.where(top + bottom > 0, 0.0, np.nan)
    return Ratios(
        ratio=np.where(top > 0, ratio, nobody),
        low=np.where(top > 0, low, nobody),
        high=np.where(bottom > 0, high, nobody + np.inf),
        p=_p(a, n1, c, n0, both),
    )


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """
    Correct p-values for the number of comparisons.

    Args:
        p: p-values, shape (n,).

    Returns:
        adjusted p-values in the same order: whoever accepts those up to .05 is wrong in at most one of twenty that
        he accepts, on average.

    Raises:
        InvalidInput: a p-value is missing or outside 0 to 1.

    Source: Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289-300.
    """
    values = np.asarray(p, dtype=np.float64).ravel()
    if not ((values >= 0) & (values <= 1)).all():
        raise InvalidInput("A p-value is missing or outside 0 to 1.")
    order = np.argsort(values)[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(np.minimum.accumulate(values[order] * len(values) / ranks), 1.0)
    return adjusted


def _p(a: Floats, n1: Floats, c: Floats, n0: Floats, both: Floats) -> Floats:
    """Test whether the group had as many cases as expected, given those of each stratum."""
    happened = a + c
    expected = n1 * happened / both
    spread = n1 * n0 * happened * np.maximum(n1 + n0 - happened, 0) / (both**2 * np.maximum(both - 1, 1))
    apart = (np.where(np.isfinite(both), a, 0) - expected).sum(-1) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p: Floats = special.chdtrc(1, apart / spread.sum(-1))
    return p
