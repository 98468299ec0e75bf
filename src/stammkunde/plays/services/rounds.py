"""Writing down a campaign that asks for consent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stammkunde.customers.models import Purpose
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Template
from stammkunde.plays.models import ConsentPlan, Play
from stammkunde.plays.services import preparing
from stammkunde.plays.services.asking import EMAIL
from stammkunde.plays.services.calling import free_name
from stammkunde.team.models import Staff


@dataclass(frozen=True, kw_only=True)
class Question:
    """For what consent is asked, and where people said that they want to be asked."""

    purposes: Sequence[str]
    origin: str


@transaction.atomic
def create_consent_campaign(what: preparing.Campaign, asked: Question, *, staff: Staff, now: datetime) -> Play:
    """Write down a campaign that asks for consent; its words are those of the question, and nobody may add to them."""
    play = preparing.create_campaign(
        replace(what, template=_words(what.name, staff=staff, now=now), holdout_share=0.0), staff=staff, now=now
    )
    ConsentPlan.objects.create(play=play, purposes=list(asked.purposes), origin=asked.origin.strip())
    return play


def _words(name: str, *, staff: Staff, now: datetime) -> Template:
    """Keep a template that stands on no list, with words that nobody reads: the mail's are written when it leaves."""
    template = outreach.create_template(name=free_name(name), channel=EMAIL, purpose=Purpose.SERVICE, by=staff, now=now)
    with translation.override("de"):
        said = _("Question for consent")
    text = Text(subject=said, blocks=(Block(kind="text", text=said),))
    outreach.put_words(template_id=template.pk, language="de", form="sie", text=text, by=staff, now=now)
    outreach.archive(template_id=template.pk, by=staff, now=now)
    return Template.objects.get(pk=template.pk)
