"""
What records calls and plans what follows.

A call finishes the task it was made for; a call without one makes its own, so that time spent is counted in one place.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from stammkunde.calls import guides, policy, queries, wording
from stammkunde.calls.models import Call, Draft, Guide, Outcome
from stammkunde.calls.policy import NoMoment
from stammkunde.contacts import services as contacts
from stammkunde.customers import services as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer, Purpose
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.outreach import services as outreach
from stammkunde.tasks import queries as task_queries
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.team import queries as teams
from stammkunde.team import services as team
from stammkunde.team.models import Staff
from stammkunde.team.policy import CALLS_CORRECT, may

__all__ = [
    "NoMoment", "NotYours", "Said", "TooLate", "change_guide", "keep_draft", "record", "reset_guide", "take_back",
]  # fmt: skip

OWN_KIND = "call"  # of tasks that are nothing but a call that took place
NOBODY_THERE = (Outcome.NOT_REACHED, Outcome.WRONG_NUMBER)
STILL_ALLOWED = Purpose.SERVICE  # who wants no more calls may still be called about an order


class NotYours(Exception):
    """Only who called takes a call back, or who may correct the calls of others."""


class TooLate(Exception):
    """A call is taken back within a day; after that it stays."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came of a call."""

    outcome: str
    note: str = ""
    goals: list[str] = field(default_factory=list)
    minutes: int | None = None
    agreed_at: datetime | None = None  # for a call back


@transaction.atomic
def record(
    *,
    key: str,
    customer: Customer,
    person: ContactPerson | None,
    said: Said,
    task: Task | None,
    staff: Staff,
    now: datetime,
) -> Call:
    """
    Record a call, finish its task and plan what follows; the same key gives the same call.

    :raises NoMoment: if a call back was agreed upon, and no moment to come
    """
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    known = Call.objects.filter(key=key).first()
    if known is not None:
        return known
    call = Call(key=key, customer=customer, contact_person=person, staff=staff, happened_at=now)
    call.outcome, call.note, call.goals = said.outcome, said.note.strip(), said.goals
    call.next_task = _plan(call, task, staff=staff, agreed_at=said.agreed_at, now=now)
    call.task = _finish(task, call, staff=staff, minutes=said.minutes, now=now)
    call.save()
    _tell(call, task, now=now)
    if said.outcome == Outcome.NO_MORE_CALLS:
        _object(call, staff=staff, now=now)
    Draft.objects.filter(staff=staff, customer=customer).delete()
    _record(staff, "call.recorded", now, call)
    return call


@transaction.atomic
def take_back(*, call_id: int, staff: Staff, now: datetime) -> Call:
    """
    Take a call back: its task is open again, what it planned is gone unless somebody acted on it, and what was written
    is a draft again, of who wrote it. An objection stays: it was said. Repeating changes nothing.

    :raises NotYours: if somebody else called, and `staff` may not correct that
    :raises TooLate: if it was recorded more than a day ago
    """
    call = Call.objects.select_related("customer", "task", "next_task", "staff").get(pk=call_id)
    if call.staff_id != staff.pk and not may(staff, CALLS_CORRECT):
        raise NotYours(call_id)
    if now - call.happened_at > policy.CORRECTED_WITHIN:
        raise TooLate(call_id)
    if not Call.objects.filter(pk=call_id, undone_at=None).update(undone_at=now):
        return call
    call.undone_at = now
    contacts.void([call.contact_source], staff_id=staff.pk, now=now)
    if call.next_task is not None:
        tasks.drop_planned(call.next_task.pk)
    if call.task is not None and call.task.kind != OWN_KIND:
        tasks.reopen(task_id=call.task.pk, now=now, staff=staff)
    elif call.task is not None:
        tasks.forget(call.task)
    outreach.look_again([call.customer_id], now=now)
    _give_back_words(call, now=now)
    _record(staff, "call.taken_back", now, call)
    return call


def _give_back_words(call: Call, *, now: datetime) -> None:
    """Let what was written be a draft again, before what its writer has begun since; nobody else is given it."""
    if call.staff is None:
        return
    begun = queries.draft(call.staff, call.customer_id)
    note = "\n".join(dict.fromkeys(one for one in (call.note, begun.note if begun else "") if one))
    goals = [*dict.fromkeys([*call.goals, *(begun.goals if begun else ())])]
    keep_draft(staff=call.staff, customer=call.customer, note=note, goals=goals, now=now)


def keep_draft(*, staff: Staff, customer: Customer, note: str, goals: list[str], now: datetime) -> None:
    """Keep what somebody writes down during a call; nothing written keeps nothing."""
    if not note.strip() and not goals:
        Draft.objects.filter(staff=staff, customer=customer).delete()
        return
    fields = {"note": note[:4000], "goals": goals, "changed_at": now}
    Draft.objects.update_or_create(staff=staff, customer=customer, defaults=fields)


@transaction.atomic
def change_guide(*, kind: str, language: str, form: str, script: guides.Script, staff: Staff, now: datetime) -> Guide:
    """Put the company's own words in the place of a guide; repeating changes nothing."""
    texts = {name: getattr(script, name) for name in guides.TEXTS}
    lists = {name: list(texts[name]) for name in ("questions", "goals")}
    guide, _created = Guide.objects.update_or_create(
        kind=kind, language=language, form=form, defaults=texts | lists | {"changed_by": staff, "changed_at": now}
    )
    team.record(
        staff=staff, action="guide.changed", at=now, thing="guide", thing_id=guide.pk, label=f"{kind} {language} {form}"
    )
    return guide


@transaction.atomic
def reset_guide(*, kind: str, language: str, form: str, now: datetime, staff: Staff) -> None:
    """Return to the ready-made guide; repeating changes nothing."""
    deleted, _by_model = Guide.objects.filter(kind=kind, language=language, form=form).delete()
    if deleted:
        team.record(staff=staff, action="guide.reset", at=now, thing="guide", label=f"{kind} {language} {form}")


def _finish(task: Task | None, call: Call, *, staff: Staff, minutes: int | None, now: datetime) -> Task:
    """Finish the task of a call; where there is none, or it was dealt with already, one of the call's own."""
    still_open = task and Task.objects.filter(pk=task.pk, state=Task.State.OPEN).exists()
    if task and still_open and Call.objects.filter(task=task, undone_at=None).exists():  # it was opened again by hand
        tasks.finish(task_id=task.pk, staff=staff, finished_at=now)
        still_open = False
    if task is None or not still_open:
        title = wording.own_title(call.customer.name)
        made = tasks.Suggestion(kind=OWN_KIND, customer_id=call.customer.pk, cycle=call.key, title=title)
        task = tasks.take_up(made, now=now, staff=staff)
    return tasks.finish(task_id=task.pk, staff=staff, finished_at=now, minutes=minutes)


def _plan(call: Call, task: Task | None, *, staff: Staff, agreed_at: datetime | None, now: datetime) -> Task | None:
    """Plan what follows, on the list of who called, or of who looks after the customer."""
    customer = call.customer
    hours = queries.hours_of(queries.hours([customer], company=teams.company()), customer.pk, call.contact_person_id)
    plan = policy.next_step(
        call.outcome,
        called_at=now.astimezone(hours.zone),
        tries=queries.tries(customer.pk, now=now) + 1,
        window=hours.window,
        agreed_at=agreed_at.astimezone(hours.zone) if agreed_at else None,
    )
    if plan.if_nothing_else and task_queries.has_planned(customer.pk, today=timezone.localdate(now), besides=task):
        return None  # the customer has a next step already
    on, at = wording.here(plan, hours.zone)
    owner_id = customer.owner_id if plan.by_owner and customer.owner_id else staff.pk
    is_complaint = plan.step == policy.Step.SETTLE_COMPLAINT
    title = wording.step(plan.step, name=customer.name)
    return tasks.plan(
        tasks.Content(title=title, note=call.note, is_complaint=is_complaint),
        key=f"{OWN_KIND}:{call.key}:next",
        customer_id=customer.pk,
        owner_id=owner_id,
        due=tasks.Due(on=on, at=at, is_urgent=plan.is_urgent),
        now=now,
    )


def _tell(call: Call, task: Task | None, *, now: datetime) -> None:
    """Let a call become a contact, even where it should not have been made; it takes the slot of what planned it."""
    planned = outreach.tell_call(task_key=task.key) if task and task.key else None
    source, takes_slot = planned or (f"{OWN_KIND}:{call.key}", False)
    reached = call.outcome not in NOBODY_THERE
    said = contacts.Said(
        source=source,
        customer_id=call.customer_id,
        contact_person_id=call.contact_person_id,
        person_name=str(call.contact_person or ""),
        channel=Channel.PHONE,
        happened_at=call.happened_at,
        outcome=contacts.Outcome.REACHED if reached else contacts.Outcome.NOT_REACHED,
        takes_slot=takes_slot or reached,
        staff_id=call.staff_id,
    )
    contacts.record_all([said], now=now)
    Call.objects.filter(pk=call.pk).update(contact_source=source)
    call.contact_source = source


def _object(call: Call, *, staff: Staff, now: datetime) -> None:
    """Record that somebody wants no more calls."""
    customers.withdraw(
        recipient=Recipient(customer_id=call.customer.pk, contact_person_id=call.contact_person_id),
        cells=[(Channel.PHONE, purpose) for purpose in Purpose.values if purpose != STILL_ALLOWED],
        evidence=Evidence(
            happened_at=now,
            origin=wording.said_on_the_phone(),
            proof={"note": wording.told_to(staff.name, timezone.localtime(now))},
        ),
        now=now,
        staff=staff,
    )


def _record(staff: Staff, action: str, at: datetime, call: Call) -> None:
    team.record(
        staff=staff, action=action, at=at, thing="customer", thing_id=call.customer_id, label=call.customer.name,
        outcome=call.outcome,
    )  # fmt: skip
