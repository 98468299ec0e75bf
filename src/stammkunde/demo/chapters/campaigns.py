"""Campaigns with customers who are left alone to compare, and thanks; one of three ways is ready to be started."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stammkunde.demo import outbox
from stammkunde.demo.chapters.office import template
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play
from stammkunde.plays.services import Campaign
from stammkunde.segments import audience
from stammkunde.segments.queries import Filters

HELD_OUT = 0.1
VALID_DAYS = 14
THANKED_DAYS = 6  # before the end somebody began to thank for purchases
SENT_AFTER_DAYS = (0, 1, 8, VALID_DAYS + 1)  # the last time, what found no room expires


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A campaign as somebody plans it: how many days before the end of the story it starts; None: it does not."""

    name: str
    template: str
    filters: Filters
    says: str
    days_before: int | None = None
    otherwise: tuple[str, ...] = ()  # templates of the further ways
    guide: str = ""  # of the calls that come last; empty: none
    spends_on_c: bool = False
    held_out: float = HELD_OUT


PLANS = (
    Plan(
        name="Frühjahrsaktion Hessen",
        template="Neue Angebote",
        filters=Filters(texts=(("region", "Hessen"),)),
        says="Region: Hessen",
        days_before=600,
    ),
    Plan(
        name="Balkonwochen",
        template="Neue Angebote",
        filters=Filters(texts=(("segment", "Balkon & Terrasse"), ("region", "Bayern"))),
        says="Region: Bayern · Segment: Balkon & Terrasse",
        days_before=210,
    ),
    Plan(
        name="Wir vermissen Sie: Berlin",
        template="Rückgewinnung",
        filters=Filters(texts=(("region", "Berlin"),)),
        says="Region: Berlin",
        days_before=75,
    ),
    Plan(
        name="Neues für Gastronomen",
        template="Neue Angebote",
        filters=Filters(texts=(("industry", "Gastronomie"), ("region", "Nordrhein-Westfalen"))),
        says="Branche: Gastronomie · Region: Nordrhein-Westfalen",
        otherwise=("Terminvorschlag",),
        guide="win_back",
    ),
)


def deeds(story: Story) -> Iterator[Deed]:
    """Give the campaigns, each prepared a week before it starts, and the thanks of the last days."""
    for plan in PLANS:
        yield from _campaign(story, plan)
    yield from _thanks(story)


def _campaign(story: Story, plan: Plan) -> Iterator[Deed]:
    chance = story.chance(plan.name)
    starts_on = story.last + timedelta(days=3) if plan.days_before is None else _working(story, plan.days_before)
    begun: list[Play] = []
    yield Deed(at=story.at(starts_on - timedelta(days=7), 11), do=lambda at: begun.append(prepare(story, plan, at)))
    if plan.days_before is None:
        return
    yield Deed(at=story.at(starts_on, 9), do=lambda at: start(story, begun[0], at))
    for days in SENT_AFTER_DAYS:
        on = starts_on + timedelta(days=days)
        yield Deed(at=story.at(on, 10), do=lambda at: outbox.work(at, chance=chance))


def _working(story: Story, days_before: int) -> date:
    on = story.last - timedelta(days=days_before)
    return story.working_days(since=on)[0]


def prepare(story: Story, plan: Plan, at: datetime) -> Play:
    """Write a campaign down and let workers choose its customers; who is left alone is drawn by the story's seed."""
    (marketing,) = story.with_role("marketing")
    what = Campaign(
        name=plan.name,
        template=template(plan.template),
        audience=audience.stored(plan.filters),
        audience_text=plan.says,
        holdout_share=plan.held_out,
        valid_days=VALID_DAYS,
        starts_at=None,
        otherwise=[template(one) for one in plan.otherwise],
        spends_on_c=plan.spends_on_c,
    )
    if plan.guide:
        how = plays.ByPhone(guide=plan.guide, about="", callers=story.with_role("sales"), calls_per_day=5)
        play = plays.create_mixed_campaign(what, how, staff=marketing, now=at)
    else:
        play = plays.create_campaign(what, staff=marketing, now=at)
    salt = f"demo:{story.seed}:{plan.name}"
    outreach.prepare(outreach.Drawing(origin=play.origin, share=plan.held_out, name=play.name, salt=salt), now=at)
    outbox.work(at)
    return play


def start(story: Story, play: Play, at: datetime) -> None:
    (marketing,) = story.with_role("marketing")
    plays.start(play_id=play.pk, starts_at=None, staff=marketing, now=at)
    outbox.work(at)


def _thanks(story: Story) -> Iterator[Deed]:
    """Thank for purchases by e-mail, day by day; on the last day it is paused, so that nothing leaves by itself."""
    (marketing,), chance = story.with_role("marketing"), story.chance("thanks")
    first = story.last - timedelta(days=THANKED_DAYS)
    begun: list[Play] = []

    def begin(at: datetime) -> None:
        words = template("Danke für die Bestellung")
        name, after = "Danke nach dem Einkauf", at.date() - timedelta(days=2)
        begun.append(
            plays.create_thanks(name=name, template=words, delay_days=1, after_on=after, staff=marketing, now=at)
        )

    yield Deed(at=story.at(first, 8), do=begin)
    for days in range(THANKED_DAYS + 1):
        at = story.at(first + timedelta(days=days), 13)
        yield Deed(at=at, do=lambda at: outbox.work(at, chance=chance))
    at = story.at(story.last, 18)
    yield Deed(at=at, do=lambda at: plays.pause(play_id=begun[0].pk, staff=marketing, now=at))
