"""Documents of which the file has not every row in a shape to be imported: they are not held whole by it."""

from pathlib import Path

import duckdb

from stammkunde.intake.check.result import REFUSED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal

NAME = "incomplete.parquet"


def begin(db: duckdb.DuckDBPyConnection, *, origin: str, unreadable: int) -> None:
    """Note the documents of refused rows in `given`; where rows cannot even be read, any may have lost one."""
    db.execute("CREATE TABLE incomplete (source VARCHAR)")
    some = "true" if unreadable else f"row IN (SELECT row FROM problems WHERE severity = '{REFUSED}')"
    add(db, f"SELECT {origin} || ':' || r_order_number FROM given WHERE {some}")


def add(db: duckdb.DuckDBPyConnection, query: str) -> None:
    db.execute(f"INSERT INTO incomplete SELECT * FROM ({query})")


def write(db: duckdb.DuckDBPyConnection, out_dir: Path) -> None:
    """Leave them beside the checked tables, where there are any."""
    if engine.count(db, "SELECT count(*) FROM incomplete WHERE source IS NOT NULL"):
        target = literal(str(out_dir / NAME))
        db.execute(
            f"COPY (SELECT DISTINCT source FROM incomplete WHERE source IS NOT NULL) TO {target} (FORMAT parquet)"
        )
