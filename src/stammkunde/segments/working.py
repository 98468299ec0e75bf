"""What the worker does for groups of customers: everybody after each refresh, the touched within a minute."""

from datetime import datetime, timedelta

from django.conf import settings

from stammkunde import mirror, work
from stammkunde.segments import files, following, many, nightly, passes, worlds
from stammkunde.segments.models import Passing
from stammkunde.signals import policy
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.store.models import Touched
from stammkunde.work import Lease

LEASE = timedelta(seconds=90)
BEAT_SECONDS = 15
REST = timedelta(hours=1)  # after a pass that killed its worker again and again


def sweep(*, now: datetime) -> bool:
    """Do one piece of what is due; say whether anything was done. Safe to run twice, by several workers, to kill."""
    generation = signals.current()
    if generation is None or mirror.sound() is None or not _is_due(generation):
        return False
    lease = _claim(now=now)
    if lease is None:
        return False
    with lease.kept(every_seconds=BEAT_SECONDS):
        worked = _work(generation, lease=lease, now=lease.moment())
    lease.let_go()
    return worked


def _is_due(generation: Generation) -> bool:
    return (
        not files.is_kept(nightly.name(generation))
        or bool(passes.due(generation))
        or Touched.objects.exclude(customer_id=None).exists()
    )


def _work(generation: Generation, *, lease: Lease, now: datetime) -> bool:
    """Write down what everybody is asked for, then work out who is due, then follow the touched."""
    if not files.is_kept(nightly.name(generation)):
        return _begin(generation, lease=lease, now=now)
    if some := passes.due(generation):
        worlds.prepare(mirror.tables(), generation)
        passes.work_out(some, generation=generation, now=now, tell=lease.hear, save=lease.save)
    else:
        following.follow(generation=generation, now=now, save=lease.save)
    return True


def _begin(generation: Generation, *, lease: Lease, now: datetime) -> bool:
    """Let the mirror know what the refresh itself wrote (changes of stage), and write down what will be asked."""
    many.note()
    try:
        manifest = mirror.bring_up_to_date(now=now, progress=lease.hear)
    except mirror.FactsInMotion:
        return False  # an import is under way: everybody is worked out when it is done
    passes.forget(manifest)
    today = policy.today(now=now, zone=settings.TIME_ZONE)
    nightly.keep(generation, today=today, tell=lambda done, total: lease.hear("nightly", done, total))
    prepared = worlds.prepare(mirror.tables(), generation)
    files.forget_all_but([nightly.name(generation), *prepared], now=now)
    return True


def _claim(*, now: datetime) -> Lease | None:
    row, _made = Passing.objects.get_or_create(pk=1)
    if row.is_held(now=now) or (row.kills_workers and row.lease_until and now < row.lease_until + REST):
        return None
    holder = work.claim(row, among=Passing.objects.all(), until=now + LEASE)
    if holder is None:
        return None
    return Lease(rows=Passing.objects.all(), pk=row.pk, holder=holder, length=LEASE, moment=work.going_on(now))
