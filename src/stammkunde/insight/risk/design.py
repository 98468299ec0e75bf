"""
The design of an additive model, never laid out: a row has a 1 for the whole, and a 1 for the bin of each column.

So a product of two of its columns is a count of rows, by two bins, with weights: a histogram.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.risk.bins import Codes
from stammkunde.insight.value.history import Floats

Places = NDArray[np.intp]
AT_ONCE = 16_384  # rows whose bins stay where the processor finds them quickest


class Design:
    """Codes of n rows in some columns; place 0 stands for the whole, and the bins of all columns follow."""

    def __init__(self, codes: Codes, counts: Sequence[int]) -> None:
        """
        Take over the codes.

        Args:
            codes: numbers of bins, shape (n, columns).
            counts: how many bins each column has.
        """
        self._counts = list(counts)
        self._starts = np.cumsum([1, *counts]).tolist()
        blocks = (codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE))
        self._blocks = [[np.ascontiguousarray(column, dtype=np.intp) for column in block.T] for block in blocks]
        self._edges = list(range(AT_ONCE, len(codes), AT_ONCE))

    @property
    def size(self) -> int:
        """Count the places."""
        return int(self._starts[-1])

    def sums(self, beta: Floats) -> Floats:
        """
        Add up what each row's places are worth.

        Args:
            beta: a number for each place, shape (size,).

        Returns:
            shape (n,).
        """
        return np.concatenate([np.zeros(0), *(self._summed(block, beta) for block in self._blocks)])

    def totals(self, weights: Floats) -> Floats:
        """
        Add up the weights of the rows at each place.

        Args:
            weights: shape (n,).

        Returns:
            shape (size,).
        """
        found = np.zeros(self.size)
        found[0] = weights.sum()
        for block, own in zip(self._blocks, np.split(weights, self._edges), strict=False):
            for column, start, count in zip(block, self._starts[:-1], self._counts, strict=True):
                found[start : start + count] += np.bincount(column, own, count)
        return found

    def products(self, weights: Floats) -> Floats:
        """
        Add up the weights of the rows at each two places.

        Args:
            weights: shape (n,).

        Returns:
            a symmetric matrix, shape (size, size).
        """
        found = np.zeros((self.size, self.size))
        for block, own in zip(self._blocks, np.split(weights, self._edges), strict=False):
            self._add_pairs(found, block, own)
        found += found.T
        totals = self.totals(weights)
        np.fill_diagonal(found, totals)
        found[0], found[:, 0] = totals, totals
        return found

    def _summed(self, block: list[Places], beta: Floats) -> Floats:
        found = np.full(len(block[0]), beta[0])
        for column, start, count in zip(block, self._starts[:-1], self._counts, strict=True):
            found += beta[start : start + count][column]
        return found

    def _add_pairs(self, found: Floats, block: list[Places], weights: Floats) -> None:
        """Count the rows of a block by the bins of each two columns, above the diagonal."""
        places = list(zip(block, self._starts[:-1], self._counts, strict=True))
        for number, (first, above, rows) in enumerate(places):
            for second, beside, columns in places[number + 1 :]:
                pairs = np.bincount(first * columns + second, weights, rows * columns)
                found[above : above + rows, beside : beside + columns] += pairs.reshape(rows, columns)
