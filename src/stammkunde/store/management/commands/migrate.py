"""Django's `migrate`, and before it the bridge for databases of earlier versions; `serve`, `demo` and tests call it."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from stammkunde.store import fresh, oldest, renames
from stammkunde.store.bulk import keys


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """
        Rename what was called otherwise, and migrate; who only asks what is missing changes nothing.

        An empty database gets its tables at once, unless somebody names how far to go.

        :raises TooOld: if the database is older than what can be taken over; nothing is changed
        """
        database, only_asks = options["database"], options["plan"] or options["check_unapplied"]
        with transaction.atomic(using=database) if only_asks else nullcontext():
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
