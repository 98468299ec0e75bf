"""Measures for programs: which there are and how many stand where, and who is in one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from stammkunde.plays.measures import reading, told
from stammkunde.plays.models import Enrolment, Play
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight, speaking

MOST = 5000

router = Router(tags=["measures"])
MAY_SEE = NeedsRight(policy.MESSAGES_SEND, gives="")
MAY_TAKE = NeedsRight(policy.MESSAGES_SEND, policy.CUSTOMERS_VIEW, policy.EXPORT, gives="customers")


class MeasureOut(Schema):
    id: int
    name: str
    status: str
    trouble: str = Field(description="Why it is held, as a code; empty: nothing holds it.")
    version: int = Field(description="The version that new ones enter; 0: it was never started.")
    started_at: datetime | None
    states: dict[str, int] = Field(description="How many enrolments are in each state.")
    ends: dict[str, int] = Field(description="How many ended, by how.")
    arms: dict[str, int] = Field(description="How many are contacted, and how many are left alone to compare.")


class EnrolmentOut(Schema):
    id: int
    customer_id: int
    customer_number: str
    cycle: str
    arm: str = Field(description="`treated`, `held_out`; empty: not drawn yet.")
    state: str
    step: str = Field(description="The key of the step at which she stands.")
    says: str = Field(description="What happens now or next, or how it ended, in the language that was asked for.")
    why: str = Field(description="What began it, in that language.")
    code: str = Field(description="How it ended, or why it is put off.")
    entered_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class EnrolmentsOut(Schema):
    enrolments: list[EnrolmentOut]
    next: int | None = Field(description="Give it as `after` for the next page.")


class Which(Schema):
    state: str = ""
    after: int = 0
    limit: int = 1000


@router.get("/measures", auth=MAY_SEE, response=list[MeasureOut])
def measures(request: StaffRequest) -> Any:  # noqa: ARG001 (the right is asked before)
    """List what runs over time, the newest first, with how many are in each state."""
    return list(_measures(list(reading.measures())))


@router.get("/measures/{measure_id}", auth=MAY_SEE, response=MeasureOut)
def measure(request: StaffRequest, measure_id: int) -> Any:  # noqa: ARG001 (as above)
    """Give one of them."""
    return next(_measures([get_object_or_404(reading.measures(), pk=measure_id)]))


@router.get("/measures/{measure_id}/enrolments", auth=MAY_TAKE, response=EnrolmentsOut)
def measure_enrolments(request: StaffRequest, measure_id: int, which: Query[Which]) -> Any:
    """Give who is in one, or was, page by page: where she stands, since when, and why."""
    play = get_object_or_404(reading.measures(), pk=measure_id)
    limit = max(1, min(which.limit, MOST))
    rows = reading.people(play, state=which.state).select_related("play").filter(pk__gt=which.after)
    found = list(rows.order_by("pk")[: limit + 1])
    label: dict[str, Any] = {"thing": "play", "thing_id": play.pk, "label": play.name}
    taking.note(request, rows=len(found[:limit]), now=timezone.now(), **label)
    with speaking(request):
        shown = [_shown(one) for one in told.told(found[:limit])]
    return {"enrolments": shown, "next": found[limit - 1].pk if len(found) > limit else None}


def _measures(some: Iterable[Play]) -> Iterator[dict[str, Any]]:
    plays = list(some)
    counts, states = reading.counts(plays), reading.states(plays)
    for one in plays:
        version, numbers = reading.running(one), counts[one.pk]
        yield {
            "id": one.pk,
            "name": one.name,
            "status": one.status,
            "trouble": one.trouble,
            "version": version.number if version else 0,
            "started_at": one.started_at,
            "states": states[one.pk],
            "ends": numbers.ends,
            "arms": {Enrolment.Arm.TREATED.value: numbers.treated, Enrolment.Arm.HELD_OUT.value: numbers.held_out},
        }


def _shown(one: told.Told) -> dict[str, Any]:
    row = one.enrolment
    return {
        "id": row.pk,
        "customer_id": row.customer_id,
        "customer_number": row.customer.number,
        "cycle": row.cycle,
        "arm": row.arm,
        "state": row.state,
        "step": row.at_step,
        "says": one.ended or " · ".join(part for part in (one.step, one.when) if part),
        "why": one.why,
        "code": row.code,
        "entered_at": row.entered_at,
        "due_at": row.due_at,
        "closed_at": row.closed_at,
    }
