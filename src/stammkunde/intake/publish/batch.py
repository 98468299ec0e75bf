"""Rows of a difference, a batch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stammkunde.intake.staging.difference import Part

MONTHS = ("month", "old_month")
_READ_AT_ONCE = 20_000


@dataclass(kw_only=True)
class Batch:
    """Some of a part's new or changed rows: those numbered `after` + 1 to `upto`, counted from 1."""

    part: Part
    what: str
    after: int
    rows: pa.Table

    @property
    def upto(self) -> int:
        return self.after + len(self.rows)

    @property
    def months(self) -> list[str]:
        found = [pc.unique(self.rows[one]).to_pylist() for one in MONTHS]
        return [one for values in found for one in values if one]


class Feed:
    """Reads a Parquet file from front to back without holding more than what was asked for."""

    def __init__(self, path: Path, *, columns: list[str], skip: int) -> None:
        self._path, self._columns = path, columns
        self._parts = self._read(skip)
        self._left: pa.Table | None = None

    def take(self, count: int) -> pa.Table:
        """Give the next `count` rows, fewer at the end."""
        taken, have = [], 0
        while have < count:
            piece = self._left if self._left is not None else next(self._parts, None)
            self._left = None
            if piece is None:
                break
            taken.append(piece[: count - have])
            have += len(taken[-1])
            if len(piece) > len(taken[-1]):
                self._left = piece[len(taken[-1]) :]
        return pa.concat_tables(taken)

    def _read(self, skip: int) -> Iterator[pa.Table]:
        with pq.ParquetFile(self._path) as file:
            groups, skip = _groups(file, skip)
            for rows in file.iter_batches(batch_size=_READ_AT_ONCE, row_groups=groups, columns=self._columns):
                piece = pa.Table.from_batches([rows])[skip:]
                skip = max(0, skip - rows.num_rows)
                if len(piece):
                    yield piece


def _groups(file: pq.ParquetFile, skip: int) -> tuple[list[int], int]:
    """Say which row groups are left after so many rows, and how many rows of the first are to be skipped."""
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if skip < rows:
            return list(range(group, file.num_row_groups)), skip
        skip -= rows
    return [], 0
