"""
Cells: how many customers share the same few whole numbers.

Engines count millions of rows into some thousand cells; everything after that is small and happens in numpy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stammkunde.insight.frames import Frame, arrow

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Counted cells: `columns` are whole numbers, `n` the customers in each cell, `place` that of its raw slice."""

    columns: dict[str, Counts]
    n: Counts
    place: Counts
    values: tuple[Any, ...]

    def slices(self) -> list[Any]:
        """List the raw slices that occur."""
        return list(self.values)

    def of(self, value: Any) -> "Cells":
        """Take the cells of one slice."""
        here = self.place == (self.values.index(value) if value in self.values else -1)
        columns = {name: column[here] for name, column in self.columns.items()}
        return Cells(columns, self.n[here], np.zeros(int(here.sum()), dtype=np.int64), (value,))

    def count(self, mask: NDArray[np.bool_]) -> int:
        """Count the customers in the cells that fit."""
        return int(self.n[mask].sum())


def counted(frame: Frame, *, by: Sequence[str]) -> Cells:
    """
    Count the rows of a table by slice and some columns of whole numbers.

    Args:
        frame: a table with a column `slice`.
        by: the columns; none of them may be empty.

    Returns:
        the cells.
    """
    table = arrow(frame.group_by("slice", *by).agg(nw.len().cast(nw.Int64).alias("n")))
    columns = {name: table.column(name).to_numpy().astype(np.int64) for name in by}
    values, place = encoded(table["slice"])
    return Cells(columns, table.column("n").to_numpy().astype(np.int64), place, values)


def encoded(slices: pa.ChunkedArray, *, to: Mapping[Any, Any] | None = None) -> tuple[tuple[Any, ...], Counts]:
    """
    Number raw slices.

    Args:
        slices: the raw slice of each row.
        to: raw slice → the one that it belongs to; None: itself.

    Returns:
        the slices that occur, and the number of each row's.
    """
    found = slices.combine_chunks().dictionary_encode(null_encoding="encode")
    raw = [value if to is None else to[value] for value in found.dictionary.to_pylist()]
    number = {value: number for number, value in enumerate(dict.fromkeys(raw))}
    place = np.array([number[value] for value in raw], dtype=np.int64)
    return tuple(number), place[found.indices.to_numpy(zero_copy_only=False).astype(np.int64)]


def rolled_up(cells: Cells, *, to: Mapping[Any, Any]) -> Cells:
    """
    Give the raw slices of cells other ones, and add up the cells that are the same then.

    Args:
        cells: counted cells.
        to: raw slice → the one that it belongs to.

    Returns:
        the cells of the larger slices.
    """
    new = list(dict.fromkeys(to[value] for value in cells.values))
    numbers = {value: number for number, value in enumerate(new)}
    place = np.array([numbers[to[value]] for value in cells.values], dtype=np.int64)[cells.place]
    first, where = alike([place, *cells.columns.values()])
    n = np.bincount(where, cells.n, len(first)).astype(np.int64)
    return Cells({name: column[first] for name, column in cells.columns.items()}, n, place[first], tuple(new))


def alike(columns: Sequence[Counts]) -> tuple[Counts, Counts]:
    """
    Find rows that are the same in all columns.

    Args:
        columns: whole numbers, shape (n,) each.

    Returns:
        the first row of each sort, and which sort every row is of.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        least, most = (int(column.min()), int(column.max())) if len(column) else (0, 0)
        key = key * (most - least + 1) + column - least
    where = pa.array(key).dictionary_encode().indices.to_numpy().astype(np.int64)  # by hashes: nothing to sort
    first = np.zeros(int(where.max(initial=-1)) + 1, dtype=np.int64)
    first[where[::-1]] = np.arange(len(where))[::-1]
    return first, where
