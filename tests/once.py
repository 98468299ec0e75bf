"""
What takes long to make is made once: its rows and folders are kept, and every later test gets them back within moments.

    @pytest.fixture
    def shop(once):
        return once(open_shop)

Rows come back with their numbers, so that a mirror of them holds; what the function gives comes as a copy. Let it stand
on no row of another fixture, and name as arguments whatever else it depends on. Not kept: caches, and SQLite's words to
search by, which an import adds.
"""

import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

LAST = "loyalty_move"  # of which the database asks that each follows from what is there
OF_DJANGO = {"django_content_type", "auth_permission"}  # as they are after each emptying, whatever their numbers
FOLDERS = ("UPLOAD_DIR", "MIRROR_DIR", "HISTORY_DIR", "PRINT_DIR")

Rows = dict[str, list]  # as the database gives and takes them most quickly


@dataclass(frozen=True)
class Kept:
    """What a function left behind, and what it gave."""

    rows: Rows
    folders: Path
    gave: bytes


class Once:
    """Functions that were called before, by name and arguments, with what they left behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: dict[tuple, Kept] = {}

    def __call__(self, make: Callable[..., Any], *given: Any) -> Any:
        """Call the function, or put back what it left behind the last time."""
        key = (make.__module__, make.__qualname__, given)
        if key in self.kept:
            _put_back(self.kept[key])
        else:
            self.kept[key] = _make(make, given, self.folder / str(len(self.kept)))
        return pickle.loads(self.kept[key].gave)


def _make(make: Callable[..., Any], given: tuple, beside: Path) -> Kept:
    before = _rows()
    gave = pickle.dumps(make(*given))
    for name in FOLDERS:
        folder = getattr(settings, name)
        if folder.is_dir():
            shutil.copytree(folder, beside / name)
    rows = {table: [row for row in found if row not in before[table]] for table, found in _rows().items()}
    return Kept({table: found for table, found in rows.items() if found}, beside, gave)


def _rows() -> Rows:
    ours = [name for name in connection.introspection.django_table_names() if name not in OF_DJANGO]
    with connection.cursor() as cursor:
        return {table: _rows_of(cursor, table) for table in ours}


def _rows_of(cursor: Any, table: str) -> list:
    if connection.vendor == "postgresql":
        what = f'(SELECT * FROM "{table}" ORDER BY id)' if table == LAST else f'"{table}"'
        with cursor.copy(f"COPY {what} TO STDOUT") as rows:
            return b"".join(rows).splitlines(keepends=True)
    cursor.execute(f'SELECT * FROM "{table}"')
    return [tuple(str(one) if isinstance(one, (date, time)) else one for one in row) for row in cursor.fetchall()]


def _put_back(kept: Kept) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in sorted(kept.rows, key=lambda name: name == LAST):
            _insert(cursor, table, kept.rows[table])
            _count_on(cursor, table)
    for name in FOLDERS:
        if (kept.folders / name).is_dir():
            shutil.copytree(kept.folders / name, getattr(settings, name), dirs_exist_ok=True)


def _count_on(cursor: Any, table: str) -> None:
    """Let the next row's number be above those that are back; SQLite sees to that by itself."""
    for column, name in _sequences(table) if connection.vendor == "postgresql" else ():
        above = f'GREATEST((SELECT max("{column}") FROM "{table}"), (SELECT last_value FROM "{name}"))'
        cursor.execute(f"SELECT setval('{name}', {above})")


@cache
def _sequences(table: str) -> list[tuple[str, str]]:
    """Give the columns that count by themselves, with what counts for them."""
    with connection.cursor() as cursor:
        return [(one["column"], one["name"]) for one in connection.introspection.get_sequences(cursor, table)]


def _insert(cursor: Any, table: str, rows: list) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
            copy.write(b"".join(rows))
    else:
        cursor.executemany(f'INSERT INTO "{table}" VALUES ({", ".join(["%s"] * len(rows[0]))})', rows)
