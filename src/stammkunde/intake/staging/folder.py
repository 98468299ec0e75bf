"""Where an import's working files are."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from stammkunde.intake.check import Kept
from stammkunde.intake.models import Import
from stammkunde.store.kept import program

KEPT = {"header.json", "problems.parquet", "problems-publish.parquet", "raw.parquet"}
PROMISED = ("difference.json", "created-")


def work_dir(import_id: int) -> Path:
    return Path(settings.UPLOAD_DIR) / f"import-{import_id}"


def attempt_dir(incoming: Import) -> Path | None:
    """Give the folder of the attempt whose result counts; None before there is one."""
    name = incoming.checkpoint.get("folder")
    return work_dir(incoming.pk) / name if name else None


def new_attempt(import_id: int, name: str) -> Path:
    """Make a folder for an attempt of its own, so that a worker who lost the lease spoils nothing; older ones go."""
    home = work_dir(import_id)
    shutil.rmtree(home, ignore_errors=True)
    (home / name).mkdir(parents=True, mode=0o700)
    return home / name


def kept(incoming: Import, *, today: date) -> Kept:
    """Say where it is kept what checks find of an import's file, as long as it is the same file."""
    path = Path(incoming.path)
    written = (path.stat().st_size, path.stat().st_mtime_ns) if path.is_file() else ()
    return Kept(home=_kept(incoming), state=f"{program('intake')} {path} {written}", today=today)


def read_as(incoming: Import) -> dict[str, Any]:
    """Say how an import's file is read."""
    return {"layout": incoming.layout, "columns": incoming.columns, "options": incoming.options}


def remove(incoming: Import) -> None:
    """Delete all that was derived from an import's file; repeating is harmless."""
    shutil.rmtree(work_dir(incoming.pk), ignore_errors=True)
    shutil.rmtree(_kept(incoming), ignore_errors=True)


def _kept(incoming: Import) -> Path:
    return Path(settings.UPLOAD_DIR) / f"kept-{incoming.sha256}"


def tidy(folder: Path, *, promised: bool = False) -> None:
    """
    Keep only what explains the refused rows, and what is `promised` to dry runs after this one; repeating is harmless.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in KEPT and not (promised and path.name.startswith(PROMISED)):
            path.unlink(missing_ok=True)
