"""
What records calls and plans what follows.

A call finishes the task it was made for; a call without one makes its own, so that time spent is counted in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from stammkunde.calls import asking, guides, policy, queries, wording
from stammkunde.calls.models import Call, Draft, EarlierGuide, Guide, Outcome
from stammkunde.contacts import services as contacts
from stammkunde.customers import caretakers
from stammkunde.customers import services as customers
from stammkunde.customers.models import Channel, ContactPerson, Customer, Purpose
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.signals import hourly
from stammkunde.signals import queries as signals
from stammkunde.tasks import queries as task_queries
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task, TimeSettings
from stammkunde.team import queries as teams
from stammkunde.team import services as team
from stammkunde.team.models import Staff
from stammkunde.team.policy import CALLS_CORRECT, may

__all__ = [
    "NotYours", "Said", "TooLate", "change_guide", "keep_draft", "let_go", "record", "reset_guide", "take_back",
    "take_up",
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
    occasion: str = ""  # of the guide that was followed
    guided_at: datetime | None = None  # as it stood then


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

    What was said is never refused, even where nobody should have called: its message says what stood against it.
    """
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    known = Call.objects.filter(key=key).first()
    if known is not None:
        return known
    call = Call(key=key, customer=customer, contact_person=person, staff=staff, happened_at=now)
    _write_down(call, said, task, now=now)
    if said.outcome == Outcome.NO_MORE_CALLS:
        _object(call, staff=staff, now=now)
    Draft.objects.filter(staff=staff, customer=customer).delete()
    _record(staff, "call.recorded", now, call)
    return call


def _write_down(call: Call, said: Said, task: Task | None, *, now: datetime) -> None:
    """Save a call with what came of it, what follows, its finished task, its message and the contact that it was."""
    assert call.staff is not None
    call.outcome, call.note, call.goals = said.outcome, said.note.strip(), said.goals
    call.guided_at = said.guided_at
    call.next_task = _plan(call, task, staff=call.staff, agreed_at=said.agreed_at, now=now)
    call.task = _finish(task, call, staff=call.staff, minutes=said.minutes, now=now)
    call.message = _note(call, task, said, now=now)
    call.contact_source = f"{OWN_KIND}:{call.key}"
    call.save()
    _tell(call, call.message, now=now)


@transaction.atomic
def take_up(
    *, customer: Customer, person: ContactPerson | None, task: Task, occasion: str, staff: Staff, now: datetime
) -> Mapping[str, Any] | None:
    """
    Let a call take its slot, so that nobody else contacts the customer meanwhile; and tell why it may not be made now.

    The slot is kept until the evening. Repeating changes nothing; what the governor refuses is recorded, too.
    """
    subject = asking.subject_of(task, occasion=occasion)
    worth = signals.worth(customer_ids=[customer.pk]).get(customer.pk, 0)
    recipient = (customer.pk, person.pk if person else None)
    plan = asking.plan(recipient, subject, key=f"{OWN_KIND}:{task.pk}", importance_cents=worth, now=now)
    evening = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=0)
    message, reason = outreach.take_up_call(plan, task_id=task.pk, until=evening, by=staff.name, now=now)
    if reason is None and "taken_up_by" not in message.content:
        message.content = {**message.content, "taken_up_by": staff.pk, "taken_up_name": staff.name}
        message.save(update_fields=["content"])
        _record_taken(staff, "call.taken_up", now, customer)
    elif reason is not None:
        _record_taken(staff, "call.refused", now, customer, code=reason["code"])
    return reason


@transaction.atomic
def let_go(*, task: Task, staff: Staff, now: datetime, for_good: bool = False) -> bool:
    """
    Give back the slot of a call that is not made after all, and tell whether it had one.

    A campaign's call stays on the list, unless it is dropped for good.
    """
    let = outreach.let_call_go(task_id=task.pk, by=staff.name, now=now, of_campaigns=for_good)
    by_hand = task.key and task.key.startswith(f"{OWN_KIND}:") and not task.key.endswith(task_queries.AGREED)
    if let and not for_good and by_hand:
        tasks.drop_planned(task.pk)
    return let


@transaction.atomic
def record_done(*, task: Task, note: str, minutes: int | None, staff: Staff, now: datetime) -> bool:
    """
    Record that a call was made that is only ticked off, and tell whether there was one: taken up, or of a campaign.

    Who ticks it off without more reached somebody; what else came of a call is said on its page.
    """
    message = outreach.open_call([task.pk]) if task.state == Task.State.OPEN else None
    if task.customer is None or message is None:
        return False
    said = Said(outcome=Outcome.REACHED, note=note, minutes=minutes)
    key = f"done-{task.pk}-{message.events.count()}"
    customer, person = task.customer, message.contact_person
    record(key=key, customer=customer, person=person, said=said, task=task, staff=staff, now=now)
    return True


def key_by_hand(customer_id: int, form_key: str) -> str:
    """Name a call that stands on no list, by the page on which it was begun."""
    return f"{OWN_KIND}:{customer_id}:{form_key[:60]}"


def begun_by_hand(*, key: str, customer: Customer, staff: Staff, now: datetime) -> Task:
    """Give a call that stands on no list its task; repeating with the same key gives the same."""
    title = wording.to_call(customer.name)
    due = tasks.Due(on=timezone.localdate(now))
    content = tasks.Content(title=title)
    return tasks.plan(content, key=key, customer_id=customer.pk, owner_id=staff.pk, due=due, now=now)


def _record_taken(staff: Staff, action: str, at: datetime, customer: Customer, **detail: object) -> None:
    team.record(
        staff=staff, action=action, at=at, thing="customer", thing_id=customer.pk, label=customer.name, **detail
    )


@transaction.atomic
def take_back(*, call_id: int, staff: Staff, now: datetime) -> Call:
    """
    Take a call back: its task is open again if the call may still be made, what it planned is gone unless somebody
    acted on it, and what was written is a draft again, of who wrote it. An objection stays: it was said. Repeating
    changes nothing.

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
    refused = outreach.take_call_back(call.message_id, by=staff.name, now=now) if call.message_id is not None else None
    if call.next_task is not None:
        tasks.drop_planned(call.next_task.pk)
    if call.task is not None and call.task.kind == OWN_KIND:
        tasks.forget(call.task)
    elif call.task is not None and refused is None:
        tasks.reopen(task_id=call.task.pk, now=now, staff=staff)
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
    _keep_earlier(kind, language, form, then=script, until=now)
    changed = guides.written(script) | {"changed_by": staff, "changed_at": now}
    guide, _created = Guide.objects.update_or_create(kind=kind, language=language, form=form, defaults=changed)
    team.record(
        staff=staff, action="guide.changed", at=now, thing="guide", thing_id=guide.pk, label=f"{kind} {language} {form}"
    )
    return guide


@transaction.atomic
def reset_guide(*, kind: str, language: str, form: str, now: datetime, staff: Staff) -> None:
    """Return to the ready-made guide; repeating changes nothing."""
    _keep_earlier(kind, language, form, then=guides.ready_made(kind, language, form), until=now)
    deleted, _by_model = Guide.objects.filter(kind=kind, language=language, form=form).delete()
    if deleted:
        team.record(staff=staff, action="guide.reset", at=now, thing="guide", label=f"{kind} {language} {form}")


def _keep_earlier(kind: str, language: str, form: str, *, then: guides.Script, until: datetime) -> None:
    """Keep what a guide says until it says something else: open calls go on by it, and others were led by it."""
    now = queries.guide(kind, language, form)
    if now != then:
        texts = guides.written(now)
        EarlierGuide.objects.create(kind=kind, language=language, form=form, texts=texts, until_at=until)


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
    recipient = (customer.pk, call.contact_person_id)
    owner_id = (caretakers.of([recipient])[recipient] if plan.by_owner else None) or staff.pk
    is_complaint = plan.step == policy.Step.SETTLE_COMPLAINT
    title = wording.step(plan.step, name=customer.name)
    return tasks.plan(
        tasks.Content(title=title, note=call.note, is_complaint=is_complaint),
        key=f"{OWN_KIND}:{call.key}{task_queries.AGREED}",
        customer_id=customer.pk,
        owner_id=owner_id,
        due=tasks.Due(on=on, at=at, is_urgent=plan.is_urgent),
        now=now,
    )


def _note(call: Call, task: Task | None, said: Said, *, now: datetime) -> Message:
    """Write the call down as a message, with what its time cost; a planned one comes to its end."""
    assert call.staff is not None
    subject = asking.subject_of(task, occasion=said.occasion)
    subject = replace(subject, title=subject.title or wording.own_title(call.customer.name))
    minutes = said.minutes or TimeSettings.of(teams.company()).minutes_per_contact
    made = outreach.Made(
        reached=call.outcome not in NOBODY_THERE,
        wrong_number=call.outcome == Outcome.WRONG_NUMBER,
        minutes=minutes,
        cost_cents=hourly.cost_cents(role=call.staff.role, on=timezone.localdate(now), minutes=minutes),
        person_id=call.contact_person_id,
    )
    plan = asking.plan((call.customer_id, call.contact_person_id), subject, key=f"{OWN_KIND}:{call.key}", now=now)
    return outreach.record_call(plan, task_ids=[task.pk] if task else [], made=made, by=call.staff.name, now=now)


def _tell(call: Call, message: Message, *, now: datetime) -> None:
    """Let a call become a contact, even where it should not have been made; whoever was reached gave a slot for it."""
    reached = call.outcome not in NOBODY_THERE
    assert call.staff is not None
    said = contacts.Said(
        source=call.contact_source,
        customer_id=call.customer_id,
        contact_person_id=call.contact_person_id,
        person_name=str(call.contact_person or ""),
        channel=Channel.PHONE,
        happened_at=call.happened_at,
        purpose=message.purpose,
        about=str(message.content["subject"])[:200],
        outcome=contacts.Outcome.REACHED if reached else contacts.Outcome.NOT_REACHED,
        takes_slot=reached,
        cost_cents=message.cost_cents,  # its task says how long it took
        staff_id=call.staff_id,
        role=call.staff.role,
    )
    contacts.record_all([said], now=now)


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
