"""Where an import's working files are."""

import shutil
from pathlib import Path

from django.conf import settings

from stammkunde.intake.models import Import

KEPT = {"header.json", "problems.parquet", "problems-publish.parquet", "raw.parquet"}


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


def tidy(folder: Path) -> None:
    """Keep only what explains the refused rows; repeating is harmless."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in KEPT:
            path.unlink(missing_ok=True)
