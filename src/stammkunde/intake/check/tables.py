"""The database's tables, as Parquet: one row per key, sorted by it, only the columns that the file provides."""

from pathlib import Path

import duckdb

from stammkunde.intake.check import problems
from stammkunde.intake.check.result import FLAGGED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts import Column, Layout, Table


def write(
    db: duckdb.DuckDBPyConnection, table: Table, *, layout: Layout, names: set[str], out_dir: Path
) -> tuple[int, int]:
    """Write one table; return how many rows it has, and how many rows of the file repeated another one exactly."""
    rows = "priced" if layout.documents else "typed"
    given = [one for one in table.columns if names & set(one.needs)]
    db.execute(
        f"CREATE OR REPLACE TEMP VIEW keyed AS SELECT row, {table.source} AS source, {table.latest} AS latest"
        + "".join(f", {one.sql} AS {one.name}" for one in given)
        + f" FROM {rows} WHERE {table.source} IS NOT NULL"
    )
    merged, repeats = 0, not table.unique or _repeats(db)
    if table.unique and repeats:
        merged = _remark_repeats(db, [one.name for one in given])
    target = literal(str(out_dir / f"{table.name}.parquet"))
    db.execute(f"COPY ({_latest_sql(given, repeats=repeats)} ORDER BY source) TO {target} (FORMAT parquet)")
    if table.found_by:
        _write_people(db, f"SELECT DISTINCT {table.source} AS source, {table.found_by} AS word FROM {rows}", out_dir)
    return engine.count(db, f"SELECT count(*) FROM read_parquet({target})"), merged


def _write_people(db: duckdb.DuckDBPyConnection, query: str, out_dir: Path) -> None:
    """Say by which address each may be found: whoever compares looks whether she is there under another key."""
    target = literal(str(out_dir / "people.parquet"))
    known = f"SELECT * FROM ({query}) WHERE word IS NOT NULL AND source IS NOT NULL"
    db.execute(f"COPY ({known}) TO {target} (FORMAT parquet)")


def _repeats(db: duckdb.DuckDBPyConnection) -> bool:
    return bool(engine.count(db, "SELECT count(*) > count(DISTINCT source) FROM keyed"))


def _remark_repeats(db: duckdb.DuckDBPyConnection, names: list[str]) -> int:
    """Flag the rows that tell something else about a key than the row that counts; count those that tell the same."""
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE repeats AS
        SELECT row, source, told <> arg_max(told, row) OVER w AS other, max(row) OVER w AS kept FROM (
            SELECT row, source, hash({", ".join(names)}) AS told FROM keyed
            WHERE source IN (SELECT source FROM keyed GROUP BY source HAVING count(*) > 1))
        WINDOW w AS (PARTITION BY source)""")
    problems.add(db, f"SELECT row, '', split_part(source, ':', 2), 'duplicate_key', json_object('kept', kept), '{FLAGGED}' "  # noqa: E501
                     "FROM repeats WHERE other")  # fmt: skip
    return engine.count(db, "SELECT count(*) FROM repeats WHERE NOT other AND row <> kept")


def _latest_sql(given: list[Column], *, repeats: bool) -> str:
    """Give the query for the rows; the latest that says anything wins, column by column."""
    rows = "keyed"
    if repeats:
        columns = "".join(f", arg_max({one.name}, latest) AS {one.name}" for one in given)
        rows = f"(SELECT arg_max(row, latest) AS row, source{columns} FROM keyed GROUP BY source)"
    return f"SELECT row, source{''.join(f', {_or_empty(one)}' for one in given)} FROM {rows}"


def _or_empty(one: Column) -> str:
    return one.name if one.empty == "NULL" else f"coalesce({one.name}, {one.empty}) AS {one.name}"
