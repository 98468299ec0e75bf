# ruff: noqa: S608 (table and column names are our own)
"""
Many rows found by their keys, as Arrow.

SQLite: the keys travel in an exchange file that Django's connection attaches. PostgreSQL: they are copied into a
temporary table of a connection of its own, and the rows come back as Arrow.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import pyarrow as pa
from django.db import connection, models

from stammkunde.store.bulk import columns as described
from stammkunde.store.bulk import exchange, links

ROWS_AT_ONCE = 50_000
KEYS = "wanted_keys"


@contextmanager
def rows_of(model: type[models.Model], *, columns: Mapping[str, str]) -> Iterator[pa.RecordBatchReader]:
    """Read all rows of a model's table: these columns (name → kind)."""
    with _selected(f"SELECT {described.selected(columns, of='t')} FROM {_table(model)} t", columns) as rows:
        yield rows


@contextmanager
def rows_with(
    model: type[models.Model], *, columns: Mapping[str, str], by: str, keys: pa.RecordBatchReader
) -> Iterator[pa.RecordBatchReader]:
    """Read the rows whose column `by` is among the keys: the only column `key`, each once and in order."""
    select = f"SELECT {described.selected(columns, of='t')}"
    found = _with_sqlite if connection.vendor == "sqlite" else _with_postgres
    with found(select, f"{_table(model)} t", f't."{by}"', keys, columns) as rows:
        yield rows


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'  # noqa: SLF001 (`_meta` is how Django lets a model be asked)


@contextmanager
def _with_sqlite(
    select: str, table: str, by: str, keys: pa.RecordBatchReader, columns: Mapping[str, str]
) -> Iterator[pa.RecordBatchReader]:
    with exchange.folder() as folder:
        exchange.fill(folder / "keys.sqlite3", rows=keys, columns={"key": ""})
        # The keys lead: SQLite would rather read the whole table, knowing nothing of how many keys there are.
        sql = f"{select} FROM exchange.rows k CROSS JOIN {table} WHERE {by} = k.key"
        with exchange.attached(folder / "keys.sqlite3"), _selected(sql, columns) as rows:
            yield rows


@contextmanager
def _with_postgres(
    select: str, table: str, by: str, keys: pa.RecordBatchReader, columns: Mapping[str, str]
) -> Iterator[pa.RecordBatchReader]:
    with closing(links.to_postgres()) as link:
        link.ingest(KEYS, keys, mode="create", temporary=True)
        link.run(f"ANALYZE {KEYS}")
        yield _fetched(link, f"{select} FROM {KEYS} k JOIN {table} ON {by} = k.key", columns)


@contextmanager
def _selected(sql: str, columns: Mapping[str, str]) -> Iterator[pa.RecordBatchReader]:
    if connection.vendor == "postgresql":
        with closing(links.to_postgres()) as link:
            yield _fetched(link, sql, columns)
        return
    with connection.cursor() as cursor:
        cursor.execute(sql)
        shape = described.schema(columns)
        yield pa.RecordBatchReader.from_batches(shape, _batches(cursor, shape))


def _batches(cursor: Any, shape: pa.Schema) -> Iterator[pa.RecordBatch]:
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        values = zip(zip(*rows, strict=True), shape, strict=True)
        yield pa.record_batch([pa.array(some, one.type) for some, one in values], schema=shape)


def _fetched(link: links.Link, sql: str, columns: Mapping[str, str]) -> pa.RecordBatchReader:
    shape = described.schema(columns)
    found = (pa.record_batch(rows.columns, schema=shape) for rows in link.read(sql))
    return pa.RecordBatchReader.from_batches(shape, found)
