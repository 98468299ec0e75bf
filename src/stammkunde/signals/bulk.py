"""
Arrow into our own tables: staged, then inserted in batches, none of which locks the database for long.

SQLite: ADBC writes an exchange file of its own and Django's connection attaches it.
PostgreSQL: an unlogged staging table, filled by ADBC.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from stammkunde.mirror.snapshot import address_of_postgres

FIRST_BATCH = 5_000
LARGEST_BATCH = 100_000
BATCH_SECONDS = 0.5
ATTEMPTS = 3
STAGING = "signals_staging"
POSTGRES_TYPES = (
    (pa.types.is_int16, "smallint"),
    (pa.types.is_int32, "integer"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_float64, "double precision"),
    (pa.types.is_date32, "date"),
    (pa.types.is_timestamp, "timestamp"),
    (pa.types.is_string, "text"),
)

Progress = Callable[[int, int], None]


def insert(
    rows: pa.RecordBatchReader, *, total: int, model: type[models.Model], generation_id: int, progress: Progress
) -> None:
    """
    Insert rows of one generation: columns named as in the database, and `row`, their number from 1 to `total`.

    Rows of customers that were deleted meanwhile are left out.
    """
    names = [name for name in rows.schema.names if name != "row"]
    with staged(rows) as source:
        sql = _insert_sql(model, names=names, staged=source)
        for first, last in batches(total, progress=progress):
            run(sql, [generation_id, first, last])


def batches(total: int, *, progress: Progress) -> Iterator[tuple[int, int]]:
    """Cut row numbers into batches (after, up to) that each take about half a second."""
    done, size = 0, FIRST_BATCH
    progress(done, total)
    while done < total:
        started = time.monotonic()
        yield done, min(done + size, total)
        done = min(done + size, total)
        size = next_size(size, seconds=time.monotonic() - started)
        progress(done, total)


def next_size(size: int, *, seconds: float) -> int:
    """Aim the next batch at half a second; grow at most twofold, so that one quick batch does not mislead."""
    return int(min(max(size * BATCH_SECONDS / max(seconds, 0.001), 500), 2 * size, LARGEST_BATCH))


def delete(model: type[models.Model], *, generation_id: int) -> None:
    """Delete a generation's rows in batches; repeating is harmless."""
    table = model._meta.db_table  # noqa: SLF001
    some = f"SELECT id FROM {table} WHERE generation_id = %s LIMIT %s"  # noqa: S608
    repeat(f"DELETE FROM {table} WHERE id IN ({some})", [generation_id])  # noqa: S608


def repeat(sql: str, values: list[Any]) -> None:
    """Run a statement that ends with the largest number of rows to touch, until it touches none."""
    size = FIRST_BATCH
    while True:
        started = time.monotonic()
        if not run(sql, [*values, size]):
            return
        size = next_size(size, seconds=time.monotonic() - started)


def run(sql: str, values: list[Any]) -> int:
    """Run one batch in a transaction of its own; once more if a customer was deleted in the very moment."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.rowcount
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def _insert_sql(model: type[models.Model], *, names: list[str], staged: str) -> str:
    fields = {field.column: field for field in model._meta.local_fields}  # noqa: SLF001
    target = ", ".join(["generation_id", *names])
    values = ", ".join(["%s", *(_value(fields[name]) for name in names)])
    known = "JOIN customers_customer c ON c.id = s.customer_id " if "customer_id" in names else ""
    return (
        f"INSERT INTO {model._meta.db_table} ({target}) SELECT {values} FROM {staged} s {known}"  # noqa: S608, SLF001
        "WHERE s.row > %s AND s.row <= %s ORDER BY s.row"
    )


def _value(field: models.Field) -> str:
    if connection.vendor == "postgresql" and isinstance(field, models.JSONField):
        return f"s.{field.column}::jsonb"
    return f"s.{field.column}"


@contextmanager
def staged(rows: pa.RecordBatchReader) -> Iterator[str]:
    """Put numbered rows (column `row`) beside the tables, and give the name to select them from."""
    with _staged_sqlite(rows) if connection.vendor == "sqlite" else _staged_postgres(rows) as name:
        yield name


@contextmanager
def _staged_sqlite(rows: pa.RecordBatchReader) -> Iterator[str]:
    settings.MIRROR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="exchange-", dir=settings.MIRROR_DIR) as folder:
        file = Path(folder) / "staged.sqlite3"
        _write_sqlite(_with_text_days(rows), file)
        with connection.cursor() as cursor:
            cursor.execute("ATTACH %s AS staged", [str(file)])
            try:
                yield "staged.rows"
            finally:
                cursor.execute("DETACH staged")


def _write_sqlite(rows: pa.RecordBatchReader, file: Path) -> None:
    with closing(adbc_driver_sqlite.dbapi.connect(str(file), autocommit=True)) as own, closing(own.cursor()) as cursor:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        columns = ", ".join(f"{name}{' INTEGER PRIMARY KEY' * (name == 'row')}" for name in rows.schema.names)
        cursor.execute(f"CREATE TABLE rows ({columns})")
        cursor.adbc_ingest("rows", rows, mode="append")


def _with_text_days(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Write days as SQLite keeps them, as text."""
    fields = [pa.field(f.name, pa.string()) if pa.types.is_date(f.type) else f for f in rows.schema]
    schema = pa.schema(fields)
    return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in rows))


@contextmanager
def _staged_postgres(rows: pa.RecordBatchReader) -> Iterator[str]:
    """Stage rows in the types that Arrow says; inserting them casts to those of the table."""
    columns = ", ".join(f"{field.name} {_postgres_type(field)}" for field in rows.schema)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {STAGING}")
        cursor.execute(f"CREATE UNLOGGED TABLE {STAGING} ({columns}, PRIMARY KEY (row))")
        try:
            _write_postgres(rows)
            yield STAGING
        finally:
            cursor.execute(f"DROP TABLE IF EXISTS {STAGING}")


def _postgres_type(field: pa.Field) -> str:
    return next(name for is_it, name in POSTGRES_TYPES if is_it(field.type))


def _write_postgres(rows: pa.RecordBatchReader) -> None:
    own = adbc_driver_postgresql.dbapi.connect(address_of_postgres())
    with closing(own), closing(own.cursor()) as cursor:
        cursor.adbc_ingest(STAGING, rows, mode="append")
        own.commit()
