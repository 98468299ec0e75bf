"""
What rules read beside the mirror: Parquet files that are worked out once and named by all that decides them.

A file is written beside and renamed, so that a reader sees all of it or nothing; it can be made anew at any time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from django.conf import settings

from stammkunde import work
from stammkunde.mirror.damage import has_both_ends

MAY_BE_READ = timedelta(hours=1)


def place(name: str) -> Path:
    return Path(settings.MIRROR_DIR) / "asked" / f"{name}.parquet"


def is_kept(name: str) -> bool:
    """Tell whether a file is there, and whole as far as its ends tell."""
    return has_both_ends(place(name))


def source(name: str) -> str:
    """Say in the engine's SQL where a file's rows are."""
    quoted = str(place(name)).replace("'", "''")
    return f"read_parquet('{quoted}', hive_partitioning=false)"


def put(rows: duckdb.DuckDBPyRelation, name: str) -> None:
    """Write rows, whole or not at all."""
    place(name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = place(f"{name}.{work.me()}").with_suffix(".new")
    try:
        rows.to_parquet(str(beside), compression="snappy")
        beside.replace(place(name))
    finally:
        beside.unlink(missing_ok=True)


def names(pattern: str) -> list[str]:
    """Name the files that are there, of some kind."""
    return [file.stem for file in place("any").parent.glob(f"{pattern}.parquet")]


def forget_all_but(names: Collection[str], *, now: datetime) -> None:
    """
    Remove the files that nothing needs any more, and what was left half written. Repeating is harmless.

    Whoever has found a file may still be about to open it: what is not needed is marked, and removed an hour later.
    """
    wanted = {place(name) for name in names}
    for file in place("any").parent.glob("*.parquet"):
        mark = file.with_suffix(".old")
        if file in wanted:
            mark.unlink(missing_ok=True)
        elif not mark.exists():
            mark.write_text(now.isoformat())
        elif datetime.fromisoformat(mark.read_text()) < now - MAY_BE_READ:
            file.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)
    for file in place("any").parent.glob("*.new"):
        if work.is_gone(file.stem.partition(".")[2]):
            file.unlink(missing_ok=True)
