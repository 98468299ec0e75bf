"""
Who refreshes: a generation that is running is held by its refresh.

A refresh that was killed stops renewing. Its generation is closed as failed and the next one starts afresh: at once if
its process is known to be gone from this machine, else when the lease has run out. Where several in a row were killed,
the next ones wait as after a failure.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from stammkunde import work
from stammkunde.signals.models import Generation
from stammkunde.work import Lease
from stammkunde.work.models import MOST_CLAIMS

LEASE = timedelta(seconds=90)
BEAT_SECONDS = 15
KILLED, KILLED_OFTEN = "killed", "killed_often"


class RefreshRunning(Exception):
    """Another refresh is at work; its result will do."""


def claim(*, as_of: date, now: datetime) -> Generation:
    """
    Begin a generation, closing one whose refresh was killed.

    :raises RefreshRunning: if a refresh is at work
    """
    close_abandoned(now=now)
    try:
        with transaction.atomic():
            return Generation.objects.create(
                as_of_on=as_of, started_at=now, lease_until=now + LEASE, leased_by=work.me()
            )
    except IntegrityError:
        raise RefreshRunning from None


def close_abandoned(*, now: datetime) -> bool:
    """Close a running refresh that nobody holds any more; say whether there was one. Repeating is harmless."""
    running = Generation.objects.filter(status=Generation.Status.RUNNING).first()
    if running is None or running.is_held(now=now):
        return False
    times = 1 + _killed_before(running)
    error = {"code": KILLED if times < MOST_CLAIMS else KILLED_OFTEN, "times": times}
    closed = Generation.objects.filter(
        pk=running.pk, status=Generation.Status.RUNNING, lease_until=running.lease_until
    ).update(status=Generation.Status.FAILED, error=error, finished_at=now, lease_until=None)
    return bool(closed)


def _killed_before(running: Generation) -> int:
    """Count the refreshes in a row right before this one that were killed, too."""
    before = Generation.objects.filter(pk__lt=running.pk).order_by("-pk").first()
    error = (before.error or {}) if before else {}
    return int(error.get("times", 1)) if error.get("code") in {KILLED, KILLED_OFTEN} else 0


def held(
    generation: Generation, *, clock: Callable[[], datetime], show: Callable[[str, int, int], None]
) -> AbstractContextManager[Lease]:
    """Hold a generation's lease while the block runs."""
    running = Generation.objects.filter(status=Generation.Status.RUNNING)
    lease = Lease(
        rows=running, pk=generation.pk, holder=generation.leased_by, length=LEASE, moment=clock, listener=show
    )
    return lease.kept(every_seconds=BEAT_SECONDS)
