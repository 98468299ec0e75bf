"""
Rows on their way into SQLite: in exchange files, some at a time, written by ADBC and attached by Django's connection.

While one file is read, a thread of its own writes the next. ADBC never opens the system of record, nor a file that is
attached. The files hold nothing that the difference does not: after a kill they are made anew.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow as pa

from stammkunde.intake.publish.batch import Feed
from stammkunde.intake.staging.difference import Difference, Part
from stammkunde.store.bulk import exchange

ROWS_PER_FILE = 200_000
ROWS_AT_ONCE = 50_000


class Exchange:
    """A part's rows from number `after` + 1 on; the attached file, as `exchange.rows`, holds those up to `upto`."""

    def __init__(self, difference: Difference, part: Part, what: str, *, after: int) -> None:
        self._folder, self._part, self._columns = difference.folder, part, columns(part, what)
        self._left = (part.counts.created if what == "created" else part.changes) - after
        self._feed = Feed(difference.path(part, what), columns=self._columns, skip=after)
        self._made, self.upto = after, after
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="exchange")
        self._current = ExitStack()
        self._next = self._begin()

    def advance(self) -> None:
        """Attach the file with the rows after `upto`; outside of any transaction."""
        self._current.close()
        if self._next is None:
            return
        path, self.upto = self._next.result()
        self._next = self._begin()
        self._current.callback(path.unlink)
        self._current.enter_context(exchange.attached(path))

    def close(self) -> None:
        self._thread.shutdown()
        self._current.close()

    def _begin(self) -> Future[tuple[Path, int]] | None:
        return self._thread.submit(self._fill) if self._left > 0 else None

    def _fill(self) -> tuple[Path, int]:
        rows = self._feed.take(min(ROWS_PER_FILE, self._left))
        numbers = pa.array(range(self._made + 1, self._made + 1 + len(rows)), pa.int64())
        path = self._folder / f"exchange-{self._made}.sqlite3"
        path.unlink(missing_ok=True)
        with duckdb.connect() as engine:
            listed = ", ".join(["n", *(_written(one, self._part) for one in self._columns)])
            written = engine.from_arrow(rows.append_column("n", numbers)).project(listed).to_arrow_reader(ROWS_AT_ONCE)
            columns = {"n": "INTEGER PRIMARY KEY"} | dict.fromkeys(self._columns, "")
            exchange.fill(path, rows=written, columns=columns)
        self._left, self._made = self._left - len(rows), self._made + len(rows)
        return path, self._made


def columns(part: Part, what: str) -> list[str]:
    """Name the columns that travel: what the file fills, and for changed rows their ids."""
    if what == "created":
        return part.provided
    return ["id", *(one for one in part.provided if one not in part.spec.match)]


def _written(column: str, part: Part) -> str:
    kind = part.spec.kinds.get(column, "whole")
    if kind == "moment":  # as Django writes it: the fraction only where there is one
        return (
            f'CASE WHEN microsecond("{column}") % 1000000 = 0 THEN strftime("{column}", \'%Y-%m-%d %H:%M:%S\') '
            f'ELSE strftime("{column}", \'%Y-%m-%d %H:%M:%S.%f\') END AS "{column}"'
        )
    return f'"{column}"::VARCHAR AS "{column}"' if kind == "day" else f'"{column}"'
