"""
Preparing a campaign: its customers are chosen once and for good, and some are left alone; `ways` asks the governor.

Nothing is sent by any of this. Repeating is harmless, and so is being killed: what is missing is done the next time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from stammkunde.customers.models import Channel
from stammkunde.customers.policy import Chosen
from stammkunde.outreach import channels
from stammkunde.outreach import recipients as reached
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Template
from stammkunde.outreach.services import Plan
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import drawing, policy
from stammkunde.plays.models import Enrolment, Play, Way
from stammkunde.plays.services import asking, turns
from stammkunde.signals import queries as signals
from stammkunde.team import services as team
from stammkunde.team.models import Staff
from stammkunde.work import Lease

AT_ONCE = 500


class NothingToSay(Exception):
    """The template has no words yet; write some first."""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """
    What a campaign is; none of it has a default that is true.

    Args:
        name: how people call it, and `template` what it says.
        audience: the filters that choose its customers, and `audience_text` the same in words.
        holdout_share: how many of them are left alone, 0..1.
        valid_days: for how long after its start it may still be sent.
        starts_at: when it starts by itself; None: when somebody starts it.
        wanted_role, to_several: whom at a company it is for; None: as the template says.
        otherwise: what is said by other ways to whoever cannot be reached by those before, in this order.
        spends_on_c: whether C customers get letters and calls, too.
    """

    name: str
    template: Template | None  # None: it gets words of its own
    audience: dict[str, Any]
    audience_text: str
    holdout_share: float
    valid_days: int
    starts_at: datetime | None
    wanted_role: str | None = None
    to_several: bool | None = None
    otherwise: Sequence[Template] = ()
    spends_on_c: bool = False


@transaction.atomic
def create_campaign(what: Campaign, *, staff: Staff, now: datetime) -> Play:
    """
    Write a campaign down; workers choose its customers and ask who would be refused. Nothing is sent before it starts.

    :raises NothingToSay: if the template has no words
    :raises CountsAsAdvertising: if its words advertise under a purpose that needs no consent
    """
    if what.template is None:
        raise NothingToSay(what.name)
    for template in (what.template, *what.otherwise):
        check_words(template)
    play = _write(what, what.template, staff=staff, now=now)
    team.record(staff=staff, action="play.created", at=now, thing="play", thing_id=play.pk, label=play.name)
    return play


def _write(what: Campaign, template: Template, *, staff: Staff, now: datetime) -> Play:
    play = Play.objects.create(
        kind=Play.Kind.CAMPAIGN,
        name=what.name.strip(),
        template=template,
        status=Play.Status.PREPARING,
        audience=what.audience,
        audience_text=what.audience_text[:500],
        holdout_share=what.holdout_share,
        valid_days=what.valid_days,
        starts_at=what.starts_at,
        wanted_role=what.wanted_role,
        to_several=what.to_several,
        spends_on_c=what.spends_on_c,
        created_by=staff,
        created_at=now,
    )
    Way.objects.bulk_create(
        Way(play=play, place=place, template=other) for place, other in enumerate(what.otherwise, start=2)
    )
    return play


def check_words(template: Template) -> None:
    """
    Look whether there is something to say, and whether it is what it is called.

    :raises NothingToSay: if the template has no words
    :raises CountsAsAdvertising: if its words advertise under a purpose that needs no consent
    """
    if not template.texts.exists():
        raise NothingToSay(template.name)
    check_purpose(template)


def check_purpose(template: Template) -> None:
    """
    Look whether a template says no more than its purpose allows.

    :raises CountsAsAdvertising: if its words advertise under a purpose that needs no consent
    """
    texts = outreach.words(template).values()
    outreach.refuse_disguised(texts, purpose=template.purpose, argued=outreach.argued(template))


@transaction.atomic
def choose(*, play: Play, customer_ids: Collection[int], lease: Lease, now: datetime) -> int:
    """
    Enrol customers, draw who is left alone, and tell how many were new; repeating changes nothing.

    :raises LostLease: if the campaign was stopped, or another worker goes on with it
    """
    before = set(Enrolment.objects.filter(play=play, customer__in=customer_ids).values_list("customer_id", flat=True))
    people = recipients(play, [one for one in customer_ids if one not in before], now=now)
    held_out = _held_out(play, people, now=now)
    rows = [
        Enrolment(
            arm=Enrolment.Arm.HELD_OUT if customer in held_out else Enrolment.Arm.TREATED,
            **enrolled(play, customer, "1", place, one, now=now),
        )
        for customer, chosen in sorted(people.items())
        for place, one in enumerate(chosen, start=1)
    ]
    Enrolment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    if people:
        lease.advance()
    else:
        lease.save()  # a worker that gets no further than the last one did is counted
    return len(people)


def enrolled(play: Play, customer_id: int, cycle: str, place: int, chosen: Chosen, *, now: datetime) -> dict[str, Any]:
    """Give what is written down of somebody who is chosen, and why it is she."""
    return {
        "play": play,
        "customer_id": customer_id,
        "contact_person_id": chosen.person_id,
        "cycle": cycle,
        "place": place,
        "why": {"role": chosen.role, "reason": chosen.reason},
        "entered_at": now,
    }


def plan(
    play: Play, rows: Sequence[Enrolment], template: Template, *, now: datetime
) -> tuple[list[tuple[Enrolment, Plan]], dict[int, dict[str, Any]]]:
    """Write the messages of enrolments; and say for whom a template lacks what, by the enrolment's number."""
    if not rows:
        return [], {}
    if asking.plan_of(play):
        return asking.foresee(play, rows, now=now)
    written = outreach.contents(
        template=template,
        recipients={(row.customer_id, row.contact_person_id) for row in rows},
        today=timezone.localdate(now),
    )
    importance = signals.worth(customer_ids={row.customer_id for row in rows})
    begins = max(play.starts_at or now, now)
    guide = turns.guide(play) if template.channel == CALL else ""
    moments = turns.moments(play, rows, begins=begins) if guide else {}
    plans, lacking = [], {}
    for row in rows:
        said = written[row.customer_id, row.contact_person_id]
        if said.content is None:
            lacking[row.pk] = {"outcome": "refused", "code": policy.MISSING, "fields": list(said.missing)}
            continue
        at, caller = moments.get(row.pk, (begins, None))
        content = {**said.content, "guide": guide, "caller": caller} if guide else said.content
        filled = replace(said, content=content)
        plans.append((row, _plan(play, row, template, filled, at, importance.get(row.customer_id, 0))))
    return plans, lacking


def _plan(
    play: Play, row: Enrolment, template: Template, said: outreach.Filled, begins: datetime, importance_cents: int
) -> Plan:
    channel = template.channel
    return Plan(
        customer_id=row.customer_id,
        contact_person_id=row.contact_person_id,
        channel=channel,
        purpose=template.purpose,
        key=policy.key(play_id=play.pk, customer_id=row.customer_id, cycle=row.cycle, place=row.place, channel=channel),
        origin=play.origin,
        content=said.content or {},
        language=said.language,
        importance_cents=importance_cents,
        not_before_at=begins,
        latest_at=begins + timedelta(days=play.valid_days),
        keeps_refusal=False,
    )


def ways_of(play: Play) -> list[Template]:
    """Give the ways of a play, as templates, in the order in which they are tried."""
    return [play.says, *(one.template for one in play.ways.select_related("template"))]


def recipients(
    play: Play, customer_ids: Collection[int], *, now: datetime, template: Template | None = None
) -> dict[int, tuple[Chosen, ...]]:
    """
    Choose for each customer who is reached: by the campaign's own words, or else by those of the template.

    Without a template by the first way.
    """
    if plan := asking.plan_of(play):
        return asking.recipients(plan, customer_ids, today=timezone.localdate(now))
    template = template or play.says
    whom = reached.wanted(
        purpose=template.purpose,
        role=template.wanted_role if play.wanted_role is None else play.wanted_role,
        to_several=template.to_several if play.to_several is None else play.to_several,
    )
    return reached.choose(customer_ids=customer_ids, channel=template.channel, whom=whom, today=timezone.localdate(now))


def _held_out(play: Play, customer_ids: Collection[int], *, now: datetime) -> set[int]:
    on_paper = any(channels.get(one.channel).reaches == Channel.POST for one in ways_of(play))
    return drawing.draw(drawing.of_play(play), customer_ids, now=now, begins=False, on_paper=on_paper)
