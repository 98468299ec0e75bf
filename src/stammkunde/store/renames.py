# ruff: noqa: S608 - the names in these statements are our own
"""
What apps and tables were called in earlier versions, and the bridge for databases of that time.

Django knows an app's migrations and tables by the app's name: where that changes, it sees an unknown app beside tables
that nobody owns. So `cross` renames both before Django looks which migrations are missing (`management/commands`).
A table that moves or changes without its app being renamed is the business of an ordinary migration.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import names_digest

MIGRATIONS, KINDS = "django_migrations", "django_content_type"


@dataclass(frozen=True, kw_only=True)
class Rename:
    """An app that was called otherwise, and its tables: old → new."""

    was: str
    now: str
    tables: dict[str, str] = field(default_factory=dict)


RENAMES = (Rename(was="activity", now="tasks", tables={"activity_task": "tasks_task"}),)


def cross(connection: BaseDatabaseWrapper) -> None:
    """Call everything in the database as this version does; inside the caller's transaction. Repeating is harmless."""
    there = set(connection.introspection.table_names())
    if MIGRATIONS not in there:
        return  # nothing has ever been migrated
    for one in RENAMES:
        for old, new in one.tables.items():
            if old in there:
                _rename_table(connection, old, new)
        _rename_app(connection, one, knows_kinds=KINDS in there)


def _rename_app(connection: BaseDatabaseWrapper, one: Rename, *, knows_kinds: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {MIGRATIONS} SET app = %s WHERE app = %s", [one.now, one.was])
        if knows_kinds:
            cursor.execute(f"UPDATE {KINDS} SET app_label = %s WHERE app_label = %s", [one.now, one.was])


def _rename_table(connection: BaseDatabaseWrapper, old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")
        statements = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
        for statement in list(statements(connection, old, new)):
            cursor.execute(statement)


def _called(name: str, columns: Sequence[str], old: str, new: str) -> str:
    """Give the name that Django makes for the same thing of the renamed table: it ends with a digest of the table's."""
    return name.replace(old, new).replace(names_digest(old, *columns, length=8), names_digest(new, *columns, length=8))


def _on_sqlite(connection: BaseDatabaseWrapper, old: str, new: str) -> Iterator[str]:
    """Make the indexes anew that are named after the table: SQLite cannot rename them."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, new)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s", [new])
        for name, sql in cursor.fetchall():
            if sql and name.startswith(f"{old}_"):
                yield f'DROP INDEX "{name}"'
                yield sql.replace(name, _called(name, found[name]["columns"], old, new), 1)


def _on_postgresql(connection: BaseDatabaseWrapper, old: str, new: str) -> Iterator[str]:
    """Rename what is named after the table, also where others point at it: PostgreSQL keeps the old names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = %s::regclass", [new])
        for table in sorted({new, *(table for (table,) in cursor.fetchall())}):
            for name, one in connection.introspection.get_constraints(cursor, table).items():
                called = _called(name, one["columns"], old, new)
                if called != name:
                    yield (
                        f"ALTER INDEX {name} RENAME TO {called}"
                        if one["index"]
                        else f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {called}"
                    )
        for sequence in connection.introspection.get_sequences(cursor, new):
            yield f"ALTER SEQUENCE {sequence['name']} RENAME TO {sequence['name'].replace(old, new)}"
