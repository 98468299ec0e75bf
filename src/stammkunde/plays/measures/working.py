"""What workers do for measures: who enters, is drawn, walks; what was settled, what has happened, what is over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from stammkunde import work
from stammkunde.plays import groups, walking
from stammkunde.plays.measures import admit, closing, looking, pacing, triggers, walk
from stammkunde.plays.measures.guarding import Guard
from stammkunde.plays.measures.pacing import Pace
from stammkunde.plays.models import Planner, Play

LEASE = timedelta(minutes=2)
BATCHES = 5  # of steps in a row
Status = Play.Status
OPEN = (Status.RUNNING, Status.PAUSED)
_SHARED = Pace(at_once=pacing.FIRST, gives_way=True)  # what it has learnt holds for the next sweeps, too


def _pace(*, is_shared: bool) -> Pace:
    """Give way where there is one writer."""
    return _SHARED if is_shared and connection.vendor == "sqlite" else Pace(at_once=walk.AT_ONCE)


def sweep(*, now: datetime, is_shared: bool = True) -> bool:
    """
    Do a piece of what is due; say whether anything was done. Safe to run twice, by several workers, and to kill.

    Where nobody else writes (`is_shared` is false), batches are large and nothing is left between them.
    """
    plays = list(Play.objects.filter(kind=Play.Kind.MEASURE, status__in=OPEN).order_by("pk"))
    if not plays:
        looking.forget()
    stopped = list(closing.unfinished())
    if not stopped and not (plays and _is_due(plays, now=now)):
        return False
    with _alone(now=now) as is_mine:
        if not is_mine:
            return False
        try:
            return _piece(plays, stopped, now=now, pace=_pace(is_shared=is_shared))
        except groups.NotKept:  # right after a refresh: first it is written down what is known as of last night
            return False


def _is_due(plays: Sequence[Play], *, now: datetime) -> bool:
    """Tell whether there is anything to do, without writing."""
    running = [play for play in plays if play.status == Status.RUNNING]
    return (
        looking.is_due(plays, now=now)
        or any(_begins(play, now=now) or admit.waiting(play, now=now) for play in running)
        or walk.is_due(now=now)
    )


def _begins(play: Play, *, now: datetime) -> bool:
    """Tell whether something may begin a play; what is wrong with it is met where it is guarded."""
    try:
        return triggers.has_news(play, now=now)
    except Exception:  # noqa: BLE001 (whatever it is, it comes again)
        return True


def _piece(plays: Sequence[Play], stopped: Sequence[Play], *, now: datetime, pace: Pace) -> bool:
    running = [play for play in plays if play.status == Status.RUNNING]
    guard = Guard(now=now)
    done = [guard.each(stopped, _finish), looking.enter(plays, guard), guard.each(running, partial(_draw, pace=pace))]
    with pace.room_for_others():
        done.append(looking.meet(guard, at_most=pace.at_once))
    done.append(guard.each(plays, partial(_meet_all, pace=pace)))
    with pace.room_for_others():
        done.append(walk.pull(now=now, at_most=pace.at_once) > 0)
    done.append(_walk(now=now, pace=pace))
    guard.over()
    return any(done)


def _walk(*, now: datetime, pace: Pace) -> bool:
    """Let some batches of those who are due take their steps: looking for all else costs as much as one of them."""
    for batch in range(BATCHES):
        at_most = pace.at_once
        with pace.room_for_others():
            walked = walk.walk(now=now, at_most=at_most)
        if walked < at_most:
            return batch > 0 or walked > 0
        pace.learn()
    return True


def _finish(play: Play, *, now: datetime) -> int:
    """End those who are still in a measure that was stopped."""
    return closing.close_some(play, walking.Event.STOPPED, now=now)


def _draw(play: Play, *, now: datetime, pace: Pace) -> int:
    if not admit.waiting(play, now=now):
        return 0
    with pace.room_for_others():
        return admit.draw(play, now=now)


def _meet_all(play: Play, *, now: datetime, pace: Pace) -> bool:
    with pace.room_for_others():
        return looking.meet_all(play, now=now, at_most=pace.at_once)


@contextmanager
def _alone(*, now: datetime) -> Iterator[bool]:
    """Let one planner at a time work where the database has one writer; where rows can be skipped, several."""
    if connection.features.has_select_for_update_skip_locked:
        yield True
        return
    Planner.objects.get_or_create(pk=1)
    row = Planner.objects.get(pk=1)
    if row.is_held(now=now):
        yield False
        return
    taken = Planner.objects.filter(pk=1, leased_by=row.leased_by, lease_until=row.lease_until)
    holder = work.me()
    if not taken.update(leased_by=holder, lease_until=now + LEASE):
        yield False
        return
    try:
        yield True
    finally:
        Planner.objects.filter(pk=1, leased_by=holder).update(leased_by="", lease_until=None)
