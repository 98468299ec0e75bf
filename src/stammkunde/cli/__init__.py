"""The command line: one command a file, loaded when it is called."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "work": "work",
    "import": "imports",
    "refresh": "refresh",
    "kpis": "kpis",
    "prospects": "prospects",
    "bounces": "bounces",
    "staff": "staff",
    "audit": "audit",
    "points": "points",
    "doctor": "doctor",
}


LIBRARY_ONLY = (
    "Only the library is installed here: import stammkunde.insight. "
    "The program and its commands need more: pip install 'stammkunde[app]'."
)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # of the linear algebra below numpy


class LazyGroup(click.Group):
    """A group that imports a command's file only when it is asked for, so that `--help` is quick."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command, and what it starts, with one thread for linear algebra: more only wait for each other."""
        if find_spec("django") is None:
            raise SystemExit(LIBRARY_ONLY)
        for name in ONE_THREAD:  # read when numpy is loaded, which no command has done yet
            os.environ.setdefault(name, "1")
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"stammkunde.cli.{COMMANDS[cmd_name]}").command
        return command


@click.command(cls=LazyGroup)
@click.version_option(package_name="stammkunde")
def main() -> None:
    """Stammkunde: keep the customers you have."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")


def setup() -> None:
    """Load Django, and end with a plain sentence where a setting is wrong."""
    import django  # noqa: PLC0415

    from stammkunde.config import BadSetting, look_for_garbage_seldom  # noqa: PLC0415

    look_for_garbage_seldom()
    try:
        django.setup()
    except BadSetting as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise unusable(problem) from None


def unusable(problem: OSError) -> click.ClickException:
    """Say that something of the data directory cannot be read or written, as on a full or read-only disk."""
    return click.ClickException(f"The data directory cannot be used: {problem}. See STAMMKUNDE_DATA_DIR.")


@contextmanager
def in_turn() -> Iterator[None]:
    """
    Let one process at a time make what an installation begins with: of two first starts, the second finds it made.

    The kernel gives the turn back, even that of a process that was killed.
    """
    from django.conf import settings  # noqa: PLC0415

    with (settings.DATA_DIR / "starting").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("Another start is at work in this data directory. Waiting for it …", err=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_database() -> None:
    """Bring the tables up to date, and end with a plain sentence where the database does not answer or is too old."""
    from django.core.management import CommandError, call_command  # noqa: PLC0415
    from django.db import DatabaseError, connection  # noqa: PLC0415

    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        raise click.ClickException(f"The database does not answer: {str(problem).strip()}. See DATABASE_URL.") from None
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except CommandError as problem:
        raise click.ClickException(str(problem)) from None
    except DatabaseError as problem:
        raise click.ClickException(
            f"The database cannot be brought up to date: {str(problem).strip()}. 'stammkunde doctor' says more."
        ) from problem
