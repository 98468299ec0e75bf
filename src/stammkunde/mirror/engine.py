"""
Reading the mirror: DuckDB in memory, one instance a process (one memory limit), one connection a thread.

There is no `.duckdb` file; what does not fit into memory goes to a directory beside the mirror.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from django.conf import settings

from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest, NoMirror
from stammkunde.store import facts

_lock = threading.Lock()
_roots: dict[int, duckdb.DuckDBPyConnection] = {}
_mine = threading.local()


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The mirror's tables, each a lazy DuckDB relation of this thread's connection: `tables.lines`."""

    manifest: Manifest

    def __getattr__(self, name: str) -> duckdb.DuckDBPyRelation:
        try:
            return self.table(name)
        except facts.NotDeclared:
            raise AttributeError(name) from None

    @property
    def version(self) -> str:
        return self.manifest.version

    def stamp(self, *names: str) -> str:
        """Name what these tables hold, so that what was worked out from them can be kept as long as it holds."""
        return self.manifest.stamp(names)

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """
        Open one table.

        :raises NotDeclared: if no app declares it
        """
        return connection().sql(f"SELECT * FROM {self.source(name)}")  # noqa: S608 (our own files)

    def source(self, name: str) -> str:
        """
        Say in the engine's SQL where a table's rows are.

        :raises NotDeclared: if no app declares it
        """
        what = facts.table(name).mirrored
        if what is None:
            raise facts.NotDeclared(name)
        return _source(self.manifest.of(name), what.columns)

    def columns(self, name: str) -> list[str]:
        """Name a table's columns; customers have one for each of the company's own attributes."""
        share = self.manifest.whole.get(name)
        return share.columns if share else self.table(name).columns


def connection() -> duckdb.DuckDBPyConnection:
    """Give this thread's connection to this process's engine."""
    if getattr(_mine, "of", None) != os.getpid():
        _mine.connection, _mine.of = _root().cursor(), os.getpid()
    mine: duckdb.DuckDBPyConnection = _mine.connection
    return mine


def another() -> duckdb.DuckDBPyConnection:
    """Give another connection to this process's engine."""
    return _root().cursor()


@contextmanager
def through(home: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let all that this thread asks within the block go through a connection."""
    usual = connection()
    _mine.connection = home
    try:
        yield
    finally:
        _mine.connection = usual


def _root() -> duckdb.DuckDBPyConnection:
    with _lock:
        if os.getpid() not in _roots:
            spill = settings.DATA_DIR / "engine"
            _roots[os.getpid()] = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": f"{settings.ENGINE_MEMORY_MB}MB",
                    "temp_directory": str(spill),
                    "preserve_insertion_order": False,
                    "partitioned_write_flush_threshold": 122_880,
                },
            )
        return _roots[os.getpid()]


def tables(manifest: Manifest | None = None) -> Tables:
    """
    Open the mirror's tables.

    :raises NoMirror: if nothing was mirrored yet
    """
    manifest = manifest or manifests.read()
    if manifest is None:
        raise NoMirror
    return Tables(manifest=manifest)


def _source(names: list[str], columns: Mapping[str, str]) -> str:
    if names:
        paths = ", ".join("'{}'".format(str(manifests.path(name)).replace("'", "''")) for name in names)
        return f"read_parquet([{paths}], hive_partitioning=false)"
    empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    return f"(SELECT {empty} WHERE false)"
