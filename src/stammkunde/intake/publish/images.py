# ruff: noqa: SLF001 (`_meta` is how Django lets a model be asked)
"""Rows as they were before an import changed them, and how they are put back."""

import sys
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max

from stammkunde.intake.models import BeforeImage
from stammkunde.store.facts import FactTable

Pairs = dict[int, tuple[int | None, int | None]]
_IMAGES = BeforeImage._meta.db_table


def columns(table: FactTable) -> dict[str, str]:
    """Name every column of a table but its id, with its kind."""
    ours = {"imported_by": "whole"} | ({"updated_at": "moment"} if "updated_at" in table.dated else {})
    return {**table.kinds, **ours}


def install(link: BaseDatabaseWrapper) -> None:
    """Teach SQLite to write real numbers to text and back without losing a digit; harmless to repeat."""
    link.connection.create_function("real_to_text", 1, lambda value: None if value is None else repr(value))
    link.connection.create_function("text_to_real", 1, lambda value: None if value is None else float(value))


def take(cursor: Any, table: FactTable, *, import_id: int, source: str, some: str, given: list[Any]) -> None:
    """
    Keep the rows that `source` (alias s, with their ids) is about to change; inside the caller's transaction.

    A row that has an image of this import already keeps it: that is how it was before.
    """
    cursor.execute(
        f'INSERT INTO {_IMAGES} (incoming_id, "table", row_id, before) '  # noqa: S608
        f'SELECT %s, %s, t.id, {_packed(table)} FROM {source} JOIN "{table.db_table}" t ON t.id = s.id '
        f"WHERE {some} ON CONFLICT DO NOTHING",
        [import_id, table.name, *given],
    )


def latest() -> int:
    """Give the id of the image that was taken last; 0 where there is none."""
    return BeforeImage.objects.aggregate(last=Max("pk"))["last"] or 0


def moved(table: FactTable, column: str, *, import_id: int, after: int, upto: int = sys.maxsize) -> Pairs:
    """Say by row what a column held in the images with ids after … upto and what it holds now, where they differ."""
    before = f"(b.before->>'{column}')::bigint" if _is_postgresql() else f"json_extract(b.before, '$.{column}')"
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT t.id, {before}, t."{column}" FROM {_IMAGES} b '  # noqa: S608
            f'JOIN "{table.db_table}" t ON t.id = b.row_id AND t.imported_by = b.incoming_id '
            f'WHERE b.incoming_id = %s AND b."table" = %s AND b.id > %s AND b.id <= %s '
            f'AND coalesce({before}, 0) <> coalesce(t."{column}", 0)',
            [import_id, table.name, after, upto],
        )
        return {pk: (was, now) for pk, was, now in cursor.fetchall()}


def put_back(cursor: Any, table: FactTable, *, import_id: int, after: int, upto: int) -> int:
    """Restore the rows of the images with ids after … upto that are still as the import left them; in a transaction."""
    sets = ", ".join(f'"{one}" = {_unpacked(one, kind)}' for one, kind in columns(table).items())
    row = f', jsonb_populate_record(NULL::"{table.db_table}", b.before) r' if _is_postgresql() else ""
    cursor.execute(
        f'UPDATE "{table.db_table}" SET {sets} FROM {_IMAGES} b{row} '  # noqa: S608
        f'WHERE b.incoming_id = %s AND b."table" = %s AND b.id > %s AND b.id <= %s '
        f'AND "{table.db_table}".id = b.row_id AND "{table.db_table}".imported_by = %s',
        [import_id, table.name, after, upto, import_id],
    )
    return int(cursor.rowcount)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _packed(table: FactTable) -> str:
    if _is_postgresql():
        pairs = (f"'{one}', t.\"{one}\"" for one in columns(table))
        return f"jsonb_build_object({', '.join(pairs)})"
    pairs = (
        f"'{one}', " + (f'real_to_text(t."{one}")' if kind == "real" else f't."{one}"')
        for one, kind in columns(table).items()
    )
    return f"json_object({', '.join(pairs)})"


def _unpacked(column: str, kind: str) -> str:
    if _is_postgresql():
        return f'r."{column}"'
    value = f"json_extract(b.before, '$.{column}')"
    return f"text_to_real({value})" if kind == "real" else value
