"""
Cells: how many customers share the same few whole numbers.

Engines count millions of rows into some thousand cells; everything after that is small and happens in numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
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
    found = table.column("slice").combine_chunks().dictionary_encode(null_encoding="encode")
    place = found.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Cells(columns, table.column("n").to_numpy().astype(np.int64), place, tuple(found.dictionary.to_pylist()))
