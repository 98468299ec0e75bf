"""Parquet: typed already, turned to text so that all files are checked alike."""

from pathlib import Path

import duckdb

from stammkunde.intake.formats import engine, heading
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable


def dialect(path: Path) -> Dialect:
    """
    Read the schema and the first rows.

    :raises FileNotUsable: if it is damaged or has no columns
    """
    with engine.connect(memory_mb=256) as db:
        try:
            table = db.sql("SELECT * FROM read_parquet(?)", params=[str(path)])
            given = table.columns
            cells = db.execute(f"SELECT {_as_text(given)} FROM read_parquet(?) LIMIT 200", [str(path)]).fetchall()
        except duckdb.Error:
            raise FileNotUsable("parquet_unreadable") from None
    return Dialect(format="parquet", header=heading.names(given), header_row=1, sample=tuple(cells))


def read(path: Path, target: Path, *, memory_mb: int, limit: int | None) -> int:
    """Write the rows as text to `target`, with their numbers; return how many there are."""
    with engine.connect(memory_mb=memory_mb) as db:
        try:
            given = db.sql("SELECT * FROM read_parquet(?)", params=[str(path)]).columns
            named = ", ".join(f"{_text(one)} AS c{index}" for index, one in enumerate(given))
            rows = f"LIMIT {int(limit)}" if limit is not None else ""
            db.execute(
                "COPY (SELECT file_row_number + 2 AS row, NULL::VARCHAR AS bad, NULL::VARCHAR AS bad_detail, "
                f"{named} FROM read_parquet($path, file_row_number = true) {rows}) "
                f"TO {engine.literal(str(target))} (FORMAT parquet)",
                {"path": str(path)},
            )
            return db.execute("SELECT count(*) FROM read_parquet(?)", [str(target)]).fetchone()[0]
        except duckdb.Error:
            raise FileNotUsable("parquet_unreadable") from None


def _text(name: str) -> str:
    quoted = engine.quoted(name)
    return f"coalesce(left(CAST({quoted} AS VARCHAR), {engine.LONGEST_CELL + 1}), '')"


def _as_text(given: list[str]) -> str:
    return ", ".join(_text(one) for one in given)
