"""Exchange files: SQLite databases of our own, for rows on their way between Arrow and the database."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import connection

from stammkunde.store.bulk import links


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder for exchange files, and remove it afterwards; what killed processes left behind goes as well."""
    home: Path = settings.DATA_DIR / "exchange"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as ours:
        with _held(home, or_leave=0):  # else another one might clear away what is not locked yet
            _clear_away(home)
            place = Path(ours.enter_context(tempfile.TemporaryDirectory(dir=home, ignore_cleanup_errors=True)))
            ours.enter_context(_held(place))
        yield place


@contextmanager
def _held(place: Path, *, or_leave: int = fcntl.LOCK_NB) -> Iterator[None]:
    """Lock a folder; the kernel releases it even from a killed process."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | or_leave)
        yield
    finally:
        os.close(descriptor)


def _clear_away(home: Path) -> None:
    for place in home.iterdir():
        with suppress(BlockingIOError, FileNotFoundError), _held(place):
            shutil.rmtree(place, ignore_errors=True)


def fill(path: Path, *, rows: pa.RecordBatchReader, columns: Mapping[str, str]) -> None:
    """Write rows to the table `rows` of a new file: column → its definition. It must not be attached meanwhile."""
    with closing(links.to_file(str(path))) as link:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            link.read(f"PRAGMA {pragma}").read_all()
        listed = ", ".join(f'"{name}" {definition}' for name, definition in columns.items())
        link.run(f"CREATE TABLE rows ({listed})")
        link.ingest("rows", rows, mode="append")


@contextmanager
def attached(path: Path) -> Iterator[None]:
    """Attach a file to Django's connection as `exchange`; outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ATTACH DATABASE %s AS exchange", [str(path)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DETACH DATABASE exchange")
