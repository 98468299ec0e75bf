"""What is known about imports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from stammkunde.intake import staging, undo
from stammkunde.intake.models import Import, Mapping

RECENT = 50
# How long a file is kept after its import came to rest, so that refused rows can be looked up and the file run again;
# one that nobody starts, after it came.
KEEP = timedelta(days=30)
UNDONE = models.Q(status=Import.Status.UNDONE)
RUNNING = (Import.Status.QUEUED, Import.Status.CHECKING, Import.Status.PUBLISHING, Import.Status.UNDOING)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an import is. `share` 0..1 of the step that is going on; None where its length is not known."""

    status: str
    step: str
    done: int
    total: int
    share: float | None
    is_running: bool


def is_publishing() -> bool:
    """Tell whether facts are half imported or half taken back; figures wait as long."""
    return Import.objects.filter(status__in=(Import.Status.PUBLISHING, Import.Status.UNDOING)).exists()


def last_change() -> tuple[int, int]:
    """Name the imports that have changed facts: the latest, and how many were taken back."""
    changed = Import.objects.filter(status__in=(Import.Status.DONE, Import.Status.UNDONE))
    latest = changed.aggregate(latest=models.Max("pk"), undone=models.Count("pk", filter=UNDONE))
    return latest["latest"] or 0, latest["undone"]


def recent(*, limit: int = RECENT) -> models.QuerySet[Import]:
    """Give the latest imports, newest first, without those that were thrown away."""
    shown = Import.objects.exclude(status=Import.Status.DISCARDED).select_related("staff")
    return shown.defer("columns", "options", "checkpoint", "problems").order_by("-pk")[:limit]


def progress(incoming: Import) -> Progress:
    share = min(1.0, incoming.done / incoming.total) if incoming.total else None
    return Progress(
        status=incoming.status,
        step=incoming.step,
        done=incoming.done,
        total=incoming.total,
        share=share,
        is_running=incoming.status in RUNNING,
    )


def mappings() -> models.QuerySet[Mapping]:
    return Mapping.objects.order_by("name")


@dataclass(frozen=True, kw_only=True)
class FromThere:
    """What came in from an origin so far: how many imports, and the latest of them."""

    count: int
    latest: Import | None


def from_there(origin: str) -> FromThere:
    """Tell what rows of an origin will meet: the same number from there is the same customer."""
    done = Import.objects.filter(status=Import.Status.DONE, options__origin=origin)
    return FromThere(count=done.count(), latest=done.only("file_name", "finished_at").order_by("-pk").first())


def kept_until(incoming: Import) -> datetime | None:
    """Tell when an upload is deleted, should nothing happen to it; None: it is gone, being worked on, or elsewhere."""
    uploads = Path(settings.UPLOAD_DIR).resolve()
    if not incoming.path or incoming.status in RUNNING or uploads not in Path(incoming.path).resolve().parents:
        return None
    since = incoming.created_at if incoming.status == Import.Status.UPLOADED else incoming.finished_at
    return since + KEEP if since else None


def checked_dir(incoming: Import) -> Path | None:
    """Give the folder with `problems….parquet` and `raw.parquet`, for the download of what was refused."""
    folder = staging.attempt_dir(incoming)
    return folder if folder and folder.is_dir() else None


def problems(incoming: Import, *, limit: int = 100, offset: int = 0, severity: str = "") -> list[dict[str, Any]]:
    """Read an import's remarks, refusals before flags; after the files are gone, the first ones that were kept."""
    folder = checked_dir(incoming)
    if folder is not None:
        return staging.problems(folder, limit=limit, offset=offset, severity=severity)
    kept = [one for one in incoming.problems if not severity or one["severity"] == severity]
    return kept[offset : offset + limit]


def written(incoming: Import) -> int | None:
    """
    Count the rows that the database has from an import, new and changed; None while that is not settled.

    An import that failed has written nothing, or what it had written was taken back, but for what somebody else had
    taken up by then.
    """
    error = incoming.error or {}
    if incoming.status in (Import.Status.PUBLISHING, Import.Status.UNDOING):
        return None
    if incoming.status != Import.Status.DONE:
        return int(error["rows"] if error.get("code") == "partly_undone" else error.get("left", 0))
    if not error:
        return sum(int(counts.get(kind, 0)) for counts in incoming.counts.values() for kind in ("created", "changed"))
    return undo.still_there(incoming)


def refused(incoming: Import) -> int:
    """Count the rows that were not imported."""
    return sum(int(counts.get("refused", 0)) for counts in incoming.counts.values())
