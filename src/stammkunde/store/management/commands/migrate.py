"""Django's `migrate`, and before it the bridge for databases of earlier versions; `serve`, `demo` and tests call it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from stammkunde.store import fresh, oldest, renames
from stammkunde.store.bulk import keys

_ONE_AT_A_TIME = 7_231_906  # number of the advisory lock


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """
        Rename what was called otherwise, and migrate; who only asks what is missing changes nothing.

        An empty database gets its tables at once, unless somebody names how far to go. Of two machines that start at
        once, one waits for the other.

        :raises TooOld: if the database is older than what can be taken over; nothing is changed
        """
        database, only_asks = options["database"], options["plan"] or options["check_unapplied"]
        with transaction.atomic(using=database) if only_asks else _alone(connections[database]):
            with transaction.atomic(using=database):
                renames.cross(connections[database])
                oldest.refuse_older(connections[database])
            if not only_asks and not options["app_label"] and fresh.is_empty(connections[database]):
                fresh.build(connections[database])
            if not only_asks:
                keys.put_back()  # what a killed import left off: a migration may want to change it
            super().handle(*args, **options)
            if only_asks:
                transaction.set_rollback(True, using=database)


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until nobody else migrates; on SQLite the command line sees to it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
