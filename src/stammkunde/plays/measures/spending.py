"""How much of its limits a measure has used up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from stammkunde.plays import contents, entering, walking
from stammkunde.plays.contents import Content
from stammkunde.plays.measures import costs
from stammkunde.plays.models import Enrolment, Play, PlayVersion, StepRun


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much of a measure's budget is spent, or reserved for those on the way."""

    play: Play
    cents: int
    used_cents: int

    @property
    def is_used_up(self) -> bool:
        return self.used_cents >= self.cents


def spent(play: Play, **of: Any) -> int:
    """Give what its steps have cost, or will for what is under way, in cents; what was skipped costs nothing."""
    runs = StepRun.objects.filter(enrolment__play=play, **of).exclude(state=StepRun.State.SKIPPED)
    return runs.aggregate(cents=Sum("cost_cents"))["cents"] or 0


def used(play: Play, *, each_cents: float, now: datetime) -> entering.Used:
    """Tell what is used up; of those who are on the way their expected cost is reserved, whatever their arm."""
    drawn = Enrolment.objects.filter(play=play, zero_at__isnull=False)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = drawn.aggregate(entries=Count("pk"), of_today=Count("pk", filter=Q(zero_at__gte=today)))
    return entering.Used(
        entries=counted["entries"],
        of_today=counted["of_today"],
        spent_cents=spent(play),
        reserved_cents=_reserved(play, each_cents=each_cents),
    )


def _reserved(play: Play, *, each_cents: float) -> int:
    """Give what those on the way are still expected to cost, besides what they have."""
    on_the_way = Enrolment.objects.filter(play=play, zero_at__isnull=False).exclude(state=walking.CLOSED).count()
    return max(int(on_the_way * each_cents) - spent(play, enrolment__closed_at=None), 0)


def each(content: Content, *, on: date) -> float:
    """Give what each who enters is expected to cost in cents, whatever her arm."""
    return costs.expected(content, on=on) * (1 - content.holdout.share)


def running_out(*, on: date) -> list[Budget]:
    """Give the budgets that are nearly used up, of the measures that run."""
    limited = PlayVersion.objects.filter(from_at__isnull=False, content__limits__budget_cents__isnull=False)
    plays = Play.objects.filter(pk__in=limited.values("play"), status=Play.Status.RUNNING, kind=Play.Kind.MEASURE)
    return list(_running_out(plays.order_by("pk"), on=on))


def _running_out(plays: Iterable[Play], *, on: date) -> Iterable[Budget]:
    for play in plays:
        version = play.versions.filter(from_at__isnull=False).order_by("-number")[:1].get()
        found = budget(play, contents.read(version.content), on=on)
        if found:
            yield found


def budget(play: Play, content: Content, *, on: date) -> Budget | None:
    """Tell of a measure's budget where it is nearly used up."""
    most = content.limits.budget_cents
    if most is None:
        return None
    so_far = spent(play) + _reserved(play, each_cents=each(content, on=on))
    return Budget(play=play, cents=most, used_cents=so_far) if entering.warns(content.limits, so_far) else None
