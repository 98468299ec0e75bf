"""
What the worker does for points, a piece at a time: facts that have changed, days that came, reservations that ended.

Each piece is one short transaction: killed, it has not happened. Accounts that somebody else holds are left for the
next turn. One whose rows do not fit is set aside until tomorrow, so that the others do not wait for it.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from stammkunde.loyalty import checking, ledger, services
from stammkunde.loyalty.models import Account, Checked, Hold, Waiting

AT_ONCE = 100  # accounts in a transaction: a till waits no longer than that
NAMED_AT_ONCE = 2_000
EVERYBODY_AT_ONCE = 5_000

log = logging.getLogger(__name__)


def sweep(*, now: datetime) -> bool:
    """Do one piece of what is due; say whether anything was done. Safe to run twice, by several workers, to kill."""
    return any(piece(now=now) for piece in (release_ended, book_waiting, name_everybody, book_due, check_chains))


def release_ended(*, now: datetime) -> bool:
    """Give back what was reserved, and not paid in time."""
    ended = Hold.objects.filter(lease_until__lt=now).order_by("lease_until")
    found = list(ended.values_list("booking__key", "booking__account_id")[:AT_ONCE])
    for of, account_id in found:
        with suppress(services.HoldReleased):  # paid, released or renewed a moment ago
            services.release_ended(account_id=account_id, of=of, now=now)
    return bool(found)


def book_waiting(*, now: datetime) -> bool:
    """Book what facts have changed for some accounts; who is touched meanwhile has another row."""
    rows = Waiting.objects.exclude(account_id=None).order_by("pk").values_list("pk", "account_id")[:NAMED_AT_ONCE]
    waiting: dict[int, list[int]] = {}
    for pk, account_id in rows:
        if account_id is not None and (account_id in waiting or len(waiting) < AT_ONCE):
            waiting.setdefault(account_id, []).append(pk)
    return bool(waiting) and _book(list(waiting), now=now, done=waiting)


def name_everybody(*, now: datetime) -> bool:
    """Let all accounts be due where a rule was written, some thousand in a transaction."""
    asked = list(Waiting.objects.filter(account_id=None).values_list("pk", flat=True)[:NAMED_AT_ONCE])
    if not asked:
        return False
    after: int | None = 0
    while after is not None:
        pks = list(Account.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:EVERYBODY_AT_ONCE])
        with transaction.atomic():
            locked = [one.pk for one in ledger.lock(pks)]
            Account.objects.filter(pk__in=locked).update(due_on=timezone.localdate(now))
        after = pks[-1] if pks else None
    Waiting.objects.filter(pk__in=asked).delete()
    return True


def book_due(*, now: datetime) -> bool:
    """Book for some accounts what days bring: points confirmed, expired, debt forgiven."""
    due = Account.objects.filter(due_on__lte=timezone.localdate(now)).order_by("due_on", "pk")
    pks = list(due.values_list("pk", flat=True)[:AT_ONCE])
    return bool(pks) and _book(pks, now=now)


def check_chains(*, now: datetime) -> bool:
    """Prove the ledger once a day, at night's first turn; what is wrong is logged, and kept for `doctor`."""
    today = timezone.localdate(now)
    if Checked.objects.filter(on__gte=today).exists() or not Account.objects.exists():
        return False
    found = checking.check()
    if found.flaw:
        log.error("points flaw=%s", found.flaw)
    Checked.objects.update_or_create(on=today, defaults={"flaw": found.flaw[:250]})
    Checked.objects.filter(on__lt=today - timedelta(days=400)).delete()
    return True


def _book(pks: list[int], *, now: datetime, done: dict[int, list[int]] | None = None) -> bool:
    try:
        return _reconcile(pks, now=now, done=done or {})
    except IntegrityError:
        if len(pks) == 1:
            log.exception("points account=%d set_aside", pks[0])
            _set_aside(pks[0], now=now, done=done or {})
            return True
    for pk in pks:
        _book([pk], now=now, done=done)
    return True


def _reconcile(pks: Collection[int], *, now: datetime, done: dict[int, list[int]]) -> bool:
    with transaction.atomic():
        accounts = ledger.lock(pks, skip_locked=True)
        ledger.reconcile(accounts, now=now)
        rows = [row for one in accounts for row in done.get(one.pk, ())]
        Waiting.objects.filter(pk__in=rows).delete()
    return bool(accounts)


def _set_aside(pk: int, *, now: datetime, done: dict[int, list[int]]) -> None:
    with transaction.atomic():
        Account.objects.filter(pk=pk).update(due_on=timezone.localdate(now) + timedelta(days=1))
        Waiting.objects.filter(pk__in=done.get(pk, ())).delete()
