"""
What the database knows of its tables when it chooses a way to rows: gathered table by table, each for moments.

Without it, SQLite takes every index for as telling as any other, and PostgreSQL trusts numbers from before an import.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

ENTRIES = 1_000  # of each index that SQLite looks at: a moment, whatever the size
PATIENCE_MS = 200  # for a lock that somebody else holds; it is tried again later


def gather() -> None:
    """
    Look at all of our tables; repeating is harmless.

    :raises OperationalError: if somebody else writes meanwhile; what was gathered until then stays
    """
    ours = [model for model in apps.get_models() if model.__module__.startswith("stammkunde.")]
    with _impatiently():
        for table in sorted(model._meta.db_table for model in ours):  # noqa: SLF001 (models let themselves be asked so)
            with connection.cursor() as cursor:
                cursor.execute(f'ANALYZE "{table}"')


@contextmanager
def _impatiently() -> Iterator[None]:
    """Wait for nobody on SQLite, and look at a part of each index."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        cursor.execute(f"PRAGMA analysis_limit = {ENTRIES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
