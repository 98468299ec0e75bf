"""
Where a check has its tables: alone in an engine that the process keeps, which knows our macros.

To open an engine and to tell it the macros takes an eighth of what there is to do for a small file, and to plan what is
asked, most of the rest: of few rows, what makes many rows quick is left out.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock

import duckdb

from stammkunde.intake import parsing
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal

FEW = 2000  # rows
_FOR_MANY = {
    "build_side_probe_side", "column_lifetime", "common_subexpressions", "common_subplan", "compressed_materialization",
    "duplicate_groups", "expression_rewriter", "join_filter_pushdown", "late_materialization", "projection_pullup",
    "reorder_filter", "row_group_pruner", "sampling_pushdown", "statistics_propagation", "top_n_window_elimination",
    "window_self_join",
}  # fmt: skip
_LEFT = (
    "SELECT 'TABLE', table_name FROM duckdb_tables() WHERE database_name = 'memory' UNION ALL "
    "SELECT 'VIEW', view_name FROM duckdb_views() WHERE database_name = 'memory' AND NOT internal"
)
Functions = tuple[Callable[..., str], ...]


@contextmanager
def room(
    *, rows: int, memory_mb: int, work_dir: Path, functions: Functions = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection to check so many rows with, which knows `parsing.MACROS` and a layout's functions."""
    kept = _kept(os.getpid())
    if kept.free.acquire(blocking=False):
        try:
            with kept.room(memory_mb, work_dir / "spill", functions, few=rows <= FEW) as db:
                yield db
        finally:
            kept.free.release()
        return
    with engine.connect(memory_mb=memory_mb, work_dir=work_dir) as db:  # how an engine is set holds for all of it
        db.execute(parsing.MACROS)
        for one in functions:
            db.create_function(one.__name__, one)
        yield db


class _Kept:
    """An engine for one check after the other; a new one after one that failed or spilled, as it is told once where."""

    def __init__(self) -> None:
        self.free = Lock()
        self.home: duckdb.DuckDBPyConnection | None = None
        self.told: set[str] = set()
        self.left_out = ""

    @contextmanager
    def room(
        self, memory_mb: int, spill: Path, functions: Functions, *, few: bool
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        home, self.home = self.home or self._open(memory_mb), None  # none, until this one is known to be whole
        home.execute(
            f"SET memory_limit = '{memory_mb}MB'; SET temp_directory = {literal(str(spill))}; "
            f"SET disabled_optimizers = '{self.left_out if few else ''}'"
        )
        for one in functions:
            if one.__name__ not in self.told:
                home.create_function(one.__name__, one)
                self.told.add(one.__name__)
        with engine.ready(home.cursor()) as db:
            yield db
        if spill.exists():
            home.close()
            return
        for kind, name in home.execute(_LEFT).fetchall():
            home.execute(f'DROP {kind} "{name}"')
        self.home = home

    def _open(self, memory_mb: int) -> duckdb.DuckDBPyConnection:
        home = engine.open_one(memory_mb)
        home.execute(parsing.MACROS)
        known = {name for (name,) in home.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        self.left_out, self.told = ",".join(sorted(_FOR_MANY & known)), set()
        return home


@cache
def _kept(_process: int) -> _Kept:
    return _Kept()
