"""Several tables of one file, each an import of its own."""

import os
import secrets
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings

from stammkunde.intake import apart
from stammkunde.intake.models import Import
from stammkunde.intake.services.receiving import receive
from stammkunde.intake.services.requests import NotNow, discard
from stammkunde.team.models import Staff

ALONE = "is_alone"  # the option of an import that is one of a file's tables


def split(*, import_id: int, names: Collection[str], now: datetime, staff: Staff | None = None) -> list[Import]:
    """
    Make an import of each table that was chosen, in the order in which they are to be imported; the file's own goes.

    :raises NotNow: if it is under way, or done
    :raises FileNotUsable: if the file cannot be read
    """
    whole = Import.objects.get(pk=import_id)
    if whole.status != Import.Status.UPLOADED:
        raise NotNow(status=whole.status)
    chosen = [one for one in apart.parts(Path(whole.path), memory_mb=settings.ENGINE_MEMORY_MB) if one.name in names]
    key = whole.together or secrets.token_urlsafe(12)
    made = [
        receive(
            now=now,
            file_name=f"{whole.file_name} › {PurePosixPath(one.name).name}",
            path=_linked(Path(whole.path)),
            staff=staff,
            options={one.option: one.name, ALONE: True},
            together=key if len(chosen) > 1 else whole.together,
        )
        for one in chosen
    ]
    if made:
        discard(import_id=import_id, now=now, staff=staff)
    return made


def _linked(path: Path) -> Path:
    """Give an uploaded file one more name, so that each import may delete its own; others stay where they are."""
    uploads = Path(settings.UPLOAD_DIR).resolve()
    if path.resolve().parent.parent != uploads:
        return path
    folder = uploads / secrets.token_urlsafe(12)
    folder.mkdir(parents=True, mode=0o700)
    try:
        os.link(path, folder / "file")
    except OSError:  # a file system without links
        shutil.copyfile(path, folder / "file")
    return folder / "file"
