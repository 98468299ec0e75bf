"""What pages read of measures: how many stand at each step and why, how many are through, what the arms got."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from stammkunde.plays import walking
from stammkunde.plays.models import Enrolment, Play, PlayVersion, StepRun

ON_THE_WAY = "open"  # every state of those who were admitted and are not through


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many are in a measure: waiting for admission, on the way, through, and by how it ended."""

    candidates: int = 0
    open: int = 0
    closed: int = 0
    goals: int = 0  # of those to be contacted; who is left alone reaches it by herself
    treated: int = 0
    held_out: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        return self.treated + self.held_out

    @property
    def goals_alone(self) -> int:
        """Count who reached the goal without being contacted."""
        return self.ends.get("goal", 0) - self.goals


@dataclass(kw_only=True)
class Ended:
    """How many ended so, by the arm they were drawn into; without a code those who are on the way."""

    code: str
    treated: int = 0
    held_out: int = 0
    not_drawn: int = 0


@dataclass(kw_only=True)
class AtStep:
    """How many are at a step, went on, or skipped it and why."""

    here: int = 0
    done: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def measures() -> "QuerySet[Play]":
    return Play.objects.filter(kind=Play.Kind.MEASURE).select_related("created_by")


def measure(pk: int) -> Play | None:
    return measures().filter(pk=pk).first()


def held() -> "QuerySet[Play]":
    """Give the measures that the product holds until a person lets them go on."""
    return measures().filter(status=Play.Status.PAUSED).exclude(trouble="")


def newest(play: Play) -> PlayVersion:
    """Give the version that was written last: a draft, or the one that runs."""
    return play.versions.order_by("-number")[:1].get()


def running(play: Play) -> PlayVersion | None:
    """Give the version that new ones enter; None: it was never started."""
    return play.versions.filter(from_at__isnull=False).order_by("-number").first()


def counts(some: Iterable[Play]) -> dict[int, Counts]:
    """Count who is in measures: two queries, however many there are."""
    ids = [one.pk for one in some]
    rows = Enrolment.objects.filter(play__in=ids).exclude(state="").order_by()
    names = {
        "candidates": Count("pk", filter=Q(state=walking.ADMITTED)),
        "open": Count("pk", filter=Q(closed_at=None) & ~Q(state=walking.ADMITTED)),
        "closed": Count("pk", filter=Q(closed_at__isnull=False)),
        "goals": Count("pk", filter=Q(state=walking.CLOSED, code="goal", arm=Enrolment.Arm.TREATED)),
        "treated": Count("pk", filter=Q(arm=Enrolment.Arm.TREATED)),
        "held_out": Count("pk", filter=Q(arm=Enrolment.Arm.HELD_OUT)),
    }
    numbers: dict[int, Mapping[str, Any]] = {row["play"]: row for row in rows.values("play").annotate(**names)}
    ends: dict[int, dict[str, int]] = defaultdict(dict)
    for play, code, n in rows.filter(state=walking.CLOSED).values_list("play", "code").annotate(n=Count("pk")):
        ends[play][code] = n
    return {pk: Counts(**{name: numbers[pk][name] for name in names if pk in numbers}, ends=ends[pk]) for pk in ids}


def by_arm(play: Play) -> list[Ended]:
    """Tell how many of each arm are on the way, first, and how the others ended; one query."""
    rows = Enrolment.objects.filter(play=play).exclude(state__in=("", walking.ADMITTED)).order_by()
    found = {"": Ended(code="")}
    for state, code, arm, n in rows.values_list("state", "code", "arm").annotate(n=Count("pk")):
        name = code if state == walking.CLOSED else ""
        one = found.setdefault(name, Ended(code=name))
        setattr(one, arm or "not_drawn", getattr(one, arm or "not_drawn") + n)
    return sorted(found.values(), key=lambda one: one.code)


def states(some: Iterable[Play]) -> dict[int, dict[str, int]]:
    """Count the enrolments of measures by their state; one query."""
    found: dict[int, dict[str, int]] = {one.pk: dict.fromkeys(Enrolment.State.values, 0) for one in some}
    rows = Enrolment.objects.filter(play__in=found).exclude(state="").order_by()
    for play, state, n in rows.values_list("play", "state").annotate(n=Count("pk")):
        found[play][state] = n
    return found


def steps(play: Play) -> dict[str, AtStep]:
    """Tell of each step, by its key, how many stand there and what came of it; two queries."""
    found: dict[str, AtStep] = defaultdict(AtStep)
    open_ones = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="").order_by()
    for key, n in open_ones.values_list("at_step").annotate(n=Count("pk")):
        found[key].here = n
    runs = StepRun.objects.filter(enrolment__play=play).order_by()
    for key, state, code, n in runs.values_list("step_key", "state", "code").annotate(n=Count("pk")):
        _count(found[key], state, code, n)
    return found


def _count(one: AtStep, state: str, code: str, n: int) -> None:
    if state == StepRun.State.DONE:
        one.done += n
    elif state == StepRun.State.FAILED:
        one.failed += n
    elif state == StepRun.State.SKIPPED:
        one.skipped[code] += n


def people(play: Play, *, state: str = "", code: str = "", step: str = "", arm: str = "") -> "QuerySet[Enrolment]":
    """Give who is in a measure; those of a state or on the way, of an arm, who ended so, or who stand at a step."""
    rows = Enrolment.objects.filter(play=play).exclude(state="").select_related("customer", "version")
    if state == ON_THE_WAY:
        rows = rows.filter(closed_at=None).exclude(state=walking.ADMITTED)
    elif state:
        rows = rows.filter(state=state)
    rows = rows.filter(arm=arm) if arm else rows
    rows = rows.filter(code=code, state=walking.CLOSED) if code else rows
    return rows.filter(at_step=step, closed_at=None) if step else rows
