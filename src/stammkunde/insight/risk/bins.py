"""Columns in bins: numbers by their quantiles, text by its values, and what is missing in a bin of its own."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stammkunde.insight.value.history import Floats

Codes = NDArray[np.int32]
TENTHS = tuple(step / 10 for step in range(1, 10))
FINER = (0.005, 0.01, 0.025, *(step / 20 for step in range(1, 20)), 0.975, 0.99, 0.995)  # the ends tell most
FINER_FROM = 2_000  # rows: ten of them beyond the outermost cut
FEWEST_ROWS = 30  # of a text, or it goes to "others"
MOST_TEXTS = 30


@dataclass(frozen=True, eq=False)
class Bins:
    """How one column falls into bins; the last bin is for what is missing."""

    column: str
    edges: Floats  # of numbers: a value belongs to the bin after as many edges as are not above it
    texts: tuple[str, ...]  # of text: one bin each; "others" follows
    ordered: bool

    @property
    def count(self) -> int:
        """Count the bins, that of missing values included."""
        return (len(self.edges) if self.ordered else len(self.texts)) + 2

    def codes(self, values: pa.ChunkedArray) -> Codes:
        """
        Find the bin of every value.

        Args:
            values: the column, shape (n,).

        Returns:
            numbers of bins, shape (n,).
        """
        if self.ordered:
            x = numbers(values)
            found = np.searchsorted(self.edges, x, side="right")
            return np.where(np.isnan(x), self.count - 1, found).astype(np.int32)
        known = pc.fill_null(pc.index_in(values, value_set=pa.array(self.texts, pa.string())), len(self.texts))
        found = known.to_numpy().astype(np.int64)
        missing = np.asarray(pc.is_null(values))
        return np.where(missing, self.count - 1, found).astype(np.int32)


def bins(column: str, values: pa.ChunkedArray) -> Bins:
    """
    Cut a column into bins.

    Args:
        column: its name.
        values: numbers or text, shape (n,).

    Returns:
        for numbers ten bins of like size, of 2,000 rows and more 26 that get finer towards both ends; one a value
        where there are fewer; for text one for each of the thirty most frequent values with at least thirty rows.
    """
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return Bins(column, np.array([]), _texts(values), ordered=False)
    x = numbers(values)
    x = x[~np.isnan(x)]
    different, cuts = np.unique(x), FINER if len(x) >= FINER_FROM else TENTHS
    if len(different) <= len(cuts) + 1:
        return Bins(column, (different[1:] + different[:-1]) / 2, (), ordered=True)
    edges = np.unique(np.quantile(x, cuts))
    return Bins(column, edges[edges > different[0]], (), ordered=True)


def numbers(values: pa.ChunkedArray) -> Floats:
    """
    Read a column of numbers, missing ones as NaN.

    Args:
        values: the column, shape (n,).

    Returns:
        numbers, shape (n,).
    """
    found: Floats = pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
    return found


def _texts(values: pa.ChunkedArray) -> tuple[str, ...]:
    counts = pc.value_counts(values.drop_null().combine_chunks() if len(values) else values).to_pylist()
    often = sorted((-row["counts"], row["values"]) for row in counts if row["counts"] >= FEWEST_ROWS)
    return tuple(text for _, text in often[:MOST_TEXTS])
