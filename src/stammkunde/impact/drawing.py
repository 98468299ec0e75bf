"""
Drawing who is left alone of everything for a year: the worker's part, some thousand customers at a time.

Each batch is a transaction of its own, in which it is also written down how far it went: whoever is killed is followed
by somebody who goes on there. Who is drawn counts at once, in either arm, and with what is expected of her then.
"""

import contextlib
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from stammkunde import work
from stammkunde.impact import everything
from stammkunde.impact.models import Year
from stammkunde.outreach import services
from stammkunde.outreach.services import Drawing, Known
from stammkunde.outreach.services.everything import YEAR_DAYS
from stammkunde.signals import queries as signals
from stammkunde.store import bulk
from stammkunde.work import Lease, LostLease

LEASE = timedelta(minutes=2)
BEAT_SECONDS = 30.0
REST = timedelta(hours=1)  # after a year that killed its worker again and again
AT_ONCE = 2_000
BATCHES = 10  # in a row: then other work has its turn


def sweep(*, now: datetime) -> bool:
    """Draw some more of the year at hand; say whether there was any. Safe to run twice and to kill."""
    claimed = _claim(now=now)
    if claimed is None:
        return False
    year, lease = claimed
    with lease.kept(every_seconds=BEAT_SECONDS), contextlib.suppress(LostLease):  # it was switched off, or is another's
        for _batch in range(BATCHES):
            began = time.monotonic()
            if not _draw(year, lease):
                _finish(year, lease)
                return True
            bulk.rest(time.monotonic() - began)
        lease.let_go()
    return True


def under_way() -> "QuerySet[Year]":
    """Give the year that is not drawn to its end, unless it was switched off."""
    return Year.objects.filter(finished_at=None, draw__ended_at=None)


def _claim(*, now: datetime) -> tuple[Year, Lease] | None:
    year = under_way().select_related("draw").first()
    if year is None or signals.current() is None or year.is_held(now=now):
        return None
    if year.kills_workers and year.lease_until and now < year.lease_until + REST:
        return None
    holder = work.claim(year, among=Year.objects.filter(upto_customer=year.upto_customer), until=now + LEASE)
    if holder is None:
        return None
    return year, Lease(rows=under_way(), pk=year.pk, holder=holder, length=LEASE, moment=work.going_on(now))


def _draw(year: Year, lease: Lease) -> bool:
    """Draw the next ones; say whether there were any."""
    known = _next(year, on=timezone.localdate(lease.moment()))
    if not known:
        return False
    with transaction.atomic():
        lease.save()
        drawing = Drawing(origin=year.draw.origin, share=year.draw.share, window_days=YEAR_DAYS)
        alone = services.hold_out(drawing, customers=known, now=lease.moment())
        services.leave_in_peace(alone, now=lease.moment())
        upto = {"customers": year.customers + len(known), "held_out": year.held_out + len(alone)}
        lease.advance(upto_customer=max(known), **upto)
    year.upto_customer, year.customers, year.held_out = max(known), upto["customers"], upto["held_out"]
    return True


def _next(year: Year, *, on: date) -> Mapping[int, Known]:
    """Give who is next, by their ids, with what is expected of each within the year."""
    rows = everything.eligible(spares_a=everything.settings().all_spares_a)
    rows = rows.filter(generation=signals.current(), customer_id__gt=year.upto_customer).order_by("customer_id")
    ids = list(rows.values_list("customer_id", flat=True)[:AT_ONCE])
    return {
        pk: Known(expected_cents=one.cents, expected_purchases=one.purchases, risk=one.risk, eligible=True)
        for pk, one in signals.foreseen(customer_ids=ids, days=YEAR_DAYS, on=on).items()
    }


def _finish(year: Year, lease: Lease) -> None:
    with transaction.atomic():
        at = lease.moment()
        lease.let_go(finished_at=at)
        services.year_begins(year.draw, now=at)
        everything.record("drawn", year, by=None, now=at)
