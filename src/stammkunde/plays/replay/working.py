"""
What the worker does for replays: one at a time, week by week.

Each week is written together with the claim: whoever is killed is followed by somebody who goes on with the next week,
and whoever asks anew takes the claim away.
"""

import contextlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from stammkunde import work
from stammkunde.mirror import NoMirror
from stammkunde.plays import contents, groups
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.models import Replay
from stammkunde.plays.replay import result, weeks
from stammkunde.plays.services.trouble import FAILED, SET_ASIDE
from stammkunde.segments import worlds
from stammkunde.segments.nightly import NotKept
from stammkunde.segments.services import InvalidRule
from stammkunde.work import Lease, LostLease

LEASE = timedelta(minutes=2)
BEAT_SECONDS = 30.0
PAUSE = timedelta(minutes=1)  # until the figures are there
NO_RULE = "no_rule"


def sweep(*, now: datetime) -> bool:
    """Work out one replay that was asked for; say whether there was any. Safe to run twice and to kill."""
    claimed = _claim(now=now)
    if claimed is None:
        return False
    replay, lease = claimed
    with lease.kept(every_seconds=BEAT_SECONDS), contextlib.suppress(LostLease):  # asked anew, or somebody goes on
        return _carry_out(replay, lease, now=now)
    return True


def _carry_out(replay: Replay, lease: Lease, *, now: datetime) -> bool:
    try:
        _work(replay, lease, now=now)
    except (NoMirror, NotKept):
        lease.let_go(lease_until=now + PAUSE)
        return False
    except (InvalidRule, InvalidContent, groups.UnknownRule):
        lease.let_go(trouble=NO_RULE)
    except LostLease:
        raise
    except Exception:
        lease.let_go(trouble=FAILED)
        raise
    return True


def _due() -> "QuerySet[Replay]":
    return Replay.objects.filter(finished_at=None, trouble="")


def _claim(*, now: datetime) -> tuple[Replay, Lease] | None:
    for replay in _due().order_by("asked_at", "pk"):
        if replay.is_held(now=now):
            continue
        rows = Replay.objects.filter(asked_at=replay.asked_at)
        if replay.kills_workers:
            work.set_aside(replay, among=rows, trouble=SET_ASIDE)
            continue
        holder = work.claim(replay, among=_due() & rows, until=now + LEASE)
        if holder is not None:
            return replay, Lease(rows=rows, pk=replay.pk, holder=holder, length=LEASE, moment=work.going_on(now))
    return None


def _work(replay: Replay, lease: Lease, *, now: datetime) -> None:
    if replay.today is None:
        replay.today = worlds.days(now=now).today
        lease.advance(today=replay.today)
    at = weeks.looked(replay, contents.read(replay.content), now=now)
    there = set(replay.weeks.values_list("number", flat=True))
    for week in weeks.of(replay.today):
        if week.number not in there:
            made = weeks.work_out(replay, week, at)
            with transaction.atomic():
                lease.advance(done=week.number)
                made.save()
    numbers = result.of(replay, at, now=now)
    with transaction.atomic():
        lease.let_go(result=numbers, finished_at=now)
        replay.weeks.all().delete()
