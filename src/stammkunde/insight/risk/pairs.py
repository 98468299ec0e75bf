"""
Pairs: where two columns together tell more than their steps add up to.

Both columns' bins are brought together to a few groups of like size, and every cell of the two has a step of its own. A
pair is looked for in what the additive model leaves unexplained, so that what the two tell one by one is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from stammkunde.insight.risk.bins import Bins, Codes
from stammkunde.insight.value.history import Floats

GROUPS = 7  # of a column, besides that of missing values
FEWEST_EXPECTED = 1.0  # variance of who left in a cell; one with less is no evidence
CLEAR = 5.0  # standard deviations by which a pair stands out of what chance would give it


@dataclass(frozen=True, eq=False)
class Grouped:
    """A column, its bins brought together to a few groups."""

    column: Bins
    groups: Codes  # of every bin, shape (bins,)

    @property
    def count(self) -> int:
        """Count the groups."""
        return int(self.groups.max()) + 1


@dataclass(frozen=True, eq=False)
class Pair:
    """Two columns, with a cell for every two of their groups."""

    one: Grouped
    other: Grouped

    @property
    def names(self) -> tuple[str, str]:
        """Name the columns."""
        return self.one.column.column, self.other.column.column

    @property
    def count(self) -> int:
        """Count the cells."""
        return self.one.count * self.other.count

    def codes(self, table: pa.Table) -> Codes:
        """
        Find the cell of every row.

        Args:
            table: with both columns.

        Returns:
            numbers of cells, shape (n,).
        """
        one, other = (part.groups[part.column.codes(table[part.column.column])] for part in (self.one, self.other))
        return one * self.other.count + other

    def penalty(self, smooth: Sequence[Floats]) -> Floats:
        """
        Weigh differences between neighbouring cells.

        Args:
            smooth: the penalties of as many groups as either column has, each of shape (groups, groups).

        Returns:
            shape (cells, cells).
        """
        one, other = smooth
        drawn: Floats = np.kron(one, np.eye(self.other.count)) + np.kron(np.eye(self.one.count), other)
        return drawn


def grouped(column: Bins, codes: Codes) -> Grouped:
    """
    Bring the bins of a column together.

    Args:
        column: the column.
        codes: the bins of its rows, shape (n,).

    Returns:
        at most seven groups, and one of what is missing: of numbers neighbours, of like size; of text the most frequent
        values, and all others together.
    """
    rows = np.bincount(codes, minlength=column.count)[:-1]
    if column.ordered:
        before = np.cumsum(rows) - rows / 2
        group = np.minimum((before * GROUPS / max(rows.sum(), 1)).astype(np.int32), GROUPS - 1)
    else:
        rank = np.argsort(np.argsort(-rows, kind="stable"), kind="stable")
        group = np.minimum(rank, GROUPS - 1).astype(np.int32)
    _, close = np.unique(group, return_inverse=True)
    return Grouped(column, np.append(close, close.max() + 1).astype(np.int32))


def strongest(parts: Sequence[Grouped], codes: Sequence[Codes], left_over: Floats, variance: Floats) -> Pair | None:
    """
    Find the pair that would explain most of what is left over.

    Args:
        parts: the columns.
        codes: the groups of their rows, shape (n,) each.
        left_over: who left, less the probability of it, shape (n,).
        variance: probability × its complement, shape (n,).

    Returns:
        the pair, or None where none stands out.

    Source: score statistics by cell as in Lou, Caruana, Gehrke & Hooker (2013), KDD '13, 623-631 (pairs found in the
        residuals of an additive model); their sum is compared with the chi-squared distribution.
    """
    best, most = None, CLEAR
    for one, other in combinations(range(len(parts)), 2):
        cells = codes[one] * parts[other].count + codes[other]
        size = parts[one].count * parts[other].count
        total, spread = np.bincount(cells, left_over, size), np.bincount(cells, variance, size)
        told = spread >= FEWEST_EXPECTED
        free = int(told.sum()) - parts[one].count - parts[other].count + 1
        if free < 1:
            continue
        height = (float((total[told] ** 2 / spread[told]).sum()) - free) / np.sqrt(2 * free)
        if height > most:
            best, most = Pair(parts[one], parts[other]), height
    return best
