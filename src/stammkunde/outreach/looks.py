"""Five seconds for a colleague (R-A7): asked, shown once, answered; and what it says of words before they are sent."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from stammkunde.customers.models import Purpose
from stammkunde.outreach.content import Text
from stammkunde.outreach.models import Look, MessageSettings, Template
from stammkunde.outreach.services.filling import Style, words
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team import services as team_services
from stammkunde.team.models import Staff

SECONDS = 5
ADVERTISING = frozenset({Purpose.ADVERTISING, Purpose.NEWSLETTER, Purpose.SURVEY})


class NoSuchColleague(Exception):
    """Nobody else may look at it: oneself cannot, nor may somebody who must not write to customers."""


class NotLookedAt(Exception):
    """The company wants a colleague to understand advertising before it leaves, and nobody has yet."""


def colleagues(staff: Staff) -> list[Staff]:
    """Give who may be asked."""
    others = Staff.objects.filter(is_active=True).exclude(pk=staff.pk).order_by("name", "pk")
    return [one for one in others if policy.may(one, policy.ANSWERS_SEND)]


@transaction.atomic
def ask(*, template: Template, style: Style, of: int, by: Staff, now: datetime) -> Look:
    """
    Ask a colleague to look at a version of a template for five seconds; repeating asks nobody twice for the same words.

    :raises NoSuchColleague: if it cannot be this person
    :raises KeyError: if the version has no words
    """
    text = words(template)[style]
    colleague = next((one for one in colleagues(by) if one.pk == of), None)
    if colleague is None:
        raise NoSuchColleague(of)
    found, is_new = Look.objects.get_or_create(
        template=template,
        language=style[0],
        form=style[1],
        words_digest=digest(text),
        asked_of=colleague,
        defaults={"asked_by": by, "asked_at": now, "words": _plain(text)},
    )
    if is_new:
        _record(found, "template.look_asked", by=by, now=now, of=colleague.name)
    return found


def show(*, look: Look, now: datetime) -> Look:
    """Begin the five seconds; they begin once."""
    Look.objects.filter(pk=look.pk, shown_at=None).update(shown_at=now)
    look.refresh_from_db()
    return look


def is_showing(look: Look, *, now: datetime) -> bool:
    """Tell whether the five seconds are running."""
    return look.shown_at is not None and now < look.shown_at + timedelta(seconds=SECONDS)


@transaction.atomic
def answer(*, look: Look, offered: str, to_do: str, is_understood: bool, now: datetime) -> bool:
    """Keep what a colleague understood, and tell whether it was the first time; it stays as it was said first."""
    waits = Look.objects.filter(pk=look.pk, answered_at=None, shown_at__isnull=False)
    said = {"offered": offered[:500], "to_do": to_do[:500], "is_understood": is_understood, "answered_at": now}
    changed = waits.update(**said)
    if changed:
        _record(look, "template.looked_at", by=look.asked_of, now=now, understood=is_understood)
    return bool(changed)


def of_version(template: Template, style: Style) -> QuerySet[Look]:
    """Give who was asked about a version, whatever its words were."""
    found = Look.objects.filter(template=template, language=style[0], form=style[1])
    return found.select_related("asked_by", "asked_of")


def digest(text: Text) -> str:
    """Name words so that the same ones have the same name."""
    return sha256(dumps(_plain(text), sort_keys=True).encode()).hexdigest()


def understood(template: Template) -> Look | None:
    """Give the look at some version's words of today that was understood last; None: there is none."""
    looked = Look.objects.filter(template=template, is_understood=True).select_related("asked_of")
    now = {style: digest(text) for style, text in words(template).items()}
    same = (one for one in looked.order_by("-answered_at") if now.get((one.language, one.form)) == one.words_digest)
    return next(same, None)


def is_wanted(template: Template) -> bool:
    """Tell whether a colleague should look at it: it wants something of customers."""
    return template.purpose in ADVERTISING


def demand(template: Template) -> None:
    """
    Let advertising pass only if a colleague understood it, where the company wants that.

    :raises NotLookedAt: if nobody has
    """
    is_demanded = MessageSettings.of(team.company()).look_first and is_wanted(template)
    if is_demanded and understood(template) is None:
        raise NotLookedAt(template.name)


def open_for(staff_ids: Collection[int] | None) -> QuerySet[Look]:
    """Give what waits for colleagues' eyes; None: for anybody's."""
    waiting = Look.objects.filter(answered_at=None).select_related("template", "asked_by", "asked_of")
    return waiting if staff_ids is None else waiting.filter(asked_of__in=staff_ids)


def _plain(text: Text) -> dict[str, Any]:
    return {"subject": text.subject, "preview": text.preview, "blocks": [asdict(block) for block in text.blocks]}


def _record(look: Look, action: str, *, by: Staff | None, now: datetime, **detail: object) -> None:
    label = look.template.name
    team_services.record(
        staff=by, action=action, at=now, thing="template", thing_id=look.template_id, label=label, **detail
    )
