"""Asking many for consent: after a fair, whoever was on the list there; two thirds click on the link."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from stammkunde.customers import links
from stammkunde.customers import services as customers
from stammkunde.demo import outbox
from stammkunde.demo.story import Deed, Story
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play
from stammkunde.plays.services import Campaign, Question
from stammkunde.segments import audience
from stammkunde.segments.queries import Filters

DAYS_BEFORE, VALID_DAYS, CONFIRMED = 90, 14, 0.66
FILTERS, SAYS = Filters(texts=(("region", "Saarland"),)), "Region: Saarland"
WHERE = "Liste am Stand, Gartenmesse Saarbrücken"


def deeds(story: Story) -> Iterator[Deed]:
    """Prepare the question, start it the day after, and let the answers come."""
    chance, begun = story.chance("asking"), list[Play]()
    on = story.working_days(since=story.last - timedelta(days=DAYS_BEFORE))[0]
    yield Deed(at=story.at(on, 11), do=lambda at: begun.append(_prepare(story, at)))
    yield Deed(at=story.at(on + timedelta(days=1), 9), do=lambda at: _start(story, begun[0], chance, at))
    for days in (2, VALID_DAYS + 2):
        yield Deed(at=story.at(on + timedelta(days=days), 10), do=lambda at: outbox.work(at, chance=chance))
    yield Deed(at=story.at(on + timedelta(days=3), 15), do=lambda at: _confirm(begun[0], chance, at))


def _prepare(story: Story, at: datetime) -> Play:
    (marketing,) = story.with_role("marketing")
    what = Campaign(
        name="Gartenmesse: Wer Post möchte",
        template=None,
        audience=audience.stored(FILTERS),
        audience_text=SAYS,
        holdout_share=0.0,
        valid_days=VALID_DAYS,
        starts_at=None,
    )
    asked = Question(purposes=["newsletter", "advertising"], origin=WHERE)
    play = plays.create_consent_campaign(what, asked, staff=marketing, now=at)
    outbox.work(at)
    return play


def _start(story: Story, play: Play, chance: np.random.Generator, at: datetime) -> None:
    (marketing,) = story.with_role("marketing")
    plays.start(play_id=play.pk, starts_at=None, staff=marketing, now=at)
    outbox.work(at, chance=chance)


def _confirm(play: Play, chance: np.random.Generator, at: datetime) -> None:
    proof = {"ip": "203.0.113.0", "user_agent": "Firefox"}
    for optin in play.consent_plan.optins.filter(sent_at__isnull=False).order_by("pk"):
        if chance.random() < CONFIRMED:
            customers.confirm_optin(token=links.optin_token(optin.nonce), now=at, proof=proof)
