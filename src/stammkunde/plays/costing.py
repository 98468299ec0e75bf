"""What a play cost for whom, and whom it reached: for whoever compares it with what it brought."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models.functions import Coalesce
from django.utils import timezone

from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment, Play, StepRun

LEFT = (Message.State.HANDED_OVER, Message.State.DELIVERED, Message.State.UNKNOWN)
ACTS = ("message", "task")
AT_ONCE = 10_000


def costs(play: Play) -> Iterator[tuple[int, date, int]]:
    """Give what each of its acts cost: customer, day, cents. A measure's steps say it, another play's messages do."""
    rows = _of_steps(play) if play.kind == Play.Kind.MEASURE else _of_messages(play)
    for customer_id, at, cents in rows:
        yield customer_id, timezone.localdate(at), cents


def _of_steps(play: Play) -> Iterator[tuple[int, datetime, int]]:
    runs = StepRun.objects.filter(enrolment__play=play, enrolment__arm=Enrolment.Arm.TREATED, cost_cents__gt=0)
    done = runs.exclude(state=StepRun.State.SKIPPED).order_by()
    rows = done.values_list("enrolment__customer_id", Coalesce("ended_at", "began_at"), "cost_cents")
    yield from rows.iterator(chunk_size=AT_ONCE)


def _of_messages(play: Play) -> Iterator[tuple[int, datetime, int]]:
    left = Message.objects.filter(origin=play.origin, state__in=LEFT, cost_cents__gt=0).order_by()
    rows = left.values_list("customer_id", Coalesce("handed_over_at", "planned_at"), "cost_cents")
    yield from rows.iterator(chunk_size=AT_ONCE)


def reached(play: Play) -> set[int]:
    """Tell which customers anything of it reached: something left, or somebody did what was to be done."""
    messages = Message.objects.filter(origin=play.origin, state__in=LEFT)
    found = set(messages.order_by().values_list("customer_id", flat=True).distinct())
    runs = StepRun.objects.filter(enrolment__play=play, kind__in=ACTS, state=StepRun.State.DONE)
    treated = runs.filter(enrolment__arm=Enrolment.Arm.TREATED)
    return found | set(treated.order_by().values_list("enrolment__customer_id", flat=True).distinct())
