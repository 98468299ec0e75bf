"""Letting a play run: start, pause, go on, stop; and planning the messages of whoever is enrolled."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from stammkunde import work
from stammkunde.outreach import looks
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.services import asking, preparing, ways
from stammkunde.team import services as team
from stammkunde.team.models import Staff

AT_ONCE = 500
GRACE = timedelta(minutes=2)  # so long a start by hand can surely be taken back
ON_THE_WAY = (Message.State.PLANNED, Message.State.CLAIMED)
COMES_BACK_WITHIN = timedelta(days=7)  # of its end; print runs and calls are taken back within a day
Status = Play.Status


class NotPossible(Exception):
    """The play is in a state in which this cannot be done; somebody was quicker, or it is over."""


@transaction.atomic
def start(*, play_id: int, starts_at: datetime | None, staff: Staff, now: datetime) -> Play:
    """
    Let a campaign that is ready begin, now or at a later moment; repeating changes nothing.

    :raises NotPossible: if it is still being prepared, or over
    :raises CountsAsAdvertising: if its words advertise under a purpose that needs no consent
    :raises NotLookedAt: if the company wants a colleague to understand advertising first, and none has
    """
    for template in preparing.ways_of(Play.objects.select_related("template").get(pk=play_id)):
        preparing.check_purpose(template)
        if template.channel != CALL:  # a call is talked, not read
            looks.demand(template)
    begins = max(starts_at or now, now)
    changed = Play.objects.filter(pk=play_id, status=Status.READY).update(
        status=Status.RUNNING, starts_at=begins, started_at=now
    )
    if changed:
        outreach.enter(origin=Play(pk=play_id).origin, at=begins)
    return _settled(play_id, changed, "play.started", allowed=(Status.RUNNING,), now=now, staff=staff)


@transaction.atomic
def reschedule(*, play_id: int, starts_at: datetime | None, valid_days: int, staff: Staff, now: datetime) -> Play:
    """
    Change when a campaign that is ready begins, and when it is too late; the governor is asked anew. Nothing leaves.

    :raises NotPossible: if it is not ready
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id)
    if play.status != Status.READY:
        raise NotPossible(play.status)
    if (play.starts_at, play.valid_days) == (starts_at, valid_days):
        return play
    play.starts_at, play.valid_days, play.status = starts_at, valid_days, Status.PREPARING
    play.save(update_fields=["starts_at", "valid_days", "status"])
    Enrolment.objects.filter(play=play).update(forecast=None, code="", way=1)
    outreach.judge_anew(origin=play.origin)
    return _settled(play_id, 1, "play.rescheduled", allowed=(), now=now, staff=staff)


@transaction.atomic
def take_back(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    Take a start back while nothing has been planned: a campaign is ready again, a thank-you is over.

    :raises NotPossible: if something has been planned, or it does not run
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id)
    if not may_be_taken_back(play):
        raise NotPossible(play.status)
    if play.kind == Play.Kind.CAMPAIGN:
        play.starts_at = play.starts_at if play.starts_at and play.starts_at > now + GRACE else None
        play.status, play.started_at = Status.READY, None
        outreach.leave(origin=play.origin)
    else:
        play.status, play.finished_at = Status.STOPPED, now
    play.save(update_fields=["starts_at", "status", "started_at", "finished_at"])
    return _settled(play_id, 1, "play.taken_back", allowed=(), now=now, staff=staff)


def may_be_taken_back(play: Play) -> bool:
    """Tell whether a start can still be undone: it runs, and no message has been planned."""
    has_planned = Enrolment.objects.filter(play=play, planned_at__isnull=False)
    return play.status == Status.RUNNING and not has_planned.exists()


@transaction.atomic
def pause(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    Hold a running play back: what has not left waits, and expires as before. Repeating changes nothing.

    :raises NotPossible: if it does not run
    """
    changed = Play.objects.filter(pk=play_id, status=Status.RUNNING).update(status=Status.PAUSED)
    play = _settled(play_id, changed, "play.paused", allowed=(Status.PAUSED,), now=now, staff=staff)
    outreach.pause(origin=play.origin, now=now)
    return play


@transaction.atomic
def resume(*, play_id: int, now: datetime, staff: Staff) -> Play:
    """
    Let a paused play go on; repeating changes nothing.

    :raises NotPossible: if it is not paused
    """
    changed = Play.objects.filter(pk=play_id, status=Status.PAUSED).update(status=Status.RUNNING)
    play = _settled(play_id, changed, "play.resumed", allowed=(Status.RUNNING,), now=now, staff=staff)
    outreach.resume(origin=play.origin)
    return play


def stop(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    End a play for good: whatever has not left is stopped. Repeating changes nothing.

    Its messages are held back for ever: what a worker has claimed and gives back does not leave, either.

    :raises NotPossible: if it is done
    """
    open_ones = (Status.PREPARING, Status.READY, Status.RUNNING, Status.PAUSED)
    with transaction.atomic():
        changed = Play.objects.filter(pk=play_id, status__in=open_ones).update(
            **{**work.FREE, "status": Status.STOPPED, "finished_at": now}
        )
        play = _settled(play_id, changed, "play.stopped", allowed=(Status.STOPPED,), now=now, staff=staff)
        outreach.pause(origin=play.origin, now=now)
        if not Enrolment.objects.filter(play=play, planned_at__isnull=False).exists():
            outreach.leave(origin=play.origin)  # nothing began, so nothing is compared
    outreach.stop(origin=play.origin, staff=staff, now=now)  # in batches, each a transaction of its own
    while outreach.stop_calls(origin=play.origin, by=staff.name, now=now):
        pass
    return play


@transaction.atomic
def plan_next(*, play_id: int, now: datetime) -> int:
    """
    Plan the messages of the next customers of a running play, and tell how many; repeating is harmless.

    Whoever is refused gets no message: the reason stays with the enrolment, in the play's own list.
    """
    play = Play.objects.select_for_update(of=("self",)).select_related("template").get(pk=play_id)
    if play.status != Status.RUNNING or not _has_begun(play, now=now):
        return 0
    at_once = asking.AT_ONCE if asking.plan_of(play) else AT_ONCE
    rows = list(_waiting(play).order_by("pk")[:at_once])
    ways.plan(play, rows, now=now)
    for row in rows:
        row.planned_at = now
    Enrolment.objects.bulk_update(rows, ["message", "planned_at", *ways.ASKED], batch_size=AT_ONCE)
    return len(rows)


def has_to_plan(play: Play, *, now: datetime) -> bool:
    """Tell whether messages of a running play are to be planned."""
    return _has_begun(play, now=now) and _waiting(play).exists()


def finish_what_is_over(*, now: datetime) -> int:
    """Mark campaigns as done of which nothing is on the way any more, and tell how many; repeating is harmless."""
    running = Play.objects.filter(kind=Play.Kind.CAMPAIGN, status=Status.RUNNING, starts_at__lte=now)
    over = [play.pk for play in running if not _has_more(play)]
    return Play.objects.filter(pk__in=over, status=Status.RUNNING).update(status=Status.DONE, finished_at=now)


def go_on_with_what_came_back(*, now: datetime) -> int:
    """
    Let campaigns run again that were done, and of which something is on the way again; repeating is harmless.

    A print run that is not at the post after all: its letters can be held back and stopped as before.
    """
    over = Play.objects.filter(kind=Play.Kind.CAMPAIGN, status=Status.DONE, finished_at__gte=now - COMES_BACK_WITHIN)
    again = [play.pk for play in over if _is_on_the_way(play)]
    return Play.objects.filter(pk__in=again, status=Status.DONE).update(status=Status.RUNNING, finished_at=None)


def _has_begun(play: Play, *, now: datetime) -> bool:
    return play.starts_at is None or play.starts_at <= now


def _waiting(play: Play) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(play=play, arm=Enrolment.Arm.TREATED, planned_at=None)


def _has_more(play: Play) -> bool:
    return _waiting(play).exists() or _is_on_the_way(play)


def _is_on_the_way(play: Play) -> bool:
    ours = Message.objects.filter(origin=play.origin)
    listed = ours.filter(channel=CALL, state=Message.State.HANDED_OVER)  # on somebody's list
    return ours.filter(state__in=ON_THE_WAY).exists() or listed.exists()


def _settled(play_id: int, changed: int, action: str, *, allowed: Collection[str], now: datetime, staff: Staff) -> Play:
    play = Play.objects.get(pk=play_id)
    if not changed and play.status not in allowed:
        raise NotPossible(play.status)
    if changed:
        team.record(staff=staff, action=action, at=now, thing="play", thing_id=play.pk, label=play.name)
    return play
