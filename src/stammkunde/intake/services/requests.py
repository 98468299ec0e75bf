"""What people ask of an import: start it, keep its mapping, undo it, throw it away."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from stammkunde import work
from stammkunde.intake import undo as undoing
from stammkunde.intake.models import Import, Mapping
from stammkunde.intake.staging import folder
from stammkunde.team import services as team
from stammkunde.team.models import Staff

STARTABLE = (Import.Status.UPLOADED, Import.Status.CHECKED, Import.Status.FAILED, Import.Status.UNDONE)
DISCARDABLE = (*STARTABLE, Import.Status.QUEUED)


class NotNow(Exception):
    """The import's state does not allow this; `status` tells the state."""

    def __init__(self, *, status: str) -> None:
        super().__init__(f"The import is '{status}', which does not allow this.")
        self.status = status


@transaction.atomic
def start(  # noqa: PLR0913 (what was recognised, and by whom it is started)
    *,
    import_id: int,
    now: datetime,
    layout: str | None = None,
    columns: dict[str, str] | None = None,
    options: dict[str, object] | None = None,
    heading: str | None = None,
    dry_run: bool = False,
    waits: bool = False,
    staff: Staff | None = None,
) -> Import:
    """
    Queue an import for checking and, unless it is a dry run, for publishing.

    One that `waits` is refused where a file that came with it, and that its rows refer to, is not in the database.
    Layout, columns, options and the digest of the headings replace those that were recognised; None keeps them.

    :raises NotNow: if it is running or done already
    """
    given = {"layout": layout, "columns": columns, "options": options, "heading": heading}
    fresh = {
        "status": Import.Status.QUEUED,
        "dry_run": dry_run,
        "waits": waits,
        "step": "waiting",
        "done": 0,
        "total": 0,
        "checkpoint": {},
        "counts": {},
        "totals": {},
        "problems": [],
        "problem_count": 0,
        "left_open": [],
        "error": None,
        **work.FREE,
        "started_at": None,
        "finished_at": None,
    }
    _move(import_id, STARTABLE, **fresh, **{name: value for name, value in given.items() if value is not None})
    incoming = Import.objects.get(pk=import_id)
    team.record(
        staff=staff,
        action="import.start",
        at=now,
        thing="import",
        thing_id=import_id,
        label=incoming.file_name,
        dry_run=dry_run,
    )
    return incoming


@transaction.atomic
def undo(*, import_id: int, now: datetime, staff: Staff | None = None) -> Import:
    """
    Queue an import for being undone.

    :raises NotNow: if it is not done
    :raises CannotUndo: if somebody changed its rows since, or something hangs on them
    """
    incoming = Import.objects.get(pk=import_id)
    if incoming.status != Import.Status.DONE:
        raise NotNow(status=incoming.status)
    undoing.check(incoming)
    _move(
        import_id,
        (Import.Status.DONE,),
        status=Import.Status.UNDOING,
        step="undo",
        done=0,
        total=0,
        error=None,
        **work.FREE,
        finished_at=None,
    )
    team.record(staff=staff, action="import.undo", at=now, thing="import", thing_id=import_id, label=incoming.file_name)
    return Import.objects.get(pk=import_id)


def discard(*, import_id: int, now: datetime, staff: Staff | None = None) -> Import:
    """
    Throw an import away that is not in the database: its file and all that was derived from it.

    :raises NotNow: if it is running, or if its rows are in the database
    """
    with transaction.atomic():
        _move(import_id, DISCARDABLE, status=Import.Status.DISCARDED, finished_at=now, problems=[], lease_until=None)
        incoming = Import.objects.get(pk=import_id)
        team.record(
            staff=staff, action="import.discard", at=now, thing="import", thing_id=import_id, label=incoming.file_name
        )
    remove_files(incoming)
    return incoming


def save_mapping(
    *,
    name: str,
    layout: str,
    columns: dict[str, str],
    options: dict[str, object],
    now: datetime,
    heading: str = "",
    staff: Staff | None = None,
) -> Mapping:
    """Keep a mapping under a name, for files of this `heading`; a mapping of that name is replaced."""
    said = {"layout": layout, "columns": columns, "options": options, "heading": heading, "updated_at": now}
    with transaction.atomic():
        mapping, _created = Mapping.objects.update_or_create(
            name=name.strip(), defaults=said, create_defaults=said | {"created_by": staff}
        )
        team.record(
            staff=staff, action="mapping.save", at=now, thing="mapping", thing_id=mapping.pk, label=mapping.name
        )
    return mapping


def remove_files(incoming: Import) -> None:
    """Delete an import's working files and, where it was uploaded, the file itself; repeating is harmless."""
    folder.remove(incoming)
    if not incoming.path:
        return
    place, uploads = Path(incoming.path).parent, Path(settings.UPLOAD_DIR).resolve()
    if place.resolve().parent == uploads:
        shutil.rmtree(place, ignore_errors=True)


def _move(import_id: int, states: tuple[Import.Status, ...], **changes: object) -> None:
    """Change the import if it is in one of the states; inside the caller's transaction."""
    if not Import.objects.filter(pk=import_id, status__in=states).update(**changes):
        raise NotNow(status=Import.objects.get(pk=import_id).status)
