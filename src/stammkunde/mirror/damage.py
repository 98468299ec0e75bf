"""
A damaged mirror is none: whoever meets the damage throws it away, and the next refresh builds it from the database.

A file that is missing or cut off is seen by its ends. What is wrong within one is met by whoever reads it; only then
are all files read through, to tell damage from a question that was wrong.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from stammkunde.mirror import engine
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest, NoMirror

MARK = b"PAR1"  # with which a Parquet file begins and ends

log = logging.getLogger(__name__)


def sound() -> Manifest | None:
    """Read the manifest that counts, if all of its files are there and whole as far as their ends tell."""
    found = manifests.read()
    lacking = [name for name in found.files if not has_both_ends(manifests.path(name))] if found else []
    if lacking:
        log.warning("mirror=damaged file=%s files=%d", lacking[0], len(lacking))
    return None if lacking else found


def has_both_ends(file: Path) -> bool:
    """Tell whether a Parquet file is there and was not cut off."""
    try:
        with file.open("rb") as content:
            begins = content.read(len(MARK))
            content.seek(-len(MARK), 2)
            return begins == MARK == content.read()
    except OSError:
        return False


def is_readable(file: Path) -> bool:
    """Tell whether every value of a Parquet file can be read."""
    if not has_both_ends(file):
        return False
    try:
        engine.connection().execute(
            "SELECT max(hash(t)) FROM read_parquet($file, hive_partitioning = false) t", {"file": str(file)}
        ).fetchall()
    except duckdb.Error as problem:
        log.warning("file=%s is damaged: %s", file, problem)
        return False
    return True


def throw_away() -> bool:
    """Throw the mirror away if it is damaged, and tell whether there is none by now."""
    found = manifests.read()
    if found is None:
        return True
    if all(is_readable(manifests.path(name)) for name in found.files):
        return False
    manifests.forget(found)
    return True


@contextmanager
def noticed() -> Iterator[None]:
    """
    Look at the mirror where the engine fails within the block.

    :raises NoMirror: if it was damaged; it is thrown away
    """
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as problem:
        if throw_away():
            raise NoMirror from problem
        raise
