"""
Arrow into our own tables: staged beside them, then inserted in batches, none of which locks the database for long.

SQLite: an exchange file that Django's connection attaches. PostgreSQL: a temporary table of Django's connection.
Either is gone when its process is.
"""

# ruff: noqa: SLF001, S608 (`_meta` is how Django lets a model be asked; table and column names are our own)

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from django.db import connection, models, transaction

from stammkunde.store.bulk import copies, exchange
from stammkunde.store.bulk.batches import Progress, cut, run

NUMBER = "row"
STAGED = "staged_rows"


def insert(
    rows: pa.RecordBatchReader, *, total: int, model: type[models.Model], alike: Mapping[str, Any], progress: Progress
) -> None:
    """
    Insert rows: columns named as in the database, and `row`, their number from 1 to `total`.

    `alike` are columns that have one value in all of them. Rows that refer to what was deleted meanwhile are left out.
    """
    names = [name for name in rows.schema.names if name != NUMBER]
    target, values = ", ".join([*alike, *names]), ", ".join([*("%s" for _ in alike), *(f"s.{name}" for name in names)])
    known = "".join(f" AND {_is_there(one)}" for one in _references(model, names))
    with staged(rows, model=model) as source:
        sql = (
            f"INSERT INTO {model._meta.db_table} ({target}) SELECT {values} FROM {source} s "
            f"WHERE s.{NUMBER} > %s AND s.{NUMBER} <= %s{known} ORDER BY s.{NUMBER}"
        )
        for after, upto in cut(total, progress=progress):
            run(sql, [*alike.values(), after, upto])


def put(
    rows: pa.RecordBatchReader,
    *,
    total: int,
    model: type[models.Model],
    key: str,
    alike: Mapping[str, Any],
    claim: Callable[[], None],
) -> None:
    """
    Insert rows as `insert` does, and write over those that have the same `key`; repeating is harmless.

    `claim` is called in the transaction of each batch: what it raises leaves the batch undone.
    """
    names = [name for name in rows.schema.names if name != NUMBER]
    target, values = ", ".join([*alike, *names]), ", ".join([*("%s" for _ in alike), *(f"s.{name}" for name in names)])
    changed = ", ".join(f"{name} = excluded.{name}" for name in (*alike, *names) if name != key)
    with staged(rows, model=model) as source:
        sql = (
            f"INSERT INTO {model._meta.db_table} ({target}) SELECT {values} FROM {source} s "
            f"WHERE s.{NUMBER} > %s AND s.{NUMBER} <= %s ORDER BY s.{NUMBER} "
            f"ON CONFLICT ({key}) DO UPDATE SET {changed}"
        )
        for after, upto in cut(total, progress=lambda _done, _total: None):
            with transaction.atomic(), connection.cursor() as cursor:
                claim()
                cursor.execute(sql, [*alike.values(), after, upto])


def _references(model: type[models.Model], names: list[str]) -> "list[models.ForeignKey[Any, Any]]":
    found = [one for one in model._meta.local_fields if isinstance(one, models.ForeignKey)]
    return [one for one in found if one.column in names]


def _is_there(reference: "models.ForeignKey[Any, Any]") -> str:
    other = reference.target_field.model._meta.db_table
    found = f"EXISTS (SELECT 1 FROM {other} o WHERE o.{reference.target_field.column} = s.{reference.column})"
    return f"(s.{reference.column} IS NULL OR {found})" if reference.null else found


@contextmanager
def staged(rows: pa.RecordBatchReader, *, model: type[models.Model]) -> Iterator[str]:
    """Put numbered rows (column `row`) of a model beside its table, and give the name to select them from."""
    with _staged_sqlite(rows) if connection.vendor == "sqlite" else _staged_postgres(rows, model) as name:
        yield name


@contextmanager
def _staged_sqlite(rows: pa.RecordBatchReader) -> Iterator[str]:
    columns = {name: "INTEGER PRIMARY KEY" * (name == NUMBER) for name in rows.schema.names}
    with exchange.folder() as folder:
        exchange.fill(folder / "rows.sqlite3", rows=_with_text_days(rows), columns=columns)
        with exchange.attached(folder / "rows.sqlite3"):
            yield "exchange.rows"


def _with_text_days(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Write days as SQLite keeps them, as text."""
    fields = [pa.field(one.name, pa.string()) if pa.types.is_date(one.type) else one for one in rows.schema]
    schema = pa.schema(fields)
    return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in rows))


@contextmanager
def _staged_postgres(rows: pa.RecordBatchReader, model: type[models.Model]) -> Iterator[str]:
    """Stage rows in the types of the model's table."""
    columns = ", ".join(f"{'NULL::bigint AS ' * (name == NUMBER)}{name}" for name in rows.schema.names)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGED} AS SELECT {columns} FROM {model._meta.db_table} WITH NO DATA")
        try:
            copies.copy(cursor, table=STAGED, rows=rows)
            cursor.execute(f"ALTER TABLE {STAGED} ADD PRIMARY KEY ({NUMBER})")
            cursor.execute(f"ANALYZE {STAGED}")
            yield STAGED
        finally:
            cursor.execute(f"DROP TABLE {STAGED}")
