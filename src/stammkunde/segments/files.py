"""
What rules read beside the mirror: Parquet files that are worked out once and named by all that decides them.

A file is written beside and renamed, so that a reader sees all of it or nothing; it can be made anew at any time.
"""

from collections.abc import Collection
from pathlib import Path

import duckdb
from django.conf import settings

from stammkunde import work
from stammkunde.mirror.damage import has_both_ends


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


def forget_all_but(names: Collection[str]) -> None:
    """Remove the files that nothing needs any more, and what was left half written. Repeating is harmless."""
    wanted = {place(name) for name in names}
    for file in place("any").parent.glob("*"):
        is_ours = file.suffix == ".parquet" and file not in wanted
        is_left = file.suffix == ".new" and work.is_gone(file.stem.partition(".")[2])
        if is_ours or is_left:
            file.unlink(missing_ok=True)
