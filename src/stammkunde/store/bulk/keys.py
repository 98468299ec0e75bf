"""
Keys of empty tables, taken off while a first import fills them, and put back when they are full (PostgreSQL).

A foreign key costs a locked look into the other table for every row, an index a place to be found; for all rows at once
both cost a part of that. Primary and unique keys stay: nothing can come in twice. What is taken off is noted by the
same transaction, so that whoever comes after a kill knows what is missing. SQLite gains one part in twenty (measured),
and would hold its only lock for long: there nothing is taken off.
"""

# ruff: noqa: S608 (names are the database's own)

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, models, transaction
from psycopg import sql

from stammkunde.store.models import TakenOff

FEWEST_ROWS = 20_000  # for fewer it is not worth while
_ONE_AT_A_TIME = 7_231_905  # number of the advisory lock
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND i.indisvalid ORDER BY 1"""
_REFERENCES = """
SELECT c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c WHERE c.conrelid = %s::regclass AND c.contype = 'f' AND c.convalidated ORDER BY 1"""


def take_off(wanted: Sequence[type[models.Model]]) -> None:
    """Take secondary keys off those of these tables that are empty; nothing is done where somebody else is at them."""
    if connection.vendor != "postgresql":
        return
    for model in wanted:
        try:
            _take_off(model._meta.db_table)  # noqa: SLF001 (`_meta` is how Django lets a model be asked)
        except OperationalError:  # the lock was not to be had: the import takes longer, and that is all
            continue


def put_back() -> None:
    """
    Put back what is missing; repeating is harmless, as is being killed in the middle.

    :raises IntegrityError: if a row refers to what is not there; the key stays noted as missing
    """
    if not are_missing():
        return
    with _alone() as ours:
        for one in TakenOff.objects.order_by("pk") if ours else ():
            if one.is_index:
                _index_again(one)
            else:
                _refer_again(one)
            one.delete()


def are_missing() -> bool:
    """Tell whether any was taken off and is not back."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [TakenOff._meta.db_table])  # noqa: SLF001
        return cursor.fetchone()[0] is not None and TakenOff.objects.exists()


@transaction.atomic
def _take_off(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
        cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
        if cursor.fetchone()[0]:
            return
        for is_index, query in ((False, _REFERENCES), (True, _INDEXES)):
            cursor.execute(query, [f'"{table}"'])
            for name, definition in cursor.fetchall():
                TakenOff.objects.create(table=table, name=name, definition=definition, is_index=is_index)
                cursor.execute(
                    f"DROP INDEX {name}" if is_index else f'ALTER TABLE "{table}" DROP CONSTRAINT {_quoted(name)}'
                )


def _index_again(one: TakenOff) -> None:
    """Make an index beside writers; one that was broken off is made anew."""
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [one.name])
        found = cursor.fetchone()
        if found and found[0]:
            return
        cursor.execute(f"DROP INDEX IF EXISTS {one.name}")
        cursor.execute(one.definition.replace("CREATE INDEX", f"CREATE INDEX {beside}", 1))


def _refer_again(one: TakenOff) -> None:
    """Let new rows be checked at once, then those that are there, without keeping anybody from writing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convalidated FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
            [f'"{one.table}"', one.name],
        )
        found = cursor.fetchone()
        if not found:
            cursor.execute(f'ALTER TABLE "{one.table}" ADD CONSTRAINT {_quoted(one.name)} {one.definition} NOT VALID')
        if not (found and found[0]):
            cursor.execute(f'ALTER TABLE "{one.table}" VALIDATE CONSTRAINT {_quoted(one.name)}')


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_AT_A_TIME])
        (ours,) = cursor.fetchone()
    try:
        yield bool(ours)
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])


def _quoted(name: str) -> Any:
    return sql.Identifier(name).as_string()
