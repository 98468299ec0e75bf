"""
A second person's yes, wanted where a measure may take more than the settings say.

A start wants it to what somebody else wrote: it is bound to all that this says, to the rules of its groups and to the
words of its templates. Letting a surge go on, or moving many to another version, has to be wanted by two.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from stammkunde.outreach.models import Template
from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content
from stammkunde.plays.measures import costs
from stammkunde.plays.models import MeasureSettings, Play, PlayVersion, Wanted
from stammkunde.plays.services.running import NotPossible
from stammkunde.team import queries as team
from stammkunde.team import services as trail
from stammkunde.team.models import Staff

CONTENT, GROUP, TEMPLATE = "content", "group", "template"  # what a yes is about


class NeedsSecondYes(Exception):
    """Nobody but who wrote it has agreed to this version yet."""


class NeedsAnother(NeedsSecondYes):
    """It is noted that one person wants it; another one has to want it, too."""


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
    return version.agreed_by_id is not None and version.agreed_by_id != version.by_id and not changed(version)


def changed(version: PlayVersion) -> list[str]:
    """Name what is not any more as it was agreed to: `content`, `group:4`, `template:7`."""
    if version.agreed_by_id is None:
        return []
    now = _digests(contents.read(version.content))
    before = version.agreed_to or {CONTENT: ""}  # of a yes that was given before it was bound to anything
    return [name for name, digest in before.items() if now.get(name, digest) != digest]


def _digests(content: Content) -> dict[str, str]:
    templates = {f"{TEMPLATE}:{pk}": _digest(_words(one)) for pk, one in costs.templates(content).items()}
    rules = {f"{GROUP}:{pk}": digest for pk, digest in groups.digests(content).items()}
    return {CONTENT: _digest(contents.write(content)), **rules, **templates}


def _words(template: Template) -> list[Any]:
    texts = template.texts.order_by("language", "form").values_list("language", "form", "subject", "preview", "blocks")
    return [template.channel, template.purpose, *texts]


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def demand(version: PlayVersion, content: Content) -> None:
    """
    Let nothing start that wants a second person's yes and has none.

    :raises NeedsSecondYes: if so
    """
    if is_wanted(content) and not is_there(version):
        raise NeedsSecondYes(version.pk)


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
        since = changed(version)
        version.agreed_by, version.agreed_at = staff, now
        version.agreed_to = _digests(contents.read(version.content))
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
