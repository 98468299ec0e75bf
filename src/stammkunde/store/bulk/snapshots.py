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

from stammkunde.store.bulk import exchange
from stammkunde.store.bulk.addresses import address


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
        self._reader: Any = None
        self._cursors: list[Any] = []  # kept: a cursor that is collected closes its stream
        self._own = sqlite3.connect(taken.as_uri(), uri=True, isolation_level=None, timeout=30)
        self._own.execute("PRAGMA journal_mode=OFF")
        self._own.execute("PRAGMA synchronous=OFF")
        self._own.execute("ATTACH ? AS record", [f"{database.as_uri()}?mode=ro"])
        self._own.execute("BEGIN")

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._own.execute(sql))

    def day(self, column: str) -> str:
        return f"(CAST(strftime('%s', {column}) AS INTEGER) / 86400)"

    def take(self, selects: Mapping[str, str]) -> None:
        for name, select in selects.items():
            self._own.execute(f"CREATE TABLE main.taken_{name} AS {select}")
        self._own.execute("COMMIT")
        self._own.close()
        import adbc_driver_sqlite.dbapi as adbc  # noqa: PLC0415 (slow to load, and needed for SQLite only)

        self._reader = adbc.connect(str(self._taken))

    def rows(self, name: str) -> pa.RecordBatchReader:
        cursor = self._reader.cursor()
        self._cursors.append(cursor)
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
        cursor.execute(f"SELECT * FROM taken_{name}")  # noqa: S608 our own names
        return cursor.fetch_record_batch()

    def close(self) -> None:
        self._own.close()
        for cursor in self._cursors:
            cursor.close()
        if self._reader:
            self._reader.close()


@contextmanager
def _postgres() -> Iterator[Snapshot]:
    import adbc_driver_postgresql.dbapi as adbc  # noqa: PLC0415 (slow to load, and needed for PostgreSQL only)

    with closing(adbc.connect(address())) as own, closing(_Postgres(own)) as look:
        yield look


class _Postgres:
    def __init__(self, own: Any) -> None:
        self._own = own
        self._selects: Mapping[str, str] = {}
        self._cursors: list[Any] = []
        self._run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _run(self, sql: str) -> Any:
        cursor = self._own.cursor()
        self._cursors.append(cursor)
        cursor.execute(sql)
        return cursor

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._run(sql).fetchall())

    def day(self, column: str) -> str:
        return f"({column} - DATE '1970-01-01')"

    def take(self, selects: Mapping[str, str]) -> None:
        self._selects = selects

    def rows(self, name: str) -> pa.RecordBatchReader:
        return self._run(self._selects[name]).fetch_record_batch()

    def close(self) -> None:
        for cursor in self._cursors:
            cursor.close()
        self._own.rollback()
