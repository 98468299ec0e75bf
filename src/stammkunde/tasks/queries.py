"""What is to do, and what was done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from stammkunde.tasks import policy
from stammkunde.tasks.models import Task, TimeSettings
from stammkunde.team import queries as team
from stammkunde.team.models import Staff

OWN = "task"  # written by a person, not suggested
PLANNED_CALL = "planned_call"  # of a campaign: `calls` lists it
AGREED = ":next"  # ends the key of what a call has agreed on: taken up and given back, it is still agreed


def capacity() -> policy.Capacity:
    """Read what the team's hours and settings allow; two queries."""
    hours = [each for each in team.workers().order_by().values_list("hours_per_week", flat=True) if each]
    ours = TimeSettings.of(team.company())
    return policy.Capacity(
        hours_per_week=sum(hours),
        people=len(hours),
        usual_minutes=ours.minutes_per_contact,
        split=ours.time_split,
    )


def due(*, today: date, staff: Staff | None, limit: int) -> list[Task]:
    """Give the open tasks that are due or have no day, most pressing first; of one person, or of everybody."""
    tasks = _open(staff).filter(_awake(today), Q(due_on__isnull=True) | Q(due_on__lte=today), kind=OWN)
    order = ("-is_urgent", F("due_on").asc(nulls_last=True), F("due_time").asc(nulls_last=True), "pk")
    return list(_told(tasks.order_by(*order))[:limit])


def with_open_complaint(customer_ids: Iterable[int]) -> set[int]:
    """Tell which customers have a complaint that nobody has settled; one query."""
    complaints = Task.objects.filter(state=Task.State.OPEN, is_complaint=True, customer__in=set(customer_ids))
    return set(complaints.values_list("customer_id", flat=True))


def planned_calls(*, today: date, staff: Staff | None, limit: int) -> list[Task]:
    """Give the calls of campaigns that are due, the earliest first; of one person, or of everybody."""
    tasks = _open(staff).filter(_awake(today), Q(due_on__isnull=True) | Q(due_on__lte=today), kind=PLANNED_CALL)
    return list(_told(tasks.order_by(F("due_on").asc(nulls_last=True), "pk"))[:limit])


def planned(staff: Staff, *, since: date, limit: int) -> list[Task]:
    """Give someone's open tasks with a day, the earliest first."""
    tasks = _open(staff).filter(due_on__gte=since).order_by("due_on", F("due_time").asc(nulls_first=True), "pk")
    return list(_told(tasks)[:limit])


def awake_again(kinds: Collection[str], *, today: date, staff: Staff | None, limit: int) -> list[Task]:
    """Give the suggestions of some kinds that were put off until today or earlier."""
    tasks = _open(staff).filter(snoozed_until_on__lte=today, kind__in=kinds)
    return list(_told(tasks.order_by("snoozed_until_on", "pk"))[:limit])


def taken_up(keys: Iterable[str], *, today: date) -> set[str]:
    """Tell which suggestions are done with for now: done, dismissed, put off, or a task of somebody's own."""
    suggested = _waiting(today) & ~Q(kind=OWN)
    known = Task.objects.filter(key__in=list(keys)).exclude(suggested).values_list("key", flat=True)
    return {key for key in known if key is not None}


def closed_between(*, begin: datetime, end: datetime, staff: Staff, limit: int) -> list[Task]:
    """Give what someone finished in a span of time, latest first."""
    tasks = Task.objects.filter(finished_by=staff, finished_at__gte=begin, finished_at__lt=end)
    return list(_told(tasks.order_by("-finished_at", "-pk"))[:limit])


def of_customer(customer_id: int, *, limit: int) -> list[Task]:
    return list(_told(Task.objects.filter(customer_id=customer_id).order_by("-created_at", "-pk"))[:limit])


def next_of_customer(customer_id: int, *, today: date) -> Task | None:
    """Give the open task of a customer that comes first."""
    tasks = Task.objects.filter(customer_id=customer_id, state=Task.State.OPEN).filter(_awake(today))
    return _told(tasks.order_by(F("due_on").asc(nulls_last=True), "pk")).first()


def has_planned(customer_id: int, *, today: date, besides: Task | None) -> bool:
    """Tell whether another open task of a customer has its day, today or later."""
    tasks = Task.objects.filter(customer_id=customer_id, state=Task.State.OPEN, due_on__gte=today)
    return (tasks.exclude(pk=besides.pk) if besides else tasks).exists()


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Time spent by somebody on a customer in a week; what nobody said is taken as usual."""

    week_on: date  # its Monday
    staff_id: int | None
    customer_id: int | None
    minutes: int
    assumed: int  # minutes of it that nobody said
    tasks: int


def spent(
    *, begin: datetime, end: datetime, usual: int, staff: Staff | None = None, customer_id: int | None = None
) -> list[Spent]:
    """Give the time that finished tasks took, by week, person and customer; one query."""
    tasks = Task.objects.filter(finished_at__gte=begin, finished_at__lt=end)
    if staff is not None:
        tasks = tasks.filter(finished_by=staff)
    if customer_id is not None:
        tasks = tasks.filter(customer=customer_id)
    unsaid = Q(state=Task.State.DONE, minutes__isnull=True)
    rows = tasks.annotate(week=TruncWeek("finished_at")).values("week", "finished_by", "customer").order_by()
    counted = rows.annotate(said=Sum("minutes", default=0), unsaid=Count("pk", filter=unsaid), tasks=Count("pk"))
    return [
        Spent(
            week_on=row["week"].date(),
            staff_id=row["finished_by"],
            customer_id=row["customer"],
            minutes=row["said"] + row["unsaid"] * usual,
            assumed=row["unsaid"] * usual,
            tasks=row["tasks"],
        )
        for row in counted
    ]


def _open(staff: Staff | None) -> QuerySet[Task]:
    tasks = Task.objects.filter(state=Task.State.OPEN)
    return tasks if staff is None else tasks.filter(owner=staff)


def _told(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.select_related("customer", "customer__owner", "owner", "finished_by", "created_by")


def _awake(today: date) -> Q:
    return Q(snoozed_until_on__isnull=True) | Q(snoozed_until_on__lte=today)


def _waiting(today: date) -> Q:
    """Open and not put off: the suggestion still stands."""
    return Q(state=Task.State.OPEN) & _awake(today)
