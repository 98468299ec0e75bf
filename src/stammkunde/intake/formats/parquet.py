"""Parquet: read in place, as text so that all files are checked alike; its numbers can be had as they are."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stammkunde.intake.formats import engine, heading
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable
from stammkunde.store.quoting import quoted


def dialect(path: Path) -> Dialect:
    """
    Read the schema and the first rows.

    :raises FileNotUsable: if it is damaged or has no columns
    """
    with engine.look() as db:
        try:
            table = db.sql("SELECT * FROM read_parquet(?)", params=[str(path)])
            given = table.columns
            cells = db.execute(f"SELECT {_as_text(given)} FROM read_parquet(?) LIMIT 200", [str(path)]).fetchall()
        except duckdb.Error:
            raise FileNotUsable("parquet_unreadable") from None
    return Dialect(format="parquet", header=heading.names(given), header_row=1, sample=tuple(cells))


_EXACT = re.compile(r"DOUBLE|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,[0-6]\)")


@dataclass(frozen=True, kw_only=True)
class InPlace:
    """A file's rows as SQL: `table` has `row`, `bad`, `bad_detail`, texts `c…` of all columns, numbers `n…` of some."""

    table: str
    numbers: frozenset[int]
    rows: int


def in_place(path: Path, *, limit: int | None) -> InPlace:
    """
    Say how the rows are read, without reading them.

    :raises FileNotUsable: if the file is damaged
    """
    with engine.look() as db:
        try:
            kinds = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            rows = engine.count(db, "SELECT count(*) FROM read_parquet(?)", str(path))
        except duckdb.Error:
            raise FileNotUsable("parquet_unreadable") from None
    numbers = {place for place, (_name, kind, *_more) in enumerate(kinds) if _EXACT.fullmatch(kind)}
    cells = [f"{_text(one[0])} AS c{place}" for place, one in enumerate(kinds)]
    cells += [f"{quoted(kinds[place][0])} AS n{place}" for place in sorted(numbers)]
    some = f" WHERE file_row_number < {int(limit)}" if limit is not None else ""
    table = (
        "(SELECT file_row_number + 2 AS row, NULL::VARCHAR AS bad, NULL::VARCHAR AS bad_detail, "
        f"{', '.join(cells)} FROM read_parquet({engine.literal(str(path))}, file_row_number = true){some})"
    )
    return InPlace(table=table, numbers=frozenset(numbers), rows=rows if limit is None else min(rows, limit))


def _text(name: str) -> str:
    return f"coalesce(left(CAST({quoted(name)} AS VARCHAR), {engine.LONGEST_CELL + 1}), '')"


def _as_text(given: list[str]) -> str:
    return ", ".join(_text(one) for one in given)
