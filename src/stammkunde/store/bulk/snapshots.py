"""
One consistent look at the database, as Arrow.

SQLite: a connection of Python's own SQLite copies what is wanted into an exchange file, with the database attached
read-only, in one transaction; ADBC reads the exchange file only.
PostgreSQL: ADBC in a transaction of REPEATABLE READ.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from django.db import connection

from stammkunde.store.bulk import exchange, links


class DatabaseInMemory(Exception):
    """A SQLite database that has no file cannot be attached."""


class Snapshot(Protocol):
    """What a look offers: small answers at once, and whole tables after `take`."""

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question at once; before `take`."""

    def day(self, column: str) -> str:
        """Say in SQL which day a column means, in days since 1970."""

    def take(self, selects: Mapping[str, str]) -> None:
        """Take what these select, by name; once."""

    def rows(self, name: str) -> pa.RecordBatchReader:
        """Give what was taken under a name; read one to its end before the next."""


def day_of(column: str, *, vendor: str) -> str:
    """Say in SQL which day a column means, in days since 1970."""
    if vendor == "sqlite":
        return f"(CAST(strftime('%s', {column}) AS INTEGER) / 86400)"
    return f"({column} - DATE '1970-01-01')"


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """
    Take one consistent look at whichever database this installation has.

    :raises DatabaseInMemory: if it has no file
    """
    with _sqlite() if connection.vendor == "sqlite" else _postgres() as look:
        yield look


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        raise DatabaseInMemory(name)
    with exchange.folder() as folder, closing(_Sqlite(Path(name).resolve(), folder / "taken.sqlite3")) as look:
        yield look


class _Sqlite:
    def __init__(self, database: Path, taken: Path) -> None:
        self._taken = taken
        self._link: links.Link | None = None
        self._own = sqlite3.connect(taken.as_uri(), uri=True, isolation_level=None, timeout=30)
        self._own.execute("PRAGMA journal_mode=OFF")
        self._own.execute("PRAGMA synchronous=OFF")
        self._own.execute("ATTACH ? AS record", [f"{database.as_uri()}?mode=ro"])
        self._own.execute("BEGIN")

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._own.execute(sql))

    def day(self, column: str) -> str:
        return day_of(column, vendor="sqlite")

    def take(self, selects: Mapping[str, str]) -> None:
        for name, select in selects.items():
            self._own.execute(f"CREATE TABLE main.taken_{name} AS {select}")
        self._own.execute("COMMIT")
        self._own.close()
        self._link = links.to_file(str(self._taken))

    def rows(self, name: str) -> pa.RecordBatchReader:
        assert self._link is not None  # after `take`
        select = f"SELECT * FROM taken_{name}"  # noqa: S608 our own names
        return self._link.read(select, **{"adbc.sqlite.query.batch_rows": "65536"})

    def close(self) -> None:
        self._own.close()
        if self._link:
            self._link.close()


@contextmanager
def _postgres() -> Iterator[Snapshot]:
    with closing(_Postgres(links.to_postgres())) as look:
        yield look


class _Postgres:
    def __init__(self, link: links.Link) -> None:
        self._link = link
        self._selects: Mapping[str, str] = {}
        self._link.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return self._link.fetch(sql)

    def day(self, column: str) -> str:
        return day_of(column, vendor="postgresql")

    def take(self, selects: Mapping[str, str]) -> None:
        self._selects = selects

    def rows(self, name: str) -> pa.RecordBatchReader:
        return self._link.read(self._selects[name])

    def close(self) -> None:
        self._link.close()
