"""
A demo company that is being made, and was perhaps killed half-way: a file beside it says so, and for which database.

Half a company is of no use, and what it would have drawn by chance next is not known: it is cleared away whole, and
made anew.
"""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

from stammkunde.demo import load
from stammkunde.store.bulk import keys
from stammkunde.team.models import Company

FILE = "unfinished"
FOLDERS = ("UPLOAD_DIR", "MIRROR_DIR", "HISTORY_DIR", "PRINT_DIR")


def begin(directory: Path) -> None:
    """Note that a demo company is being made in this database."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FILE).write_text(_database(), encoding="utf-8")


def end(directory: Path) -> None:
    """Note that it is there."""
    (directory / FILE).unlink(missing_ok=True)


def is_there(directory: Path) -> bool:
    """Tell whether this database holds a demo company that was never finished, and nothing else."""
    file = directory / FILE
    if not file.is_file() or file.read_text(encoding="utf-8") != _database() or load.is_empty():
        return False
    return Company.objects.filter(is_demo=True).exists()


def clear() -> None:
    """Empty the database and what was derived from it."""
    keys.put_back()  # what a killed import took off
    call_command("flush", interactive=False, verbosity=0)
    for name in FOLDERS:
        shutil.rmtree(getattr(settings, name), ignore_errors=True)
    cache.clear()


def _database() -> str:
    named = settings.DATABASES["default"]
    return "\n".join(str(named.get(part) or "") for part in ("ENGINE", "HOST", "PORT", "NAME"))
