"""
Tables are emptied after each test that commits; as Django does it, that alone would take minutes.

It writes its own permissions and content types anew each time, which nobody here reads, and lets PostgreSQL truncate a
hundred tables, which takes it a fifth of a second however few rows there are. Asking once which of them have rows, and
deleting those, takes moments.
"""

from typing import Any
from weakref import WeakKeyDictionary
from zlib import crc32

from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.sqlite3.base import DatabaseOperations as OnSqlite
from django.db.models.signals import post_migrate

from stammkunde.loyalty import triggers

FEW_BYTES = 16_000_000  # of all tables together, with what was deleted from them
SIZE = "SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"

_truncate = DatabaseOperations.sql_flush
_delete = OnSqlite.sql_flush
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def empty_quickly() -> None:
    """Do so from now on."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    DatabaseOperations.sql_flush = _delete_few
    OnSqlite.sql_flush = _delete_all


def _delete_few(self, style, tables, *, reset_sequences=False, **more):
    with connection.cursor() as cursor:
        cursor.execute(SIZE, [list(tables)])
        (size,) = cursor.fetchone()
    if size > FEW_BYTES or reset_sequences:
        return _unlocked(_truncate(self, style, tables, reset_sequences=reset_sequences, **more))
    filled = _filled(tables)
    statements = [f"DELETE FROM {self.quote_name(table)}" for table in filled]
    return _unlocked(statements) if set(triggers.TABLES) & set(filled) else statements


def _delete_all(self, style, tables, **more):
    statements = _delete(self, style, tables, **more)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM loyalty_booking LIMIT 1")
        return _unlocked(statements) if cursor.fetchone() else statements


def _unlocked(statements: list[str]) -> list[str]:
    """Let the ledger be emptied, which else the database refuses; the switch is gone with the same transaction."""
    if not statements:
        return statements
    return [f"CREATE TABLE {triggers.SWITCH} (id integer)", *statements, f"DROP TABLE {triggers.SWITCH}"]


def _filled(tables) -> list[str]:
    """List the tables that have rows; how to look at them all is planned once for each connection."""
    name = f"filled_{crc32(' '.join(tables).encode())}"
    with connection.cursor() as cursor:
        if name not in (planned := _planned.setdefault(connection.connection, set())):
            parts = [f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM \"{one}\")" for one in tables]
            cursor.execute(f"PREPARE {name} AS {' UNION ALL '.join(parts)}")
            planned.add(name)
        cursor.execute(f"EXECUTE {name}")
        return [name for (name,) in cursor.fetchall()]
