"""An import carried out by whoever holds its lease: check, compare, publish, or take back."""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from stammkunde import work
from stammkunde.customers import queries as customers
from stammkunde.intake import apart, held, owners, queries, staging, together, told, whole
from stammkunde.intake.check import Checked
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.lease import BEAT_SECONDS, WORKING, Lease, LostLease, claim, undo_set_aside
from stammkunde.intake.models import BeforeImage, Import
from stammkunde.intake.publish import Publishing
from stammkunde.intake.queries import KEEP
from stammkunde.intake.services.requests import remove_files
from stammkunde.intake.staging import difference, folder
from stammkunde.intake.undo import Undoing
from stammkunde.store import bulk
from stammkunde.store.bulk import keys
from stammkunde.store.facts import FactTable

PROBLEMS_SHOWN = 100
TRIES = 4
UNDO_TRIES = 8  # with their pauses, about ten minutes
PAUSE = timedelta(seconds=5)
KEEP_STRAYS = timedelta(days=1)
WAIT_SECONDS = 0.3
NOT_RESERVED, MOST_ROWS = 10**15, 10**10  # ids of rows that are never written, others in each import

log = logging.getLogger(__name__)
Tell = Callable[[str, int, int], None]


def sweep(*, now: datetime) -> bool:
    """Carry out the next import that is due, and tell whether there was one; safe to run twice at once."""
    claimed = claim(now=now)
    if claimed is None:
        _put_keys_back()
        return _remove_old_files(now)
    carry_out(*claimed)
    return True


def run(*, import_id: int, now: datetime, tell: Tell | None = None) -> Import:
    """
    Work until this import has come to rest, with or without a worker beside us.

    Whatever another one left half done is finished first.
    """
    moment = work.going_on(now)
    while True:
        incoming = Import.objects.get(pk=import_id)
        if incoming.status not in (Import.Status.QUEUED, *WORKING):
            return incoming
        if tell:
            tell(incoming.step, incoming.done, incoming.total)
        claimed = claim(now=moment(), only=import_id)
        if claimed is None:
            time.sleep(WAIT_SECONDS)
            continue
        claimed[1].listener = tell if claimed[0].pk == import_id else None
        carry_out(*claimed)


def stop(*, import_id: int, now: datetime) -> None:
    """
    End an import that was broken off by hand: nothing is changed yet, or what is changed is taken back.

    Whoever goes on next does so; an import that has come to rest stays as it is.
    """
    ended = {"error": {"code": "stopped"}, **work.FREE}
    waiting = Import.objects.filter(pk=import_id, status__in=(Import.Status.QUEUED, Import.Status.CHECKING))
    if waiting.update(status=Import.Status.FAILED, finished_at=now, step="", **ended):
        return
    incoming = Import.objects.filter(pk=import_id, status=Import.Status.PUBLISHING).first()
    if incoming is not None:
        checkpoint = {**incoming.checkpoint, "undo_because": ended["error"]}
        Import.objects.filter(pk=import_id, status=Import.Status.PUBLISHING, leased_by=incoming.leased_by).update(
            status=Import.Status.UNDOING, checkpoint=checkpoint, step="undo", **ended
        )


def carry_out(incoming: Import, lease: Lease) -> None:
    """Take a claimed import as far as it goes; whatever happens is recorded in it."""
    log.info("import=%d status=%s holder=%s", incoming.pk, incoming.status, lease.holder)
    try:
        with lease.kept(every_seconds=BEAT_SECONDS):
            _STEPS[incoming.status](incoming, lease)
    except LostLease:
        log.warning("import=%d lost its lease: another worker goes on", incoming.pk)
    except FileNotUsable as problem:
        _fail(incoming, lease, {"code": problem.code, **problem.detail})
    except Exception as problem:
        log.exception("import=%d failed=%s", incoming.pk, type(problem).__name__)
        _after_trouble(incoming, lease, problem)


# --- check and compare


def _check(incoming: Import, lease: Lease) -> None:
    """Check the file and compare it with the database; nothing there is changed before this is whole."""
    if first := together.in_the_way(incoming):
        raise FileNotUsable("waits_for", file=first.file_name)
    name = lease.token
    place = folder.new_attempt(incoming.pk, name)
    checked = _checked(incoming, lease, place, today=timezone.localdate(lease.moment()))
    shown = checked.as_dict() | {"problems": [], "totals": {}, "asked": []}
    lease.save(totals=checked.totals, checkpoint={**incoming.checkpoint, "check": shown})
    is_open = any(not one.is_answered(incoming.options) for one in checked.asked)
    found, reserved = _compare(incoming, lease, place, is_dry=incoming.dry_run or is_open)
    asked = [*checked.asked, *whole.questions(found, cents=checked.revenue_cents), *owners.questions(found.named)]
    counts = _counts(found, refused=checked.refused + _refused_by_us(place))
    waits = incoming.dry_run or any(not one.is_answered(incoming.options) for one in asked)
    incoming.checkpoint = {
        "folder": name,
        "ranges": {} if waits else reserved,
        "failures": 0,
        "check": shown,
        "asked": [asdict(one) for one in asked],
    }
    incoming.totals = checked.totals
    lease.save(
        checkpoint=incoming.checkpoint,
        totals=incoming.totals,
        counts=counts,
        problems=staging.problems(place, limit=PROBLEMS_SHOWN),
        problem_count=checked.problem_count + _rows(place / "problems-publish.parquet"),
        status=Import.Status.CHECKED if waits else Import.Status.PUBLISHING,
        **(_at_rest(lease) if waits else {"claims": 1}),
    )
    if waits:
        folder.tidy(place, promised=incoming.dry_run and incoming.waits)
        return
    incoming.status = Import.Status.PUBLISHING
    _publish(incoming, lease)


def _checked(incoming: Import, lease: Lease, place: Path, *, today: date) -> Checked:
    """Check the file, unless a dry run or a look at it did so today."""
    given = folder.read_as(incoming)
    kept = folder.kept(incoming, today=today)
    if found := kept.take(place, **given):
        return found
    return apart.check(
        Path(incoming.path),
        **given,
        out_dir=place,
        today=today,
        kept=kept,
        progress=lease.tell,
        memory_mb=settings.ENGINE_MEMORY_MB,
    )


def _compare(
    incoming: Import, lease: Lease, place: Path, *, is_dry: bool = False
) -> tuple[difference.Difference, dict[str, list[list[int]]]]:
    """Compare, and reserve ids for new rows unless it is a dry run."""
    reserved: dict[str, list[list[int]]] = {}

    def take(table: FactTable, count: int) -> int:
        if is_dry:
            return NOT_RESERVED + incoming.pk * MOST_ROWS
        before = bulk.reserve(table.model, count)
        reserved.setdefault(table.name, []).append([before + 1, before + count])
        return before

    found = staging.compare(
        folder=place,
        reserve=take,
        tell=lease.tell,
        columns=incoming.columns,
        options=incoming.options,
        home=customers.home_country(),
        retire=whole.retire(incoming),
        promised=together.promised(incoming),
    )
    apart.keep_refused(Path(incoming.path), place, memory_mb=settings.ENGINE_MEMORY_MB)
    return found, reserved


def _counts(found: difference.Difference, *, refused: int) -> dict[str, dict[str, int]]:
    """Count what becomes of each table's rows; refused rows of the file count where its rows end up: the last table."""
    shown = {part.table: part.counts.shown() for part in found.parts if part.in_file}
    for counts in shown.values():
        counts["refused"] = 0
    if shown:
        shown[list(shown)[-1]]["refused"] = refused
    return shown


def _refused_by_us(place: Path) -> int:
    """Count the rows that the comparison refused, because they refer to nothing that is known."""
    found = pq.read_table(place / "problems-publish.parquet", columns=["row"], filters=[("severity", "=", "refused")])
    return len(found["row"].unique())


def _rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


# --- publish and take back


def _publish(incoming: Import, lease: Lease) -> None:
    """Write the difference, from where an earlier attempt came to; compare again where its files are gone."""
    place = staging.attempt_dir(incoming)
    found = difference.load(place) if place else None
    if found is None or place is None:
        _check_again(incoming, lease)
        return
    publishing = Publishing(difference=found, lease=lease, checkpoint=incoming.checkpoint)
    publishing.run()
    totals = incoming.totals | held.by_origin(incoming)
    with transaction.atomic():
        told.note(incoming, found, now=lease.moment())
        lease.let_go(
            status=Import.Status.DONE,
            totals=totals,
            checkpoint={**publishing.checkpoint, "longest_seconds": round(publishing.longest_seconds, 3)},
            **_at_rest(lease),
        )
    folder.kept(incoming, today=timezone.localdate(incoming.started_at or lease.moment())).forget(
        **folder.read_as(incoming)
    )
    folder.tidy(place)


def _check_again(incoming: Import, lease: Lease) -> None:
    """
    Check and compare anew in the middle of publishing: what is published already is found unchanged.

    The counts stay those of the first comparison, and the ids of the first attempt stay the import's.
    """
    name = lease.token
    place = folder.new_attempt(incoming.pk, name)
    _checked(incoming, lease, place, today=timezone.localdate(incoming.started_at or lease.moment()))
    _found, reserved = _compare(incoming, lease, place)
    ranges = dict(incoming.checkpoint.get("ranges", {}))
    for table, more in reserved.items():
        ranges[table] = [*ranges.get(table, []), *more]
    kept = {one: incoming.checkpoint[one] for one in ("failures", "check", "asked") if one in incoming.checkpoint}
    incoming.checkpoint = {**kept, "folder": name, "ranges": ranges}
    lease.advance(checkpoint=incoming.checkpoint)
    _publish(incoming, lease)


def _undo(incoming: Import, lease: Lease) -> None:
    """Take the import back; one that failed while it was published ends as failed, and says what had to stay."""
    left = Undoing(incoming, lease).run()
    failed = incoming.checkpoint.get("undo_because")
    error = ({**failed, "left": left} if failed else {"code": "partly_undone", "rows": left}) if left else failed
    BeforeImage.objects.filter(incoming=incoming).delete()
    lease.save(
        status=Import.Status.FAILED if failed else Import.Status.UNDONE,
        checkpoint={one: incoming.checkpoint[one] for one in ("folder", "check") if one in incoming.checkpoint},
        **_at_rest(lease, error=error),
    )


_STEPS: dict[str, Callable[[Import, Lease], None]] = {
    Import.Status.CHECKING: _check,
    Import.Status.PUBLISHING: _publish,
    Import.Status.UNDOING: _undo,
}


# --- the end, and trouble


def _at_rest(lease: Lease, *, error: dict[str, Any] | None = None) -> dict[str, Any]:
    """Say that nobody works on it any more; trouble on the way that did not end it is forgotten."""
    return {"finished_at": lease.moment(), "step": "", "error": error, **work.FREE}


def _fail(incoming: Import, lease: Lease, error: dict[str, Any]) -> None:
    """End an import that changed nothing; one that already did is taken back."""
    try:
        if Import.objects.get(pk=incoming.pk).status == Import.Status.CHECKING:
            lease.save(status=Import.Status.FAILED, totals={}, **_at_rest(lease, error=error))
        else:
            _take_back(incoming, lease, error)
    except LostLease:
        log.warning("import=%d lost its lease: another worker goes on", incoming.pk)


def _after_trouble(incoming: Import, lease: Lease, problem: Exception) -> None:
    """Try again in a while; give up after some tries: fail if nothing was changed, else take it back."""
    incoming = Import.objects.get(pk=incoming.pk)
    failures = int(incoming.checkpoint.get("failures", 0)) + 1
    error = {"code": "unexpected", "problem": f"{type(problem).__name__}: {problem}"[:500]}
    patient = isinstance(problem, OperationalError) or incoming.status != Import.Status.CHECKING
    undoing = incoming.status == Import.Status.UNDOING
    if not undoing and (not patient or failures >= TRIES):
        _fail(incoming, lease, error)
        return
    checkpoint = {**incoming.checkpoint, "failures": failures}
    if incoming.status == Import.Status.PUBLISHING and failures > 1:
        checkpoint["folder"] = ""  # compare anew: somebody may have changed what this import refers to
    try:
        if undoing and failures >= UNDO_TRIES:  # or no other import would ever get its turn
            given_up = undo_set_aside({**error, "code": "undo_failed", "tries": failures}, now=lease.moment())
            lease.let_go(checkpoint={**checkpoint, "failures": 0}, **given_up)
            return
        pause = PAUSE * 2 ** min(failures - 1, 6)
        lease.let_go(checkpoint=checkpoint, error=error, lease_until=lease.moment() + pause)
    except LostLease:
        log.warning("import=%d lost its lease: another worker goes on", incoming.pk)


def _take_back(incoming: Import, lease: Lease, error: dict[str, Any]) -> None:
    checkpoint = {**Import.objects.get(pk=incoming.pk).checkpoint, "undo_because": error, "failures": 0}
    lease.let_go(status=Import.Status.UNDOING, checkpoint=checkpoint, error=error, step="undo")


def _put_keys_back() -> None:
    """Give tables their keys again, where a first import was killed and what it had done was taken back."""
    if queries.is_publishing():
        return
    try:
        keys.put_back()
    except IntegrityError:
        log.exception("a key cannot be put back: rows refer to what is not there")


def _remove_old_files(now: datetime) -> bool:
    """
    Delete the files of imports that came to rest, or that nobody has started, long ago; tell whether there was one.

    One at a time, and whoever starts one meanwhile keeps it.
    """
    long_ago, uploaded = now - KEEP, Q(status=Import.Status.UPLOADED)
    is_old = (~uploaded & Q(finished_at__lt=long_ago)) | (uploaded & Q(created_at__lt=long_ago))
    old = Import.objects.filter(is_old, path__gt="").exclude(status__in=WORKING).first()
    if old is None:
        return _remove_strays(now)
    changes: dict[str, Any] = {"path": ""}
    if old.status == Import.Status.UPLOADED:
        error = {"code": "never_started", "days": KEEP.days}
        changes |= {"status": Import.Status.FAILED, "finished_at": now, "error": error}
    if Import.objects.filter(pk=old.pk, status=old.status).update(**changes):
        remove_files(old)
    return True


def _remove_strays(now: datetime) -> bool:
    """
    Delete what was left when the server was killed: a folder that no import knows, a day old.

    It is an upload that broke off, or what a reader wrote on a machine whose name nobody here bears any more.
    """
    home = Path(settings.UPLOAD_DIR)
    latest = (now - KEEP_STRAYS).timestamp()
    for place in home.iterdir() if home.is_dir() else ():
        if _touched_at(place) < latest and not _is_known(place):
            shutil.rmtree(place, ignore_errors=True)
            return not place.exists()
    return False


def _touched_at(place: Path) -> float:
    """Tell when anything in a folder was last written to: a transfer may take long."""
    try:
        return max(one.stat().st_mtime for one in (place, *place.iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        return inf  # gone, or no upload: nothing to delete


def _is_known(place: Path) -> bool:
    is_of_an_import = place.name.startswith("import-")
    return is_of_an_import or Import.objects.filter(path__contains=f"/{place.name}/").exists()
