"""How far back databases of earlier versions are taken over, and the cure for what is older."""

from collections.abc import Iterator

from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

COMMIT = "db210b6"  # the oldest state of the code whose databases come over, see `tests/platform/dumps`


class TooOld(CommandError):
    """The database is of a version before the oldest that this one takes over."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"This database is of a version before {COMMIT} (it lacks {missing}), from which this one cannot go on. "
            f"Back it up, start that version once (git checkout {COMMIT}, then make .make/run and stammkunde "
            "serve), and come back to this one."
        )


def refuse_older(connection: BaseDatabaseWrapper) -> None:
    """
    Look whether the first migration of each app can stand for those that it replaces; changes nothing.

    :raises TooOld: if some of them, and not all, were carried out
    """
    missing = next(_half_done(connection), None)
    if missing:
        raise TooOld(missing)


def _half_done(connection: BaseDatabaseWrapper) -> Iterator[str]:
    done = MigrationRecorder(connection).applied_migrations()
    for migration in MigrationLoader(None).disk_migrations.values():
        lacking = [one for one in migration.replaces if one not in done]
        if 0 < len(lacking) < len(migration.replaces):
            app, name = lacking[0]
            yield f"'{app}.{name}'"
