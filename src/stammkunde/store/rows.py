"""
New rows of one table, written by one statement that is run for each of them.

Django puts a statement together from every value of every row: with thirty columns, that takes three times as long as
writing them.
"""

# ruff: noqa: SLF001, S608 (`_meta` and `_state` are how Django lets a row be asked; table and column names are its own)

from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction
from django.db.models.expressions import DatabaseDefault

from stammkunde.store import ids


def create(rows: Sequence[models.Model], *, or_leave: bool = False) -> None:
    """
    Write rows that are not there yet, and give each its number; inside the caller's transaction, or all or none.

    With `or_leave`, what is there already stays as it is, and the rows learn no number. A column that the first row
    leaves to the database is left to it by all.
    """
    if not rows:
        return
    model = type(rows[0])
    if isinstance(model._meta.pk, models.AutoField) and not or_leave:
        for row, number in zip(rows, ids.numbers(model, len(rows)), strict=True):
            row.pk = number
    fields = [one for one in model._meta.concrete_fields if not _is_left(rows[0], one)]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(_statement(model, fields, or_leave=or_leave), [_values(row, fields) for row in rows])
    for row in () if or_leave else rows:
        row._state.adding, row._state.db = False, connection.alias


def _statement(model: type[models.Model], fields: Sequence["models.Field[Any, Any]"], *, or_leave: bool) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(one.column)) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    otherwise = " ON CONFLICT DO NOTHING" if or_leave else ""
    return f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places}){otherwise}"


def _is_left(row: models.Model, field: "models.Field[Any, Any]") -> bool:
    value = getattr(row, field.attname)
    return isinstance(value, DatabaseDefault) or (value is None and isinstance(field, models.AutoField))


def _values(row: models.Model, fields: Sequence["models.Field[Any, Any]"]) -> tuple[Any, ...]:
    return tuple(one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields)
