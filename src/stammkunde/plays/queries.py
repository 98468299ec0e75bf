"""What pages read of plays: how far each is, who was refused and why, what became of the messages."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from stammkunde.outreach.models import Message, Template
from stammkunde.plays.models import ConsentPlan, Enrolment, Play, ShareLink

State = Message.State
LEFT = (State.HANDED_OVER, State.DELIVERED)
WAITING = (State.PLANNED, State.CLAIMED)
CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")  # of a link that is shared


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a play is."""

    enrolled: int = 0  # people
    customers: int = 0  # whose they are
    held_out: int = 0
    asked: int = 0  # of whom the governor has said something
    planned: int = 0
    codes: dict[str, int] = field(default_factory=dict)  # why not, before anything is sent
    states: dict[str, int] = field(default_factory=dict)  # of messages

    @property
    def treated(self) -> int:
        return self.enrolled - self.held_out

    @property
    def refused(self) -> int:
        """Count who will not be written to, by what was said before sending."""
        return sum(count for code, count in self.codes.items() if code and code != "held_out")

    @property
    def reachable(self) -> int:
        return self.treated - self.refused

    @property
    def sent(self) -> int:
        return sum(self.states.get(state, 0) for state in LEFT)


def play(pk: int) -> Play | None:
    return plays().filter(pk=pk).first()


def plays() -> QuerySet[Play]:
    """Give campaigns and thank-yous with whose they are; measures have pages of their own."""
    return Play.objects.exclude(kind=Play.Kind.MEASURE).select_related("template", "created_by")


def progress(some: Iterable[Play]) -> dict[int, Progress]:
    """Tell how far plays are: three queries, however many there are."""
    shown = {one.pk: one for one in some}
    rows = Enrolment.objects.filter(play__in=shown).order_by()
    counts = {
        "enrolled": Count("pk"),
        "customers": Count("pk", filter=Q(place=1)),
        "held_out": Count("pk", filter=Q(arm=Enrolment.Arm.HELD_OUT)),
        "asked": Count("pk", filter=Q(forecast__isnull=False)),
        "planned": Count("pk", filter=Q(planned_at__isnull=False)),
    }
    counted = rows.values("play").annotate(**counts)
    numbers: dict[int, Mapping[str, Any]] = {row["play"]: row for row in counted}
    codes: dict[int, Counter[str]] = {pk: Counter() for pk in shown}
    for pk, code, n in rows.filter(forecast__isnull=False).values_list("play", "code").annotate(n=Count("pk")):
        codes[pk][code] = n
    states: dict[str, Counter[str]] = {one.origin: Counter() for one in shown.values()}
    found = Message.objects.filter(origin__in=states).order_by()
    for origin, state, n in found.values_list("origin", "state").annotate(n=Count("pk")):
        states[origin][state] = n
    return {
        pk: Progress(
            **{name: numbers[pk][name] for name in counts if pk in numbers},
            codes=dict(codes[pk]),
            states=dict(states[one.origin]),
        )
        for pk, one in shown.items()
    }


@dataclass(frozen=True, kw_only=True)
class ByWay:
    """What one way of a play reaches: before it starts by what was foretold, later by what became of its messages."""

    template: Template
    reachable: int
    waiting: int = 0
    sent: int = 0
    others: int = 0  # came back, failed, stopped …
    cost_cents: int | None = None


def by_way(play: Play, templates: Iterable[Template]) -> list[ByWay]:
    """Tell what each way of a play reaches, in their order; a channel stands for one way."""
    open_ones = Enrolment.objects.filter(play=play, arm=Enrolment.Arm.TREATED, code="", forecast__isnull=False)
    reachable = dict(open_ones.order_by().values_list("way").annotate(n=Count("pk")))
    states: dict[str, Counter[str]] = defaultdict(Counter)
    costs: dict[str, int] = {}
    found = Message.objects.filter(origin=play.origin).order_by()
    for channel, state, n, cents in found.values_list("channel", "state").annotate(n=Count("pk"), c=Sum("cost_cents")):
        states[channel][state] = n
        if cents is not None:
            costs[channel] = costs.get(channel, 0) + cents
    return [
        ByWay(
            template=template,
            reachable=reachable.get(place, 0),
            waiting=sum(states[template.channel][state] for state in WAITING),
            sent=sum(states[template.channel][state] for state in LEFT),
            others=sum(n for state, n in states[template.channel].items() if state not in (*WAITING, *LEFT)),
            cost_cents=costs.get(template.channel),
        )
        for place, template in enumerate(templates, start=1)
    ]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What came of asking for consent."""

    plan: ConsentPlan
    asked: int
    confirmed: int


def answers(play: Play) -> Answers | None:
    """Tell what came of a campaign that asks for consent; None: it is none."""
    plan = ConsentPlan.objects.filter(play=play).first()
    if plan is None:
        return None
    confirmed = plan.optins.filter(asked__answer__isnull=False).distinct()
    return Answers(plan=plan, asked=plan.optins.count(), confirmed=confirmed.count())


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A link in a social network, and how often it was opened: in all, and in the last seven days."""

    link: ShareLink
    clicks: int
    lately: int


def shares(play: Play, *, today: date) -> list[Shared]:
    """Give the links of a campaign with their clicks, the most opened first."""
    week = Q(clicks__on__gt=today - timedelta(days=7))
    counted = ShareLink.objects.filter(play=play).annotate(
        total=Coalesce(Sum("clicks__count"), 0), lately=Coalesce(Sum("clicks__count", filter=week), 0)
    )
    return [Shared(link=one, clicks=one.total, lately=one.lately) for one in counted.order_by("-total", "pk")]


def shared(code: str) -> ShareLink | None:
    """Find the link that somebody opens by its code, also one that has ended."""
    if not CODE.fullmatch(code):
        return None
    return ShareLink.objects.select_related("play").filter(code=code).first()


def enrolments(*, play_id: int, code: str | None = None) -> QuerySet[Enrolment]:
    """Give who is in a play; with a code, those who are refused for it."""
    found = Enrolment.objects.filter(play=play_id).select_related(
        "customer", "contact_person", "message", "play__template"
    )
    return found if code is None else found.filter(code=code)
