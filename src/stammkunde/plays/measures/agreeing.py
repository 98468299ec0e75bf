"""
A second person's yes, wanted where a measure may take more than the settings say.

A start wants it to what somebody else wrote: it is bound to all that customers get by it (`seen`). Where that changes
while the measure runs, nothing happens until somebody agrees again who has not changed it. Letting a surge go on, or
moving many to another version, has to be wanted by two.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stammkunde.plays import contents
from stammkunde.plays.contents import Content
from stammkunde.plays.measures import costs, reading, seen
from stammkunde.plays.models import Enrolment, MeasureSettings, Play, PlayVersion, Wanted
from stammkunde.plays.services.running import NotPossible
from stammkunde.team import queries as team
from stammkunde.team import services as trail
from stammkunde.team.models import Staff


class NeedsSecondYes(Exception):
    """Nobody but who wrote it has agreed to this version yet."""


class NeedsAnother(NeedsSecondYes):
    """It is noted that one person wants it; another one has to want it, too."""


class OwnChange(Exception):
    """Whoever has changed what was agreed to cannot agree to it again."""


class Differs(Exception):
    """What a measure would do now is not what the second person agreed to."""

    def __init__(self, version: PlayVersion) -> None:
        super().__init__(version.pk)
        self.play_id = version.play_id


def is_wanted(content: Content) -> bool:
    """Tell whether a content may take more than one person decides; without a limit of its own it may take any."""
    limits = content.limits
    return _is_over(limits.entries, limits.budget_cents)


def _is_over(entries: int | None, cents: int | None) -> bool:
    """Tell whether so many, or so much, are more than one person decides; None: any number."""
    ours = MeasureSettings.of(team.company())
    most = ((ours.second_entries, entries), (ours.second_cents, cents))
    return any(most is not None and (n is None or n > most) for most, n in most)


def is_there(version: PlayVersion) -> bool:
    """Tell whether somebody else agreed to a version as it is now."""
    return version.agreed_by_id is not None and version.agreed_by_id != version.by_id and not seen.changed(version)


def demand(version: PlayVersion, content: Content) -> None:
    """
    Let nothing start that wants a second person's yes and has none.

    :raises NeedsSecondYes: if so
    """
    if is_wanted(content) and not is_there(version):
        raise NeedsSecondYes(version.pk)


def differs(version: PlayVersion) -> list[str]:
    """Name what is not as it was agreed to, where that counts: while the settings want a second yes to it."""
    if version.agreed_by_id is None or not is_wanted(contents.read(version.content)):
        return []
    return seen.changed(version)


def demand_same(version: PlayVersion) -> None:
    """
    Let nothing happen that the second person did not see.

    :raises Differs: if something would
    """
    if differs(version):
        raise Differs(version)


def differing(play: Play) -> Iterator[tuple[PlayVersion, list[str]]]:
    """Give the versions by which a measure runs, or somebody is still in it, that are not as they were agreed to."""
    running = reading.running(play)
    inside = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="").values("version")
    rows = play.versions.filter(Q(pk=running.pk if running else 0) | Q(pk__in=inside), agreed_by__isnull=False)
    for version in rows.select_related("agreed_by"):
        if names := differs(version):
            yield version, names


@transaction.atomic
def agree_again(*, play_id: int, staff: Staff, now: datetime) -> None:
    """
    Say yes to what a measure that runs, or is held, does differently by now; repeating changes nothing.

    :raises OwnChange: if it was oneself who changed that
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)
    for version, names in list(differing(play)):
        if is_own(version, names, staff):
            raise OwnChange(version.pk)
        version.agreed_by, version.agreed_at = staff, now
        version.agreed_to = seen.digests(contents.read(version.content))
        version.save(update_fields=["agreed_by", "agreed_at", "agreed_to"])
        _record(play, "play.agreed", staff, now, version=version.number, changed=names)


def is_own(version: PlayVersion, names: list[str], staff: Staff) -> bool:
    """Tell whether somebody has changed it herself; where the trail does not say who, whether she wrote the version."""
    return staff.pk in (seen.changed_by(version, names) or {version.by_id or 0})


@transaction.atomic
def agree(*, play_id: int, staff: Staff, now: datetime) -> PlayVersion:
    """
    Say yes to the draft that somebody else wrote; repeating changes nothing, unless it has changed since.

    :raises NotPossible: if there is no draft, or it is one's own
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)
    version = play.versions.order_by("-number")[:1].get()
    if version.from_at is not None or version.by_id == staff.pk:
        raise NotPossible(play.status)
    if not is_there(version):
        since = seen.changed(version)
        version.agreed_by, version.agreed_at = staff, now
        version.agreed_to = seen.digests(contents.read(version.content))
        version.save(update_fields=["agreed_by", "agreed_at", "agreed_to"])
        _record(play, "play.agreed", staff, now, version=version.number, changed=since)
    return version


def together(play: Play, version: PlayVersion, *, act: str, count: int, staff: Staff, now: datetime) -> bool:
    """
    Tell whether so many may be taken by an act: few enough for one person, or another one wanted it before.

    Otherwise it is noted who wants it; more customers, or another version, want two anew.
    """
    cents = count * costs.expected(contents.read(version.content), on=timezone.localdate(now))
    before = Wanted.objects.filter(play=play, act=act).first()
    fits = before and before.staff_id != staff.pk and before.version == version.number and before.count >= count
    if before and (fits or not _is_over(count, cents)):
        before.delete()
    if fits or not _is_over(count, cents):
        return True
    said = {"version": version.number, "count": count, "staff": staff, "at": now}
    Wanted.objects.update_or_create(play=play, act=act, defaults=said)
    _record(play, "play.wanted", staff, now, act=act, version=version.number, customers=count)
    return False


def _record(play: Play, action: str, staff: Staff, now: datetime, **detail: object) -> None:
    trail.record(staff=staff, action=action, at=now, thing="play", thing_id=play.pk, label=play.name, **detail)
