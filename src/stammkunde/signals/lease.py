"""
Who refreshes: a row that says so, with a lease that its holder keeps renewing.

A refresh that was killed stops renewing. Its row is closed as failed and the next one starts afresh: at once if its
process is known to be gone from this machine, else when the lease has run out.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, OperationalError, connections, transaction

from stammkunde.signals.models import Generation

LEASE = timedelta(seconds=90)
BEAT_SECONDS = 15
SHOWN_SECONDS = 0.5  # how often progress is written down


class RefreshRunning(Exception):
    """Another refresh is at work; its result will do."""


class LeaseLost(Exception):
    """Somebody else took over this refresh; it stops without touching anything more."""


def claim(*, as_of: date, now: datetime) -> Generation:
    """
    Begin a generation, closing one whose refresh was killed.

    :raises RefreshRunning: if a refresh is at work
    """
    close_abandoned(now=now)
    try:
        with transaction.atomic():
            begun = Generation.objects.create(as_of_on=as_of, started_at=now, lease_until=now + LEASE, leased_by=_me())
    except IntegrityError:
        raise RefreshRunning from None
    return begun


def close_abandoned(*, now: datetime) -> bool:
    """Close a running refresh that nobody holds any more; say whether there was one. Repeating is harmless."""
    running = Generation.objects.filter(status=Generation.Status.RUNNING).first()
    if running is None or not _is_abandoned(running, now=now):
        return False
    closed = Generation.objects.filter(
        pk=running.pk, status=Generation.Status.RUNNING, lease_until=running.lease_until
    ).update(status=Generation.Status.FAILED, error={"code": "killed"}, finished_at=now, lease_until=None)
    return bool(closed)


def _is_abandoned(running: Generation, *, now: datetime) -> bool:
    if running.lease_until is None or running.lease_until < now:
        return True
    host, process, _ = running.leased_by.split(" ")
    return host == socket.gethostname() and not _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _me() -> str:
    return f"{socket.gethostname()[:40].replace(' ', '-')} {os.getpid()} {uuid4().hex[:8]}"


@dataclass
class Held:
    """A lease being held: a thread renews it, and `report` writes progress down."""

    generation: Generation
    clock: Callable[[], datetime]
    show: Callable[[str, int, int], None]
    lost: threading.Event = field(default_factory=threading.Event)
    _shown: tuple[str, float] = ("", 0.0)

    def report(self, step: str, done: int, total: int) -> None:
        """
        Tell how far the refresh is.

        :raises LeaseLost: if somebody else took over
        """
        self.check()
        self.show(step, done, total)
        before, at = self._shown
        if step == before and done < total and time.monotonic() - at < SHOWN_SECONDS:
            return
        self._shown = (step, time.monotonic())
        self.renew(step=step, done=done, total=total)

    def check(self) -> None:
        """
        Stop if the lease is lost.

        :raises LeaseLost: if it is
        """
        if self.lost.is_set():
            raise LeaseLost(self.generation.leased_by)

    def renew(self, **fields: object) -> None:
        """Push the lease's end out; notice if it is no longer ours."""
        ours = Generation.objects.filter(
            pk=self.generation.pk, status=Generation.Status.RUNNING, leased_by=self.generation.leased_by
        )
        if not ours.update(lease_until=self.clock() + LEASE, **fields):
            self.lost.set()


@contextmanager
def held(
    generation: Generation, *, clock: Callable[[], datetime], show: Callable[[str, int, int], None]
) -> Iterator[Held]:
    """Hold a generation's lease while the block runs."""
    lease, over = Held(generation, clock, show), threading.Event()
    beat = threading.Thread(target=_beat, args=(lease, over), name="refresh-lease", daemon=True)
    beat.start()
    try:
        yield lease
    finally:
        over.set()
        beat.join()


def _beat(lease: Held, over: threading.Event) -> None:
    try:
        while not over.wait(BEAT_SECONDS):
            _renew_unless_busy(lease)
    finally:
        connections.close_all()


def _renew_unless_busy(lease: Held) -> None:
    try:
        lease.renew()
    except OperationalError:  # the database is busy; the lease lasts several beats
        return
