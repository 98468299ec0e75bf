"""What a play cost for whom, and whom it reached: for whoever compares it with what it brought."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from stammkunde.outreach.models import Message
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays.models import Enrolment, Play, StepRun

LEFT = (Message.State.HANDED_OVER, Message.State.DELIVERED, Message.State.UNKNOWN)
ACTS = ("message", "task")
ON_PAPER = ("letter", "postcard")
AT_ONCE = 10_000


def costs(play: Play) -> Iterator[tuple[int, date, int]]:
    """Give what each of its acts cost: customer, day, cents. A measure's steps say it, another play's messages do."""
    rows = _of_steps(play) if play.kind == Play.Kind.MEASURE else _of_messages(play)
    for customer_id, at, cents in rows:
        yield customer_id, timezone.localdate(at), cents


def _of_steps(play: Play) -> Iterator[tuple[int, datetime, int]]:
    """A step that was skipped afterwards has cost what it did all the same, if its message had left by then."""
    has_left = Message.objects.filter(key=OuterRef("key"), handed_over_at__isnull=False)
    runs = StepRun.objects.filter(enrolment__play=play, enrolment__arm=Enrolment.Arm.TREATED, cost_cents__gt=0)
    happened = ~Q(state=StepRun.State.SKIPPED) | (~Q(key="") & Exists(has_left))
    rows = runs.filter(happened).order_by()
    named = rows.values_list("enrolment__customer_id", Coalesce("ended_at", "began_at"), "cost_cents")
    yield from named.iterator(chunk_size=AT_ONCE)


def _of_messages(play: Play) -> Iterator[tuple[int, datetime, int]]:
    """Whatever became of them: what came back has cost its postage."""
    left = Message.objects.filter(origin=play.origin, handed_over_at__isnull=False, cost_cents__gt=0).order_by()
    rows = left.values_list("customer_id", "handed_over_at", "cost_cents")
    for customer_id, at, cents in rows.iterator(chunk_size=AT_ONCE):
        if at and cents:
            yield customer_id, at, cents


def unknown(play: Play) -> list[str]:
    """Tell what of its cost nobody wrote down, and counts as nothing: `post` and `hours`."""
    posted = Message.objects.filter(origin=play.origin, channel__in=ON_PAPER, handed_over_at__isnull=False)
    worked = StepRun.objects.filter(enrolment__play=play, kind="task", state=StepRun.State.DONE, minutes__gt=0)
    said = Message.objects.filter(origin=play.origin, channel=CALL, handed_over_at__isnull=False)
    found = ["post"] if posted.filter(cost_cents=None).exists() else []
    lacks_hours = worked.filter(cost_cents=0).exists() or said.filter(cost_cents=None).exists()
    return [*found, "hours"] if lacks_hours else found


def reached(play: Play) -> set[int]:
    """Tell which customers anything of it reached: something left, or somebody did what was to be done."""
    messages = Message.objects.filter(origin=play.origin, state__in=LEFT)
    found = set(messages.order_by().values_list("customer_id", flat=True).distinct())
    runs = StepRun.objects.filter(enrolment__play=play, kind__in=ACTS, state=StepRun.State.DONE)
    treated = runs.filter(enrolment__arm=Enrolment.Arm.TREATED)
    return found | set(treated.order_by().values_list("enrolment__customer_id", flat=True).distinct())
