"""
Which import is worked on: one at a time, half-done ones first, and none for ever.

An import that nobody came back from several times in a row is set aside, so that the others get their turn: one that
was checked has failed, one that was published is taken back, and one that was taken back keeps what is left.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from stammkunde import work
from stammkunde.intake.layouts import order
from stammkunde.intake.models import Import
from stammkunde.work import Lease, LostLease

__all__ = ["BEAT_SECONDS", "LEASE", "WORKING", "Lease", "LostLease", "claim", "undo_set_aside"]

LEASE = timedelta(seconds=45)
TOGETHER = timedelta(minutes=10)  # files that come within them: what others refer to goes first
BEAT_SECONDS = 10.0
WORKING = (Import.Status.CHECKING, Import.Status.PUBLISHING, Import.Status.UNDOING)


def claim(*, now: datetime, only: int | None = None) -> tuple[Import, Lease] | None:
    """
    Claim the next import that is due, or the one that is asked for; None if there is none, or one is being worked on.

    Half-done imports come first, whoever is asked for: a later one must be compared with their result.
    """
    with transaction.atomic():
        _one_claim_at_a_time()
        due = _due(now=now, only=only)
        if due is None:
            return None
        begun = {"status": Import.Status.CHECKING, "started_at": now} if due.status == Import.Status.QUEUED else {}
        holder = work.claim(due, among=Import.objects.filter(status=due.status), until=now + LEASE, **begun)
    if holder is None:
        return None
    held = Import.objects.filter(status__in=WORKING)
    return Import.objects.get(pk=due.pk), Lease(
        rows=held, pk=due.pk, holder=holder, length=LEASE, moment=work.going_on(now)
    )


def _one_claim_at_a_time() -> None:
    """Keep two workers from claiming two imports at the same moment; SQLite's transactions do so by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('stammkunde.intake.claim'))")


def _due(*, now: datetime, only: int | None) -> Import | None:
    while half_done := Import.objects.filter(status__in=WORKING).order_by("pk").first():
        if half_done.is_held(now=now):
            return None
        if not half_done.kills_workers:
            return half_done
        _set_aside(half_done, now=now)
    queued = Import.objects.filter(status=Import.Status.QUEUED)
    first = queued.filter(Q(pk=only) if only else Q()).order_by("pk").first()
    if first is None or only:
        return first
    soon = Q(created_at__range=(first.created_at, first.created_at + TOGETHER))
    together = queued.filter(soon | Q(together=first.together) if first.together else soon)
    return min(together, key=lambda one: (order(one.layout), one.pk), default=first)


def _set_aside(incoming: Import, *, now: datetime) -> None:
    """Say why nobody goes on with an import; inside the caller's transaction."""
    changes: dict[str, Any]
    error = {"code": "worker_lost", "tries": incoming.claims}
    if incoming.status == Import.Status.PUBLISHING:
        checkpoint = {**incoming.checkpoint, "undo_because": error, "failures": 0}
        changes = {"status": Import.Status.UNDOING, "checkpoint": checkpoint, "step": "undo", "error": error}
    elif incoming.status == Import.Status.UNDOING:
        changes = undo_set_aside({**error, "code": "undo_set_aside"}, now=now)
    else:
        changes = {"status": Import.Status.FAILED, "finished_at": now, "step": "", "error": error}
    Import.objects.filter(pk=incoming.pk).update(**{**work.FREE, **changes})


def undo_set_aside(error: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Say what becomes of an import whose taking back came to nothing: it stays, so that somebody may ask once more."""
    return {"status": Import.Status.DONE, "finished_at": now, "step": "", "error": error}
