"""The whole file as one Parquet file of text columns, each row with its line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stammkunde.intake.formats.dialect import Dialect

Progress = Callable[[str, int, int], None]  # (step, done, total); it may raise to stop


@dataclass(frozen=True, kw_only=True)
class Source:
    """
    A file that was read.

    `path` is a Parquet file with the columns `row` (line in the file), `bad` (a code where the row cannot be read, with
    its `bad_detail`), and `c0, c1, …` in the order of `dialect.header`.
    """

    path: Path
    dialect: Dialect
    rows: int


def open_source(
    path: Path | str,
    *,
    work_dir: Path,
    options: dict[str, Any] | None = None,
    progress: Progress | None = None,
    memory_mb: int = 512,
    limit: int | None = None,
) -> Source:
    """
    Read a file in a stream into `work_dir/raw.parquet`; `limit` stops after so many rows.

    :raises FileNotUsable: if there is nothing in it that can be imported
    """
    raise NotImplementedError
