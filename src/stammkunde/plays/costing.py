"""What a play cost for whom, and whom it reached: for whoever compares it with what it brought."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from stammkunde.outreach.models import Message
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays.models import Enrolment, Play, StepRun
from stammkunde.store import bulk

LEFT = (Message.State.HANDED_OVER, Message.State.DELIVERED, Message.State.UNKNOWN)
ACTS = ("message", "task")
ON_PAPER = ("letter", "postcard")


@dataclass(frozen=True, kw_only=True, eq=False)
class Costs:
    """What acts cost, an array each: of which customer, on which day (since 1970-01-01), how many cents."""

    customers: np.ndarray
    days: np.ndarray
    cents: np.ndarray


def costs(play: Play) -> Costs:
    """
    Give what it cost for whom.

    Of each act a measure's steps say it, another play's messages do; what it cost as a whole is spread evenly over whom
    it reached.
    """
    rows = _of_steps(play) if play.kind == Play.Kind.MEASURE else _of_messages(play)
    customers, at, cents = _columns(rows, "customer", "at", "cents")
    reached, first_at, shares = _fixed(play)
    return Costs(
        customers=np.concatenate([customers, reached]),
        days=bulk.local_days(np.concatenate([at, first_at])),
        cents=np.concatenate([cents, shares]),
    )


def _columns(rows: "QuerySet[Any, Any]", *names: str) -> list[np.ndarray]:
    return [column.to_numpy().astype(np.int64) for column in bulk.taken(rows, names).columns]


def _fixed(play: Play) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spread what it cost as a whole, to the cent, each share at the moment at which it first reached somebody."""
    if not play.fixed_cost_cents:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    sent = _messages_that_left(play).values_list("customer_id", bulk.Seconds(Coalesce("handed_over_at", "planned_at")))
    done = _acts_done(play).values_list("enrolment__customer_id", bulk.Seconds(Coalesce("ended_at", "began_at")))
    parts = [_columns(rows, "customer", "at") for rows in (sent, done)]
    customers, at = (np.concatenate(column) for column in zip(*parts, strict=True))
    in_order = np.lexsort((at, customers))
    reached, first = np.unique(customers[in_order], return_index=True)
    each, left = divmod(play.fixed_cost_cents, len(reached)) if len(reached) else (0, 0)
    return reached, at[in_order][first], each + (np.arange(len(reached)) < left)


def _of_steps(play: Play) -> "QuerySet[StepRun, tuple[int, int, int]]":
    """A step that was skipped afterwards has cost what it did all the same, if its message had left by then."""
    has_left = Message.objects.filter(key=OuterRef("key"), handed_over_at__isnull=False)
    runs = StepRun.objects.filter(enrolment__play=play, enrolment__arm=Enrolment.Arm.TREATED, cost_cents__gt=0)
    happened = ~Q(state=StepRun.State.SKIPPED) | (~Q(key="") & Exists(has_left))
    at = bulk.Seconds(Coalesce("ended_at", "began_at"))
    return runs.filter(happened).order_by().values_list("enrolment__customer_id", at, "cost_cents")


def _of_messages(play: Play) -> "QuerySet[Message, tuple[int, int, int]]":
    """Whatever became of them: what came back has cost its postage."""
    left = Message.objects.filter(origin=play.origin, handed_over_at__isnull=False, cost_cents__gt=0).order_by()
    return left.values_list("customer_id", bulk.Seconds("handed_over_at"), "cost_cents")


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
