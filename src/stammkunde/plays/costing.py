"""What a play cost for whom, and whom it reached: for whoever compares it with what it brought."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
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
    """
    Give what it cost for whom: customer, day, cents.

    Of each act a measure's steps say it, another play's messages do; what it cost as a whole is spread evenly over whom
    it reached.
    """
    rows = _of_steps(play) if play.kind == Play.Kind.MEASURE else _of_messages(play)
    for customer_id, at, cents in rows:
        yield customer_id, timezone.localdate(at), cents
    yield from _fixed(play)


def _fixed(play: Play) -> Iterator[tuple[int, date, int]]:
    """Spread what it cost as a whole, to the cent, each share on the day on which it first reached somebody."""
    if not play.fixed_cost_cents:
        return
    first = _first_reached(play)
    each, left = divmod(play.fixed_cost_cents, len(first)) if first else (0, 0)
    for place, (customer_id, on) in enumerate(sorted(first.items())):
        yield customer_id, on, each + (place < left)


def _first_reached(play: Play) -> dict[int, date]:
    messages = _messages_that_left(play).values_list("customer_id")
    acts = _acts_done(play).values_list("enrolment__customer_id")
    found = (
        *messages.annotate(at=Min(Coalesce("handed_over_at", "planned_at"))),
        *acts.annotate(at=Min(Coalesce("ended_at", "began_at"))),
    )
    first: dict[int, datetime] = {}
    for customer_id, at in found:
        first[customer_id] = min(first.get(customer_id, at), at)
    return {customer_id: timezone.localdate(at) for customer_id, at in first.items()}


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
    """Tell what of its cost nobody wrote down: `post`, unless something was paid as a whole, and `hours`."""
    posted = Message.objects.filter(origin=play.origin, channel__in=ON_PAPER, handed_over_at__isnull=False)
    worked = StepRun.objects.filter(enrolment__play=play, kind="task", state=StepRun.State.DONE, minutes__gt=0)
    said = Message.objects.filter(origin=play.origin, channel=CALL, handed_over_at__isnull=False)
    found = ["post"] if not play.fixed_cost_cents and posted.filter(cost_cents=None).exists() else []
    lacks_hours = worked.filter(cost_cents=0).exists() or said.filter(cost_cents=None).exists()
    return [*found, "hours"] if lacks_hours else found


def reached(play: Play) -> set[int]:
    """Tell which customers anything of it reached: something left, or somebody did what was to be done."""
    found = set(_messages_that_left(play).values_list("customer_id", flat=True).distinct())
    return found | set(_acts_done(play).values_list("enrolment__customer_id", flat=True).distinct())


def _messages_that_left(play: Play) -> "QuerySet[Message]":
    return Message.objects.filter(origin=play.origin, state__in=LEFT).order_by()


def _acts_done(play: Play) -> "QuerySet[StepRun]":
    runs = StepRun.objects.filter(enrolment__play=play, kind__in=ACTS, state=StepRun.State.DONE)
    return runs.filter(enrolment__arm=Enrolment.Arm.TREATED).order_by()
