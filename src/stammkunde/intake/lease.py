"""
One import at a time, held by a lease.

A worker claims the next import that is due by a conditional update and keeps the claim alive while it works. A claim
that lapses (its worker was killed) is due again. Every write to the facts happens in a transaction that also renews
the claim, so whoever lost it writes nothing.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from stammkunde.intake.models import Import

LEASE = timedelta(seconds=45)
BEAT_SECONDS = 10.0
WORKING = (Import.Status.CHECKING, Import.Status.PUBLISHING, Import.Status.UNDOING)


class LostLease(Exception):
    """Another worker has taken the import over; whatever this one was doing is void."""


@dataclass(kw_only=True)
class Lease:
    """A claim on one import. `moment` is the time that the caller gave, going on."""

    import_id: int
    holder: str
    now: datetime
    listener: Callable[[str, int, int], None] | None = None
    _began: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self._began)

    def save(self, **changes: Any) -> None:
        """
        Write to the import and renew the claim; inside a transaction it holds whatever else was written to the claim.

        :raises LostLease: if the claim is another's by now
        """
        mine = Import.objects.filter(pk=self.import_id, leased_by=self.holder, status__in=WORKING)
        if not mine.update(**{"lease_until": self.moment() + LEASE, **changes}):
            raise LostLease(self.import_id)

    def hear(self, step: str, done: int, total: int) -> None:
        """Tell whoever listens, and nobody else."""
        if self.listener:
            self.listener(step, done, total)

    def tell(self, step: str, done: int, total: int) -> None:
        """Record progress, at most twice a second, so that it costs nothing; and tell whoever listens."""
        self.hear(step, done, total)
        if time.monotonic() - self._told < 0.5 and done < total:
            return
        self._told = time.monotonic()
        self.save(step=step[:40], done=done, total=total)


def claim(*, now: datetime, only: int | None = None) -> tuple[Import, Lease] | None:
    """
    Claim the next import that is due, or the one that is asked for; None if there is none, or one is being worked on.

    Half-done imports come first, whoever is asked for: a later one must be compared with their result.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with transaction.atomic():
        _one_claim_at_a_time()
        due = _due(now=now, only=only)
        if due is None:
            return None
        changes: dict[str, Any] = {"leased_by": holder, "lease_until": now + LEASE}
        if due.status == Import.Status.QUEUED:
            changes |= {"status": Import.Status.CHECKING, "started_at": now}
        same = Import.objects.filter(pk=due.pk, status=due.status, leased_by=due.leased_by, lease_until=due.lease_until)
        if not same.update(**changes):
            return None
    return Import.objects.get(pk=due.pk), Lease(import_id=due.pk, holder=holder, now=now)


def _one_claim_at_a_time() -> None:
    """Keep two workers from claiming two imports at the same moment; SQLite's transactions do so by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('stammkunde.intake.claim'))")


def _due(*, now: datetime, only: int | None) -> Import | None:
    half_done = Import.objects.filter(status__in=WORKING).order_by("pk").first()
    if half_done is not None:
        return None if _is_held(half_done, now=now) else half_done
    queued = Import.objects.filter(status=Import.Status.QUEUED)
    return queued.filter(Q(pk=only) if only else Q()).order_by("pk").first()


def _is_held(incoming: Import, *, now: datetime) -> bool:
    if incoming.lease_until is None or incoming.lease_until <= now:
        return False
    host, pid, *_rest = [*incoming.leased_by.split(":"), "", ""]
    return host != socket.gethostname() or not pid.isdecimal() or _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    """Tell whether a process of this machine lives; one that was killed need not be waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Heartbeat:
    """Renew the claim from a thread of its own while one statement may take minutes."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{lease.import_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            self._lease.save()
        except LostLease:
            self._stop.set()  # the worker meets the same exception at its next write
        except DatabaseError:
            connection.close()  # the next beat tries again; the lease outlives several of them
