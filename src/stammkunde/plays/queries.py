"""What pages read of plays: how far each is, who was refused and why, what became of the messages."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment, Play

State = Message.State
LEFT = (State.HANDED_OVER, State.DELIVERED)


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
    return Play.objects.select_related("template", "created_by").filter(pk=pk).first()


def plays() -> QuerySet[Play]:
    """Give the plays with whose they are."""
    return Play.objects.select_related("template", "created_by")


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


def enrolments(*, play_id: int, code: str | None = None) -> QuerySet[Enrolment]:
    """Give who is in a play; with a code, those who are refused for it."""
    found = Enrolment.objects.filter(play=play_id).select_related(
        "customer", "contact_person", "message", "play__template"
    )
    return found if code is None else found.filter(code=code)
