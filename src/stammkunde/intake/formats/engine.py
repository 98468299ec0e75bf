"""A connection to the engine that reads files: in memory, bounded, in UTC, off the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

LONGEST_CELL = 131_072  # characters; the csv module's own limit


@contextmanager
def connect(*, memory_mb: int, work_dir: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection that spills to `work_dir` beyond its memory."""
    db = duckdb.connect(
        config={
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": str(work_dir / "spill") if work_dir else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    try:
        db.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        yield db
    finally:
        db.close()


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
