"""Writing a campaign by phone down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from django.db import transaction

from stammkunde.calls.models import Guide
from stammkunde.calls.policy import PURPOSES
from stammkunde.outreach import naming
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Template
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays.models import CallPlan, Play
from stammkunde.plays.services import preparing
from stammkunde.team.models import Staff

NAME_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class ByPhone:
    """How a campaign by phone is led: `about` says in a few words what the calls are about."""

    guide: str
    about: str
    callers: Sequence[Staff]
    calls_per_day: int


@transaction.atomic
def create_call_campaign(what: preparing.Campaign, how: ByPhone, *, staff: Staff, now: datetime) -> Play:
    """
    Write a campaign by phone down, with words of its own; what its guide is for says its purpose before the law.

    :raises CountsAsAdvertising: if its words need another purpose than its guide has
    """
    template = words(what.name, how, staff=staff, now=now)
    play = preparing.create_campaign(replace(what, template=template), staff=staff, now=now)
    _lead(play, how)
    return play


@transaction.atomic
def create_mixed_campaign(what: preparing.Campaign, how: ByPhone, *, staff: Staff, now: datetime) -> Play:
    """
    Write a campaign down whose last way is a call, for whoever cannot be reached in writing.

    :raises NothingToSay: if a template has no words
    :raises CountsAsAdvertising: if the words of a way need another purpose
    """
    template = words(what.name, how, staff=staff, now=now)
    otherwise = [*what.otherwise, template]
    play = preparing.create_campaign(replace(what, otherwise=otherwise), staff=staff, now=now)
    _lead(play, how)
    return play


def _lead(play: Play, how: ByPhone) -> None:
    plan = CallPlan.objects.create(play=play, guide=how.guide, calls_per_day=how.calls_per_day)
    plan.callers.set(how.callers)


def words(name: str, how: ByPhone, *, staff: Staff, now: datetime) -> Template:
    """Keep what the calls of one campaign are about; it stands on no list of templates."""
    template = outreach.create_template(
        name=free_name(name), channel=CALL, purpose=PURPOSES[Guide.Kind(how.guide)], by=staff, now=now
    )
    subject, about = naming.stored(name.strip()), naming.stored(how.about.strip())
    text = Text(subject=subject, blocks=(Block(kind="text", text=about or subject),))
    outreach.put_words(template_id=template.pk, language="de", form="sie", text=text, by=staff, now=now)
    outreach.archive(template_id=template.pk, by=staff, now=now)
    return Template.objects.get(pk=template.pk)


def free_name(name: str) -> str:
    """Give a name that no template has, for one that stands on no list."""
    start = f"{name.strip()[: NAME_LENGTH - 8]} #"
    taken = set(Template.objects.filter(name__startswith=start).values_list("name", flat=True))
    return next(one for n in count(1) if (one := f"{start}{n}") not in taken)
