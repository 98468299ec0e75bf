"""A claim on one row: taken, kept, written with, lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import F, QuerySet

from stammkunde.work import holders
from stammkunde.work.beats import beating
from stammkunde.work.models import CountedClaims

SHOWN_SECONDS = 0.5  # progress is written down at most twice a second, so that it costs nothing

Tell = Callable[[str, int, int], None]
FREE: dict[str, Any] = {"leased_by": "", "lease_until": None, "claims": 0}  # by nobody, and all came back


class LostLease(Exception):
    """Somebody else has taken the row over; whatever this one was doing is void."""


def going_on(now: datetime) -> Callable[[], datetime]:
    """Let the moment that the caller gave go on."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def claim(row: CountedClaims, *, among: "QuerySet[Any]", until: datetime, **changes: Any) -> str | None:
    """
    Take a row for oneself if it is still as it was read and among these, and name the holder; None: too late.

    The claim counts until `Lease.let_go`, or until `Lease.advance`.
    """
    holder = holders.me()
    taken = _as_read(row, among).update(leased_by=holder, lease_until=until, claims=F("claims") + 1, **changes)
    return holder if taken else None


def set_aside(row: CountedClaims, *, among: "QuerySet[Any]", **changes: Any) -> None:
    """Free a row that kills whoever works on it, if it is still as it was read, and write down that nobody takes it."""
    _as_read(row, among).update(**{**FREE, **changes})


def _as_read(row: CountedClaims, among: "QuerySet[Any]") -> "QuerySet[Any]":
    return among.filter(pk=row.pk, leased_by=row.leased_by, lease_until=row.lease_until)


@dataclass(kw_only=True)
class Lease:
    """
    A claim on one row that is held while somebody works on it.

    Args:
        rows: those that may be held, such as all of some states.
        length: how long it lasts without being renewed.
        moment: the time that the caller gave, going on.
        listener: is told how far the work is, whenever somebody says so.
    """

    rows: "QuerySet[Any]"
    pk: int
    holder: str
    length: timedelta
    moment: Callable[[], datetime]
    listener: Tell | None = None
    lost: threading.Event = field(default_factory=threading.Event)
    _shown: tuple[str, float] = ("", 0.0)

    @property
    def token(self) -> str:
        """The word that only this claim has."""
        return self.holder.rpartition(" ")[2]

    def save(self, **changes: Any) -> None:
        """
        Write to the row and renew the claim; inside a transaction it holds whatever else was written to the claim.

        :raises LostLease: if the claim is another's by now
        """
        mine = self.rows.filter(pk=self.pk, leased_by=self.holder)
        if self.lost.is_set() or not mine.update(**{"lease_until": self.moment() + self.length, **changes}):
            self.lost.set()
            raise LostLease(self.holder)

    def advance(self, **changes: Any) -> None:
        """
        Save what is reached for good: whoever goes on begins here, so that claims before this one count no more.

        :raises LostLease: as `save`
        """
        self.save(claims=1, **changes)

    def let_go(self, **changes: Any) -> None:
        """
        Save how it ended, and hold the row no longer.

        :raises LostLease: as `save`
        """
        self.save(**{**FREE, **changes})

    def hear(self, step: str, done: int, total: int) -> None:
        """Tell whoever listens, and nobody else."""
        if self.listener:
            self.listener(step, done, total)

    def tell(self, step: str, done: int, total: int) -> None:
        """
        Record progress, at most twice a second, and tell whoever listens.

        :raises LostLease: if the claim is known to be another's
        """
        if self.lost.is_set():
            raise LostLease(self.holder)
        self.hear(step, done, total)
        before, at = self._shown
        if step == before and done < total and time.monotonic() - at < SHOWN_SECONDS:
            return
        self._shown = (step, time.monotonic())
        self.save(step=step[:40], done=done, total=total)

    @contextmanager
    def kept(self, *, every_seconds: float) -> Iterator[Self]:
        """Keep the claim alive while the block runs, however long a single statement takes."""
        with beating(self._renewed, every_seconds=every_seconds, name=f"lease-{self.pk}"):
            yield self

    def _renewed(self) -> bool:
        try:
            self.save()
        except LostLease:
            return False  # the worker meets the same at its next write
        return True
