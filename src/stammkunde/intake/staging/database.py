# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""
Reading the rows that a file may mean, out of either database, by key.

SQLite: ADBC must not open the system of record (its wheel carries a second SQLite library, and two in one process
release each other's locks), so the keys travel in an exchange file that Django's connection attaches.
PostgreSQL: the keys are copied into a temporary table of a connection of their own, and the rows come back as Arrow.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from stammkunde.store.facts import FactTable

ROWS_AT_ONCE = 50_000
FEW_KEYS = 10_000
_ARROW = {
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "text": pa.string(),
    "json": pa.string(),
    "day": pa.string(),
    "moment": pa.string(),
}

Keys = duckdb.DuckDBPyRelation


class Database(Protocol):
    def read(self, *, table: FactTable, columns: list[str], by: str, keys: Keys, target: Path) -> None:
        """Write the rows whose column `by` is among the keys to a Parquet file."""

    def read_all(self, *, table: FactTable, columns: list[str], target: Path) -> None:
        """Write all rows to a Parquet file."""


def database(folder: Path) -> Database:
    return Postgresql() if connection.vendor == "postgresql" else Sqlite(folder)


def is_empty(table: FactTable) -> bool:
    return not table.model._default_manager.exists()


def is_most_of(table: FactTable, keys: int) -> bool:
    """Tell whether so many keys mean so much of a table that reading all of it is quicker than looking each up."""
    return keys >= FEW_KEYS and keys * 2 >= table.model._default_manager.count()


def schema(table: FactTable, columns: list[str]) -> pa.Schema:
    """Say how rows come back: days and moments as text, which both databases write alike."""
    kinds = {"id": "whole"} | table.kinds
    return pa.schema([pa.field(column, _ARROW[kinds[column]]) for column in columns])


def _select(table: FactTable, columns: list[str]) -> str:
    kinds = {"id": "whole"} | table.kinds
    return ", ".join(_plain(f't."{column}"', kinds[column]) for column in columns)


def _plain(column: str, kind: str) -> str:
    if connection.vendor == "postgresql":
        if kind == "moment":
            return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return f"{column}::text" if kind in {"day", "json", "text"} else column
    return f"CAST({column} AS text)" if kind in {"day", "moment", "json", "text"} else column


class Sqlite:
    def __init__(self, folder: Path) -> None:
        self._keys = folder / "keys.sqlite3"

    def read(self, *, table: FactTable, columns: list[str], by: str, keys: Keys, target: Path) -> None:
        self._keys.unlink(missing_ok=True)
        fill_exchange(self._keys, {"keys": ("key", keys)})
        sql = (
            f"SELECT {_select(table, columns)} FROM exchange.keys k "  # noqa: S608
            f'CROSS JOIN "{table.db_table}" t WHERE t."{by}" = k.key'
        )
        with attached(self._keys):
            self._write(sql, schema(table, columns), target)

    def read_all(self, *, table: FactTable, columns: list[str], target: Path) -> None:
        self._write(f'SELECT {_select(table, columns)} FROM "{table.db_table}" t', schema(table, columns), target)  # noqa: S608

    def _write(self, sql: str, shape: pa.Schema, target: Path) -> None:
        with pq.ParquetWriter(target, shape) as writer, connection.cursor() as cursor:
            cursor.execute(sql)
            for rows in _fetched(cursor):
                columns_of = [
                    pa.array(values, one.type) for values, one in zip(zip(*rows, strict=True), shape, strict=True)
                ]
                writer.write_batch(pa.record_batch(columns_of, schema=shape))


def _fetched(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield rows


class Postgresql:
    def read(self, *, table: FactTable, columns: list[str], by: str, keys: Keys, target: Path) -> None:
        sql = (
            f"SELECT {_select(table, columns)} FROM import_keys k "  # noqa: S608
            f'JOIN "{table.db_table}" t ON t."{by}" = k.key'
        )
        with _link() as link, link.cursor() as cursor:
            cursor.adbc_ingest("import_keys", keys.to_arrow_reader(ROWS_AT_ONCE), mode="create", temporary=True)
            cursor.execute("ANALYZE import_keys")
            self._write(cursor, sql, schema(table, columns), target)

    def read_all(self, *, table: FactTable, columns: list[str], target: Path) -> None:
        sql = f'SELECT {_select(table, columns)} FROM "{table.db_table}" t'  # noqa: S608
        with _link() as link, link.cursor() as cursor:
            self._write(cursor, sql, schema(table, columns), target)

    def _write(self, cursor: Any, sql: str, shape: pa.Schema, target: Path) -> None:
        cursor.execute(sql)
        with pq.ParquetWriter(target, shape) as writer:
            for rows in cursor.fetch_record_batch():
                writer.write_batch(pa.record_batch(rows.columns, schema=shape))


def _link() -> Any:
    import adbc_driver_postgresql.dbapi as adbc  # noqa: PLC0415 (slow to load, and needed for PostgreSQL only)

    return adbc.connect(_address())


def _address() -> str:
    """Write the address of Django's database, which is another one during tests."""
    given = connection.settings_dict
    who = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    place = f"{quote(given['HOST'] or '')}{':' + str(given['PORT']) if given['PORT'] else ''}"
    return f"postgresql://{who}@{place}/{quote(given['NAME'])}"


def fill_exchange(path: Path, tables: dict[str, tuple[str, duckdb.DuckDBPyRelation]]) -> None:
    """Write relations to an exchange file: table → (its columns' definition, rows). It must not be attached now."""
    import adbc_driver_sqlite.dbapi as adbc  # noqa: PLC0415 (slow to load, and needed for SQLite only)

    with adbc.connect(str(path)) as link, link.cursor() as cursor:
        for name, (definition, rows) in tables.items():
            cursor.execute(f"CREATE TABLE {name} ({definition})")
            cursor.adbc_ingest(name, rows.to_arrow_reader(ROWS_AT_ONCE), mode="append")
        link.commit()


class attached:  # noqa: N801 (reads as a word: with attached(path))
    """Attach an exchange file to Django's connection as `exchange`; outside of any transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE %s AS exchange", [str(self._path)])

    def __exit__(self, *_problem: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DETACH DATABASE exchange")
