"""
One consistent look at the facts, as Arrow.

SQLite: a connection of Python's own SQLite copies what is wanted into an exchange file, with the database attached
read-only, in one transaction; ADBC reads the exchange file only. It never opens the database itself: its wheel
carries a second SQLite library, and two in one process release each other's locks.
PostgreSQL: ADBC in a transaction of REPEATABLE READ.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import psycopg.conninfo
import pyarrow as pa
from django.conf import settings
from django.db import connection


class DatabaseInMemory(Exception):
    """The mirror cannot attach a SQLite database that has no file."""


class Snapshot(Protocol):
    """What a snapshot offers: small answers at once, and whole tables after `take`."""

    def fetch(self, sql: str) -> list[tuple]: ...

    def day(self, column: str) -> str: ...

    def take(self, selects: Mapping[str, str]) -> None: ...

    def rows(self, name: str) -> pa.RecordBatchReader: ...


@contextmanager
def opened() -> Iterator[Snapshot]:
    """Open a snapshot of whichever database this installation has."""
    with _sqlite() if connection.vendor == "sqlite" else _postgres() as snapshot:
        yield snapshot


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        raise DatabaseInMemory(name)
    with tempfile.TemporaryDirectory(prefix="exchange-", dir=settings.MIRROR_DIR) as folder:
        snapshot = _Sqlite(database=Path(name).resolve(), exchange=Path(folder) / "exchange.sqlite3")
        try:
            yield snapshot
        finally:
            snapshot.close()


class _Sqlite:
    def __init__(self, *, database: Path, exchange: Path):
        self._exchange = exchange
        self._reader = None
        self._cursors: list = []  # kept: a cursor that is collected closes its stream
        self._own = sqlite3.connect(exchange.as_uri(), uri=True, isolation_level=None, timeout=30)
        self._own.execute("PRAGMA journal_mode=OFF")
        self._own.execute("PRAGMA synchronous=OFF")
        self._own.execute("ATTACH ? AS facts", [f"{database.as_uri()}?mode=ro"])
        self._own.execute("BEGIN")

    def fetch(self, sql: str) -> list[tuple]:
        return self._own.execute(sql).fetchall()

    def day(self, column: str) -> str:
        return f"(CAST(strftime('%s', {column}) AS INTEGER) / 86400)"

    def take(self, selects: Mapping[str, str]) -> None:
        for name, select in selects.items():
            self._own.execute(f"CREATE TABLE main.taken_{name} AS {select}")
        self._own.execute("COMMIT")
        self._own.close()
        self._reader = adbc_driver_sqlite.dbapi.connect(str(self._exchange))

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
    with closing(adbc_driver_postgresql.dbapi.connect(address_of_postgres())) as own:
        snapshot = _Postgres(own)
        yield snapshot
        snapshot.close()


def address_of_postgres() -> str:
    there = connection.settings_dict
    parts = {
        "dbname": there["NAME"],
        "user": there["USER"],
        "password": there["PASSWORD"],
        "host": there["HOST"],
        "port": there["PORT"],
    }
    return psycopg.conninfo.make_conninfo(**{key: value for key, value in parts.items() if value})


class _Postgres:
    def __init__(self, own: adbc_driver_postgresql.dbapi.Connection):
        self._own = own
        self._selects: Mapping[str, str] = {}
        self._cursors: list = []
        self._run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _run(self, sql: str):
        cursor = self._own.cursor()
        self._cursors.append(cursor)
        cursor.execute(sql)
        return cursor

    def fetch(self, sql: str) -> list[tuple]:
        return self._run(sql).fetchall()

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
