"""
The test database is migrated once and kept: every worker, and every later run, starts from a copy.

As soon as a line of the product or another Django comes, it is migrated anew. SQLite's copy is a file beside the test
database, PostgreSQL's a database that the others are made from.
"""

import fcntl
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection

SOURCE = Path(__file__).parents[1] / "src"


class Migrated:
    """The copy that belongs to the code of today; whoever comes while it is made waits for it."""

    def __init__(self) -> None:
        self.stem = f"test_{Path(connection.settings_dict['NAME']).stem}_migrated_"
        self.name = self.stem + _code()
        self.folder = Path(settings.DATA_DIR)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = (self.folder / f"{self.stem}{connection.vendor}.lock").open("w")

    def start(self) -> None:
        """Let the test database that is about to be made start from the copy, if there is one."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            connection.settings_dict["TEST"]["TEMPLATE"] = self.name if self.name in _databases() else None
        else:
            made, copy = connection.creation._create_test_db, self.folder / f"{self.name}.sqlite3"
            connection.creation._create_test_db = lambda *given, **more: _filled(made(*given, **more), copy)

    def keep(self) -> None:
        """Keep a copy of the test database, which was migrated by now, and let the others go on."""
        if connection.vendor == "postgresql":
            self._keep_database()
        else:
            self._keep_file(self.folder / f"{self.name}.sqlite3")
        self.lock.close()

    def _keep_file(self, copy: Path) -> None:
        if copy.is_file():
            return
        for older in self.folder.glob(f"{self.stem}*.sqlite3"):
            older.unlink()
        _copy(Path(connection.settings_dict["NAME"]), copy.with_suffix(".part"))
        copy.with_suffix(".part").rename(copy)

    def _keep_database(self) -> None:
        known = _databases()
        if self.name in known:
            return
        connection.close()
        name, migrated = map(connection.ops.quote_name, (self.name, connection.settings_dict["NAME"]))
        with connection._nodb_cursor() as cursor:
            for older in (one for one in known if one.startswith(self.stem)):
                cursor.execute(f"DROP DATABASE {connection.ops.quote_name(older)}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")


def _code() -> str:
    """Say shortly which code this is: migrations call the rest of it."""
    told = hashlib.sha256(django.__version__.encode())
    for path in sorted(SOURCE.rglob("*.py")):
        told.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _filled(name: str, copy: Path) -> str:
    if copy.is_file():
        _copy(copy, Path(name))
    return name


def _copy(one: Path, other: Path) -> None:
    source, target = sqlite3.connect(one), sqlite3.connect(other)
    source.backup(target)
    source.close()
    target.close()


def _databases() -> set[Any]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}
