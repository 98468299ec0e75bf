"""
What changes tasks.

A suggestion of the work list is derived anew every time. It becomes a row here once somebody acts on it, found by its
key, so that it does not come back; acting twice is harmless.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.store import touched
from stammkunde.tasks import facts, policy
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import OWN, PLANNED_CALL
from stammkunde.team import services as team
from stammkunde.team.models import AuditEntry, Staff

HANDED_OVER = "task.handed_over"
UNFINISHED: dict[str, Any] = {
    "finished_at": None,
    "finished_on": None,
    "finished_by": None,
    "finished_role": "",
    "snoozed_until_on": None,
    "minutes": None,
}


class NotYetDue(Exception):
    """A task can be put off to a later day only."""


class TaskClosed(Exception):
    """The task is done or dismissed; reopen it first."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Something worth doing, derived from facts: the same cycle gives the same key."""

    kind: str
    customer_id: int | None
    cycle: str
    title: str
    subject: int | None = None  # whom or what it is about, where that is not the customer
    owner_id: int | None = None

    @property
    def key(self) -> str:
        return policy.key(kind=self.kind, subject=self.subject or self.customer_id, cycle=self.cycle)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is to be done; a complaint holds advertising back while it is open."""

    title: str
    note: str = ""
    is_complaint: bool = False


@dataclass(frozen=True, kw_only=True)
class Due:
    """When something is to be done, and whether it comes before everything else."""

    on: date
    at: time | None = None
    is_urgent: bool = False


@transaction.atomic
def add(
    what: Content,
    *,
    now: datetime,
    staff: Staff,
    customer: Customer | None = None,
    owner: Staff | None = None,
    due_on: date | None = None,
) -> Task:
    """Write down something to do; without an owner it is the writer's own."""
    task = Task.objects.create(
        title=what.title.strip(),
        note=what.note.strip(),
        customer=customer,
        owner=owner or staff,
        due_on=due_on,
        is_complaint=what.is_complaint,
        created_at=now,
        created_by=staff,
    )
    _complained(task)
    _record(staff, "task.created", now, task)
    return task


@transaction.atomic
def take_up(suggestion: Suggestion, *, now: datetime, staff: Staff) -> Task:
    """Turn a suggestion into a task; repeating gives the same task."""
    task, _created = Task.objects.get_or_create(
        key=suggestion.key,
        defaults={
            "kind": suggestion.kind,
            "customer_id": suggestion.customer_id,
            "title": suggestion.title[:200],
            "owner_id": suggestion.owner_id or staff.pk,
            "created_at": now,
            "created_by": staff,
        },
    )
    return task


@transaction.atomic
def plan(
    what: Content,
    *,
    key: str,
    customer_id: int | None,
    owner_id: int | None,
    due: Due,
    now: datetime,
    kind: str = OWN,
) -> Task:
    """Put something on somebody's list that no person asked for; repeating with the same key gives the same task."""
    task, created = Task.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "title": what.title[:200],
            "note": what.note[: policy.LONGEST_NOTE],
            "customer_id": customer_id,
            "owner_id": owner_id,
            "due_on": due.on,
            "due_time": due.at,
            "is_urgent": due.is_urgent,
            "is_complaint": what.is_complaint,
            "created_at": now,
        },
    )
    if created:
        _complained(task)
    return task


def follow(task: Task, *, on: date, now: datetime, staff: Staff) -> Task:
    """Plan to look again at what a task was about, on the list of who did it; repeating gives the same task."""
    return plan(
        Content(title=task.title),
        key=_following(task.pk),
        customer_id=task.customer_id,
        owner_id=staff.pk,
        due=Due(on=on),
        now=now,
    )


def _following(task_id: int) -> str:
    return policy.key(kind="then", subject=task_id, cycle="next")


@transaction.atomic
def hand_over(*, task_id: int, owner: Staff, now: datetime, staff: Staff) -> Task:
    """
    Give an open task to somebody; a suggestion becomes a task of theirs. Repeating changes nothing.

    :raises TaskClosed: if the task is done or dismissed
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("owner").get(pk=task_id)
    if task.state != Task.State.OPEN:
        raise TaskClosed(task.title)
    before = task.owner
    if before != owner or task.kind not in (OWN, PLANNED_CALL):
        task.owner, task.kind = owner, task.kind if task.kind == PLANNED_CALL else OWN
        task.save(update_fields=["owner", "kind"])
        if before != owner:
            _record_handover(task, before, now=now, staff=staff)
    return task


def go_along(
    *, customers: Mapping[int, int | None], owner: Staff, now: datetime, staff: Staff | None, because: str = ""
) -> None:
    """
    Let open tasks go to whoever looks after the customers now, inside the caller's transaction.

    Those of whoever did so before (`customers`: id → their id), and those of nobody; what somebody else has to do
    stays with them. `because` names what may be undone (`come_back`).
    """
    open_ones = Task.objects.filter(customer__in=customers, state=Task.State.OPEN).exclude(owner=owner)
    for task in open_ones.select_for_update(of=("self",)).select_related("owner").order_by("pk"):
        if task.owner_id in (None, customers[task.customer_id or 0]):
            _hand(task, owner, now=now, staff=staff, because=because)


def come_back(*, customers: Mapping[int, tuple[int | None, int | None]], now: datetime, because: str) -> None:
    """
    Give back the open tasks that went along because of something that is undone; what went on since stays there.

    What came up since for whoever looked after the customers meanwhile, written by no person and given to them by
    nobody, goes to whoever does so again.
    """
    tasks = Task.objects.filter(customer__in=customers, state=Task.State.OPEN)
    went = AuditEntry.objects.filter(
        thing="task", thing_id__in=tasks.values("pk"), action=HANDED_OVER, detail__because=because
    )
    ids = {entry.thing_id or 0: entry.detail["owner_ids"] for entry in went.order_by("pk")}
    former = Staff.objects.in_bulk({before for before, _after in ids.values() if before})
    for task in tasks.filter(pk__in=ids).select_for_update(of=("self",)).select_related("owner"):
        before, after = ids[task.pk]
        if task.owner_id == after:
            _hand(task, former.get(before), now=now, staff=None, because=f"undone:{because}")
    _follow_the_owner(customers, now=now, because=because)


def _follow_the_owner(customers: Mapping[int, tuple[int | None, int | None]], *, now: datetime, because: str) -> None:
    since = _changed_at(customers, because=because)
    by_hand = AuditEntry.objects.filter(thing="task", action=HANDED_OVER, thing_id__isnull=False)
    open_ones = Task.objects.filter(customer__in=since, state=Task.State.OPEN, created_by=None, key__isnull=False)
    owners = Staff.objects.in_bulk({again for _until, again in customers.values() if again})
    made = open_ones.exclude(pk__in=by_hand.values("thing_id")).select_related("owner").order_by("pk")
    for task in made.select_for_update(of=("self",)):
        until, again = customers[task.customer_id or 0]
        if again and task.owner_id == until and task.created_at >= since[task.customer_id or 0]:
            _hand(task, owners[again], now=now, staff=None, because=f"undone:{because}")


def _changed_at(customers: Collection[int], *, because: str) -> dict[int, datetime]:
    """Say when customers got another owner because of something: its first entry, as undoing writes one, too."""
    told = AuditEntry.objects.filter(
        thing="customer", thing_id__in=customers, action="customer.changed", detail__because=because
    )
    return {entry.thing_id or 0: entry.at for entry in told.order_by("-pk")}


def _hand(task: Task, owner: Staff | None, *, now: datetime, staff: Staff | None, because: str) -> None:
    before, task.owner = task.owner, owner
    task.save(update_fields=["owner"])
    _record_handover(task, before, now=now, staff=staff, because=because)


def _record_handover(
    task: Task, before: Staff | None, *, now: datetime, staff: Staff | None, because: str = ""
) -> None:
    names = [one.name if one else "" for one in (before, task.owner)]
    undone_by = {"because": because, "owner_ids": [before and before.pk, task.owner_id]} if because else {}
    _record(staff, HANDED_OVER, now, task, owner=names, **undone_by)


def drop_planned(task_id: int) -> None:
    """Delete what `plan` put on a list, unless somebody acted on it since; inside the caller's transaction."""
    _drop(Task.objects.filter(pk=task_id))


def withdraw(*, keys: Collection[str]) -> int:
    """Take tasks that nobody wrote off the lists, also snoozed ones, as what they were for is over; tell how many."""
    gone, _each = Task.objects.filter(key__in=keys, state=Task.State.OPEN, created_by=None).delete()
    return gone


def _drop(tasks: QuerySet[Task]) -> None:
    tasks.filter(state=Task.State.OPEN, snoozed_until_on=None, created_by=None, key__isnull=False).delete()


def forget(task: Task) -> None:
    """Delete a task that was nothing but a note of something done; inside the caller's transaction."""
    _count(task)
    task.delete()


@transaction.atomic
def take_on(suggestion: Suggestion, *, now: datetime, staff: Staff, note: str = "", due_on: date | None = None) -> Task:
    """Make a suggestion a task of its own, with why and until when; repeating gives the same task, open again."""
    task, created = Task.objects.get_or_create(
        key=suggestion.key,
        defaults={
            "customer_id": suggestion.customer_id,
            "title": suggestion.title[:200],
            "note": note[: policy.LONGEST_NOTE],
            "owner_id": suggestion.owner_id or staff.pk,
            "due_on": due_on,
            "created_at": now,
            "created_by": staff,
        },
    )
    if created:
        _record(staff, "task.created", now, task)
        return task
    Task.objects.filter(pk=task.pk).exclude(kind=OWN).update(
        kind=OWN, title=suggestion.title[:200], note=policy.with_outcome(task.note, note), due_on=due_on
    )
    return reopen(task_id=task.pk, now=now, staff=staff)


@transaction.atomic
def finish(*, task_id: int, staff: Staff, finished_at: datetime, outcome: str = "", minutes: int | None = None) -> Task:
    """Mark a task as done, with what came of it and how long it took, if that is said; repeating changes nothing."""
    return _close(task_id, Task.State.DONE, staff=staff, finished_at=finished_at, outcome=outcome, minutes=minutes)


@transaction.atomic
def dismiss(*, task_id: int, staff: Staff, finished_at: datetime, outcome: str = "") -> Task:
    """Mark a task as not relevant; repeating changes nothing."""
    return _close(task_id, Task.State.DISMISSED, staff=staff, finished_at=finished_at, outcome=outcome)


@transaction.atomic
def snooze(*, task_id: int, until_on: date, now: datetime, staff: Staff) -> Task:
    """
    Put an open task off until a day; repeating changes nothing.

    :raises NotYetDue: if the day is not after today
    :raises TaskClosed: if the task is done or dismissed
    """
    if until_on <= timezone.localdate(now):
        raise NotYetDue(until_on)
    changed = Task.objects.filter(pk=task_id, state=Task.State.OPEN).update(snoozed_until_on=until_on)
    task = Task.objects.get(pk=task_id)
    if not changed:
        raise TaskClosed(task.title)
    _record(staff, "task.snoozed", now, task, until=until_on.isoformat())
    return task


@transaction.atomic
def reopen(*, task_id: int, now: datetime, staff: Staff) -> Task:
    """Take back that a task is done, dismissed or put off; repeating changes nothing."""
    before = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    changed = (
        Task.objects.filter(pk=task_id)
        .exclude(state=Task.State.OPEN, snoozed_until_on__isnull=True)
        .update(state=Task.State.OPEN, **UNFINISHED)
    )
    task = Task.objects.get(pk=task_id)
    if changed:
        _count(before)
        _drop(Task.objects.filter(key=_following(task_id)))
        _record(staff, "task.reopened", now, task)
    return task


def _close(
    task_id: int, state: str, *, staff: Staff, finished_at: datetime, outcome: str, minutes: int | None = None
) -> Task:
    changed = Task.objects.filter(pk=task_id, state=Task.State.OPEN).update(
        state=state,
        finished_by=staff,
        finished_role=staff.role,
        finished_at=finished_at,
        finished_on=timezone.localdate(finished_at),
        snoozed_until_on=None,
        minutes=minutes,
    )
    task = Task.objects.get(pk=task_id)
    if changed:
        _count(task)
        if outcome.strip():
            task.note = policy.with_outcome(task.note, outcome)
            task.save(update_fields=["note"])
        _record(staff, f"task.{state}", finished_at, task)
    return task


def _count(task: Task) -> None:
    """Count a change of what is known of the time spent on customers; inside the caller's transaction."""
    if task.customer_id and task.finished_on:
        facts.TASKS.mark({f"{task.finished_on:%Y-%m}"})
        touched.note([task.customer_id], because=f"tasks:{task.pk}")
    _complained(task)


def _complained(task: Task) -> None:
    """Count a change of complaints; inside the caller's transaction."""
    if task.is_complaint and task.customer_id:
        facts.COMPLAINTS.mark()
        touched.note([task.customer_id], because=f"complaints:{task.pk}")


def _record(staff: Staff | None, action: str, at: datetime, task: Task, **detail: object) -> None:
    customer = {"customer": task.customer_id} if task.customer_id else {}
    team.record(
        staff=staff, action=action, at=at, thing="task", thing_id=task.pk, label=task.title, **customer, **detail
    )
