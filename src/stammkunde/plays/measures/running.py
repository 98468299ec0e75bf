"""Drafting, starting, holding, stopping a measure, and another version of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from stammkunde.outreach import services as outreach
from stammkunde.plays import contents, groups, walking
from stammkunde.plays.contents import Enters
from stammkunde.plays.measures import admit, agreeing, archiving, checking, closing, reading, seen, triggers, upto
from stammkunde.plays.measures.holding import NOT_AGREED, SURGE
from stammkunde.plays.models import Play, PlayVersion, Wanted
from stammkunde.plays.services.running import NotPossible
from stammkunde.team import services as team
from stammkunde.team.models import Staff

Status = Play.Status
NOT_AT_ALL, NOW = "not", "now"


@dataclass(frozen=True, kw_only=True)
class AlreadyIn:
    """What happens with those who are in the group when the measure starts: nothing, or they enter within weeks."""

    enter: bool = False
    weeks: int = 0


@transaction.atomic
def draft(*, name: str, content: Mapping[str, Any], staff: Staff | None, now: datetime, press: str = "") -> Play:
    """
    Write a measure down; nothing happens before it is started. `press` names the press of a button that made it.

    :raises InvalidContent: if the content cannot be used, with all that is wrong
    """
    said = contents.with_keys(dict(content))
    contents.read(said)
    play = Play.objects.create(
        kind=Play.Kind.MEASURE, name=name.strip(), status=Status.DRAFT, created_by=staff, created_at=now, press=press
    )
    PlayVersion.objects.create(play=play, number=1, content=said, changed_at=now, by=staff)
    record(staff, "play.created", now, play)
    return play


@transaction.atomic
def change(*, play_id: int, content: Mapping[str, Any], staff: Staff | None, now: datetime) -> PlayVersion:
    """
    Change a draft, or begin one beside the version that runs; keys of steps that were there before stay theirs. What
    it says already changes nothing.

    :raises InvalidContent: if the content cannot be used
    :raises NotPossible: if the measure is over
    """
    play = locked(play_id)
    if play.status in (Status.STOPPED, Status.DONE):
        raise NotPossible(play.status)
    last = play.versions.order_by("-number")[:1].get()
    taken = {key for one in play.versions.all() for key in _keys(one.content)}
    said = contents.with_keys(dict(content), taken=taken)
    contents.read(said)
    if last.from_at is None and last.content == said:
        return last
    if last.from_at is None:
        last.before, last.content, last.changed_at, last.by = last.content, said, now, staff
        last.save(update_fields=["before", "content", "changed_at", "by"])
    else:
        row = {"number": last.number + 1, "content": said, "before": last.content, "changed_at": now, "by": staff}
        last = PlayVersion.objects.create(play=play, **row)
    yes = {"took_yes_back": True} if seen.changed(last) else {}
    record(staff, "play.changed", now, play, version=last.number, **yes)
    return last


def _keys(content: Mapping[str, Any]) -> set[str]:
    return {one.key for one in contents.every(contents.read(content).steps)}


@transaction.atomic
def start(
    *,
    play_id: int,
    already_in: AlreadyIn = AlreadyIn(),
    staff: Staff | None,
    now: datetime,
) -> Play:
    """
    Let a drafted measure run, or its changed version take those who enter from now on; repeating changes nothing.

    What was in the archive is taken out of it: nothing runs where lists do not show it.

    :raises InvalidContent: if something that it names is not there, or cannot be said
    :raises NotPossible: if it is over
    :raises NeedsSecondYes: if it may take more than one person decides
    """
    play = locked(play_id)
    if play.status in (Status.STOPPED, Status.DONE):
        raise NotPossible(play.status)
    version = play.versions.order_by("-number")[:1].get()
    if version.from_at is not None:
        return play
    content = contents.read(version.content)
    checking.check(content)
    agreeing.demand(version, content)
    version.segment_id, version.from_at = groups.group_of(content, play=play, staff=staff, now=now), now
    version.save(update_fields=["segment_id", "from_at"])
    if play.status == Status.DRAFT:
        play.status, play.started_at = Status.RUNNING, now
        play.save(update_fields=["status", "started_at"])
    archiving.take_out(play_id=play.pk, staff=staff, now=now)
    upto.note(play.pk, usual_week=triggers.usual_week(version, content, now=now))
    seeded = _seed(play, version, already_in, now=now)
    record(staff, "play.started", now, play, version=version.number, already_in=seeded)
    return play


def _seed(play: Play, version: PlayVersion, already_in: AlreadyIn, *, now: datetime) -> int:
    content = contents.read(version.content)
    trigger = content.trigger
    if isinstance(trigger, Enters) and (already_in.enter or not trigger.later) and version.segment_id:
        ids = groups.members(version.segment_id)
        found = triggers.of_group(ids, start=version.number, weeks=already_in.weeks, now=now)
        return admit.admit(play, version, found, now=now)
    return 0


@transaction.atomic
def pause(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    Hold a measure: nobody enters, nobody moves; clocks run on, and what is too late expires. Repeating changes nothing.

    :raises NotPossible: if it does not run
    """
    return _switch(play_id, Status.RUNNING, Status.PAUSED, "play.paused", staff=staff, now=now)


def resume(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    Let a measure that is held go on; who was held back as too many may enter today. Repeating changes nothing.

    :raises NotPossible: if it is not held
    :raises NeedsAnother: if that is more than one person decides, and no other one wanted it before
    :raises NeedsSecondYes: if it would do something else than a second person agreed to
    """
    with transaction.atomic():
        play = locked(play_id)
        if any(agreeing.differing(play)):
            raise agreeing.NeedsSecondYes(play_id)
        count = play.trouble_detail.get("count", 0) if play.trouble == SURGE else 0
        if may(play, Wanted.Act.RESUME, count, staff=staff, now=now):
            upto.note(play_id, seen=None)  # who wanted to enter meanwhile is looked at now
            if count:
                upto.note(play_id, surge_on=timezone.localdate(now).isoformat(), surge_allowed=count)
            return _switch(play_id, Status.PAUSED, Status.RUNNING, "play.resumed", staff=staff, now=now, surge=count)
    raise agreeing.NeedsAnother(play_id)


@transaction.atomic
def agree_again(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    Agree to what the measure does differently by now; where it was held for that, it goes on.

    :raises OwnChange: if it was oneself who changed it
    :raises NotPossible: if it is over
    """
    play = locked(play_id)
    if play.status not in (Status.RUNNING, Status.PAUSED):
        raise NotPossible(play.status)
    agreeing.agree_again(play_id=play_id, staff=staff, now=now)
    if play.status == Status.PAUSED and play.trouble == NOT_AGREED:
        return resume(play_id=play_id, staff=staff, now=now)
    return play


def may(play: Play, act: str, count: int, *, staff: Staff, now: datetime) -> bool:
    version = reading.running(play)
    return version is None or agreeing.together(play, version, act=act, count=count, staff=staff, now=now)


def _switch(
    play_id: int, before: str, then: str, action: str, *, staff: Staff, now: datetime, **detail: object
) -> Play:
    changed = Play.objects.filter(pk=play_id, kind=Play.Kind.MEASURE, status=before).update(
        status=then, trouble="", trouble_detail={}, failures=0
    )
    play = Play.objects.get(pk=play_id)
    if not changed and play.status != then:
        raise NotPossible(play.status)
    if changed:
        record(staff, action, now, play, **detail)
    if then == Status.PAUSED:
        outreach.pause(origin=play.origin, now=now)
    else:
        outreach.resume(origin=play.origin)
    return play


def stop(*, play_id: int, staff: Staff, now: datetime) -> Play:
    """
    End a measure for good: whoever is in it is out, and what has not left is stopped. Repeating changes nothing.

    :raises NotPossible: if it is a draft, or over by itself
    """
    with transaction.atomic():
        play = locked(play_id)
        if play.status not in (Status.RUNNING, Status.PAUSED, Status.STOPPED):
            raise NotPossible(play.status)
        if play.status != Status.STOPPED:
            play.status, play.finished_at = Status.STOPPED, now
            play.save(update_fields=["status", "finished_at"])
            record(staff, "play.stopped", now, play)
        outreach.pause(origin=play.origin, now=now)
    while closing.close_some(play, walking.Event.STOPPED, now=now):
        pass
    outreach.stop(origin=play.origin, staff=staff, now=now)
    return play


def locked(play_id: int) -> Play:
    return Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)


def record(staff: Staff | None, action: str, at: datetime, play: Play, **detail: object) -> None:
    team.record(staff=staff, action=action, at=at, thing="play", thing_id=play.pk, label=play.name, **detail)
