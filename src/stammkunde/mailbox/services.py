"""
Reading a mailbox: its mails in their order, each once.

What is done about a mail and how far the mailbox was read are one transaction, in which the claim is renewed: whoever
is killed left nothing half-done, and whoever is late writes nothing. A mail that kills its reader again and again is
set aside; a reader that only failed, as where the database is locked, came back and is not counted.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import DatabaseError, transaction

from stammkunde import work
from stammkunde.mailbox import imap, reports
from stammkunde.mailbox.models import Mail, Mailbox

AT_ONCE = 50
EVERY = timedelta(minutes=2)
AFTER_A_PROBLEM = timedelta(minutes=10)
LEASE = timedelta(minutes=3)
LOOK_BACK = timedelta(days=30)  # on the first reading
SET_ASIDE = "set_aside"

log = logging.getLogger(__name__)
_came_back: set[str] = set()  # claims of this process that ended, though the database could not be told


@dataclass(frozen=True, kw_only=True)
class Box:
    """
    A mailbox that somebody reads.

    `take` does what a mail asks for, in a transaction, and gives a word for what it was; whatever it raises sets the
    mail aside, but for a database that does not answer.
    """

    name: str
    address: imap.Address
    take: Callable[[reports.Arrived, datetime], str]


class IsBeingRead(Exception):
    """Somebody else is reading the mailbox."""


Opened = Callable[[imap.Address], AbstractContextManager[imap.Line]]


def read(box: Box, *, now: datetime, opened: Opened = imap.opened) -> bool:
    """
    Take the next mails if it is time to, and tell whether there are more; a problem is written down, and waits.

    Safe to run twice and to kill.
    """
    row = _row(box)
    return not row.is_held(now=now) and _read(box, row, now=now, opened=opened)


def read_now(box: Box, *, now: datetime, opened: Opened = imap.opened) -> Mailbox:
    """
    Take all mails at once, and give how the mailbox stands afterwards.

    :raises IsBeingRead: if somebody else does
    """
    while True:
        row = _row(box)
        if row.leased_by and row.is_held(now=now):
            raise IsBeingRead(box.name)
        if not _read(box, row, now=now, opened=opened):
            return Mailbox.objects.get(pk=row.pk)


def _row(box: Box) -> Mailbox:
    return Mailbox.objects.get_or_create(name=box.name, defaults={"place": box.address.place})[0]


def _read(box: Box, row: Mailbox, *, now: datetime, opened: Opened) -> bool:
    holder = work.claim(row, among=Mailbox.objects.all(), until=now + LEASE)
    if holder is None:
        return False
    lease = work.Lease(rows=Mailbox.objects.all(), pk=row.pk, holder=holder, length=LEASE, moment=work.going_on(now))
    try:
        _forgive(row, lease)
        with opened(box.address) as line:
            more = _take_next(box, row, line, lease, now=now)
    except imap.CannotRead as problem:
        log.warning("mailbox=%s problem=%s: %s", box.name, problem.code, problem.answer)
        lease.let_go(problem=problem.said, lease_until=lease.moment() + AFTER_A_PROBLEM)
        return False
    except Exception:
        _come_back(lease)
        raise
    read_at = {} if more else {"read_at": now}
    lease.let_go(problem=None, lease_until=None if more else lease.moment() + EVERY, **read_at)
    return more


def _come_back(lease: work.Lease) -> None:
    """Let go with a pause: the claim is counted no more."""
    try:
        lease.let_go(lease_until=lease.moment() + EVERY)
    except work.LostLease:
        log.warning("mailbox=%d another reader goes on", lease.pk)
    except DatabaseError:
        _came_back.add(lease.holder)


def _forgive(row: Mailbox, lease: work.Lease) -> None:
    """Count no claims up to one that came back, where the database could not be told."""
    if row.leased_by in _came_back:
        lease.advance()
        _came_back.discard(row.leased_by)
        row.claims = 0


def _take_next(box: Box, row: Mailbox, line: imap.Line, lease: work.Lease, *, now: datetime) -> bool:
    """Take the next mails in their order, and tell whether there are more."""
    validity = line.validity()
    if (row.place, row.uid_validity) != (box.address.place, validity):
        row.place, row.uid_validity, row.read_to = box.address.place, validity, 0
        lease.save(place=row.place, uid_validity=validity, read_to=0)
    since = None if row.read_to else (now - LOOK_BACK).date()
    waiting, kills = line.after(row.read_to, since=since), row.kills_workers
    for uid in waiting[:AT_ONCE]:
        if kills:
            _pass_over(box, row, lease, uid, now=now)
        else:
            _take(box, row, lease, line.fetch(uid) or imap.Fetched(uid=uid, size=0, text=b""), now=now)
        kills = False
    return len(waiting) > AT_ONCE


@transaction.atomic
def _take(box: Box, row: Mailbox, lease: work.Lease, fetched: imap.Fetched, *, now: datetime) -> None:
    lease.advance(read_to=fetched.uid)
    digest = sha256(fetched.text).hexdigest()
    if fetched.text and not row.mails.filter(digest=digest).exists():
        kind = _kind(box, reports.Arrived(text=fetched.text, size=fetched.size), now=now)
        Mail.objects.create(mailbox=row, digest=digest, kind=kind[:20], taken_at=now)


def _kind(box: Box, mail: reports.Arrived, *, now: datetime) -> str:
    try:
        with transaction.atomic():
            return box.take(mail, now)
    except DatabaseError:
        raise
    except Exception:
        log.exception("mailbox=%s a mail is set aside", box.name)
        return SET_ASIDE


@transaction.atomic
def _pass_over(box: Box, row: Mailbox, lease: work.Lease, uid: int, *, now: datetime) -> None:
    """Leave the mail alone that readers died of, without reading it."""
    log.error("mailbox=%s uid=%d is set aside: whoever read it was stopped again and again", box.name, uid)
    lease.advance(read_to=uid)
    digest = sha256(f"{row.place} {row.uid_validity} {uid}".encode()).hexdigest()
    Mail.objects.get_or_create(mailbox=row, digest=digest, defaults={"kind": SET_ASIDE, "taken_at": now})
