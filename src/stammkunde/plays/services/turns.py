"""Campaigns by phone: who calls whom, in which order, and on which day."""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from stammkunde.calls import policy as calls
from stammkunde.calls import queries as call_queries
from stammkunde.customers import caretakers
from stammkunde.outreach.models import Message
from stammkunde.plays.models import CallPlan, CallTurn, Enrolment, Play
from stammkunde.signals import queries as signals
from stammkunde.tasks.models import TimeSettings
from stammkunde.tasks.policy import LEAST_PER_DAY, MOST_PER_DAY, day_minutes
from stammkunde.team import queries as team
from stammkunde.team.models import Staff

LEFT = (Message.State.PLANNED, Message.State.CLAIMED, Message.State.HANDED_OVER)  # calls that are still to be made
BEGIN = time(8)  # calls of a day stand on the lists from here on
LAST_BEGIN = time(16)  # what is started later begins the next working day


def plan_of(play: Play) -> CallPlan | None:
    return CallPlan.objects.filter(play=play).first()


def guide(play: Play) -> str:
    """Give the guide of a campaign by phone; empty: it is none."""
    plan = plan_of(play) if play.kind == Play.Kind.CAMPAIGN else None
    return plan.guide if plan else ""


@transaction.atomic
def assign(play: Play, *, ways: Collection[int]) -> int:
    """
    Say who calls whom of all that are called, and tell for how many that was new; repeating changes nothing.

    `ways` are the places of the campaign's ways that are calls.
    """
    waiting = Enrolment.objects.filter(play=play, arm=Enrolment.Arm.TREATED, code="", turn=None, way__in=ways)
    return share_out(play, list(waiting.order_by("pk").only("pk", "customer_id", "contact_person_id")))


def lacking(rows: Iterable[Enrolment]) -> list[Enrolment]:
    """Give the enrolments of which nobody has said yet who calls them."""
    by_number = {row.pk: row for row in rows}
    known = set(CallTurn.objects.filter(enrolment__in=by_number).values_list("enrolment_id", flat=True))
    return [row for number, row in by_number.items() if number not in known]


def share_out(play: Play, rows: Collection[Enrolment]) -> int:
    """
    Say who calls enrolments of which nobody has said so, those with most worth first; after all that have a turn.

    Whom somebody chose, or who looks after them, calls; the others are shared out over those who were named.
    """
    plan = plan_of(play)
    if plan is None or not rows:
        return 0
    worth = signals.worth(customer_ids={row.customer_id for row in rows})
    rows = sorted(rows, key=lambda row: (-worth.get(row.customer_id, 0), row.pk))
    own = caretakers.of((row.customer_id, row.contact_person_id) for row in rows)
    known = CallTurn.objects.filter(enrolment__play=play)
    places: Counter[int | None] = Counter(known.values_list("caller_id", flat=True))
    named = list(plan.callers.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    turns = []
    for row in rows:
        caller = own[row.customer_id, row.contact_person_id] or min(named, key=lambda one: places[one], default=None)
        turns.append(CallTurn(enrolment=row, caller_id=caller, place=places[caller]))
        places[caller] += 1
    CallTurn.objects.bulk_create(turns, batch_size=500)
    return len(turns)


def per_day(plan: CallPlan, callers: Iterable[Staff]) -> dict[int | None, int]:
    """Tell how many calls of a day each caller makes: what was wished, within the hours and beside other campaigns."""
    usual = TimeSettings.of(team.company()).minutes_per_contact
    people = list(callers)
    loads = _loads(plan, people)
    found: dict[int | None, int] = {None: plan.calls_per_day}
    for one in people:
        hours = day_minutes(one.hours_per_week) // usual if one.hours_per_week else LEAST_PER_DAY
        found[one.pk] = _share(plan, loads[one.pk], room=min(max(hours, 1), MOST_PER_DAY))
    return found


Load = tuple[int, int]  # of a campaign: the calls that a caller has left, and how many of a day were wished


def _loads(plan: CallPlan, callers: Collection[Staff]) -> dict[int | None, dict[int, Load]]:
    """Count what each caller has left of this campaign, and of those that run beside it."""
    moves = Q(enrolment__play__status=Play.Status.RUNNING) | Q(enrolment__play=plan.play_id)
    is_left = Q(enrolment__message=None) | Q(enrolment__message__state__in=LEFT)
    turns = CallTurn.objects.filter(moves, is_left, caller__in=callers, enrolment__code="")
    counted = turns.values_list("caller", "enrolment__play", "enrolment__play__call_plan__calls_per_day")
    found: dict[int | None, dict[int, Load]] = defaultdict(dict)
    for caller, play, calls_per_day, left in counted.annotate(left=Count("pk")):
        found[caller][play] = (left, calls_per_day)
    return found


def _share(plan: CallPlan, loads: Mapping[int, Load], *, room: int) -> int:
    """Divide a day by what is left to do, where not all that was wished has room in it; one call is the least."""
    wished = sum(min(left, calls_per_day) for left, calls_per_day in loads.values())
    own, _wished = loads.get(plan.play_id, (0, 0))
    if wished > room:
        room = room * own // sum(left for left, _wished in loads.values())
    return max(min(plan.calls_per_day, room), 1)


def moments(play: Play, rows: Collection[Enrolment], *, begins: datetime) -> dict[int, tuple[datetime, int | None]]:
    """Tell when each of some enrolments is called, at the earliest, and by whom; by the enrolment's number."""
    plan = plan_of(play)
    if plan is None:
        return {}
    turns = list(CallTurn.objects.filter(enrolment__in=[row.pk for row in rows]).select_related("caller"))
    rates = per_day(plan, {one.caller for one in turns if one.caller})
    closed = call_queries.closed_days(team.company())
    first = first_day(begins, closed)
    days: dict[int, date] = {}
    found = {}
    for one in turns:
        ahead = one.place // rates.get(one.caller_id, plan.calls_per_day)
        on = days.setdefault(ahead, calls.working_day(first, ahead, closed=closed))
        found[one.pk] = (max(begins, timezone.make_aware(datetime.combine(on, BEGIN))), one.caller_id)
    return found


def first_day(begins: datetime, closed: Container[date]) -> date:
    """Give the first day of calls: that of the beginning, if it is a working day and there is enough left of it."""
    local = timezone.localtime(begins)
    is_early = local.time() < LAST_BEGIN
    is_working = calls.is_working_day(local.date(), closed=closed)
    return local.date() if is_working and is_early else calls.working_day(local.date(), 1, closed=closed)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one caller has of a campaign."""

    caller: Staff | None
    calls: int
    per_day: int
    first_on: date
    last_on: date


def shares(play: Play, *, now: datetime) -> list[Share]:
    """Tell who has how many calls, and until when; those with most first."""
    plan = plan_of(play)
    if plan is None:
        return []
    counted: dict[int | None, int] = defaultdict(int)
    for caller in CallTurn.objects.filter(enrolment__play=play).values_list("caller_id", flat=True):
        counted[caller] += 1
    people = Staff.objects.in_bulk([pk for pk in counted if pk])
    rates, closed = per_day(plan, people.values()), call_queries.closed_days(team.company())
    first = first_day(max(play.starts_at or now, play.started_at or now), closed)
    return [
        Share(
            caller=people.get(pk or 0),
            calls=count,
            per_day=rates.get(pk, plan.calls_per_day),
            first_on=first,
            last_on=calls.working_day(first, (count - 1) // rates.get(pk, plan.calls_per_day), closed=closed),
        )
        for pk, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or 0))
    ]
