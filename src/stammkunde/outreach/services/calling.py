"""
Calls as messages: one that is taken up has its slot, one that was made is recorded whatever the governor says, and one
that is not made gives its slot back.

A call that stands on somebody's list is handed over; its task is found by `provider_id`. It has come to an end when it
was made: delivered where somebody was reached, failed where nobody was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from stammkunde.contacts.models import Contact
from stammkunde.outreach import cases, policy
from stammkunde.outreach.channels.call import provider_id
from stammkunde.outreach.models import Hold, Message
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.outreach.services import planning, settling, telling
from stammkunde.outreach.services.planning import Plan
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import AGREED, PLANNED_CALL

State = Message.State
CALL = "call"
OWN_ORIGIN = "call:"  # of calls that belong to no campaign


@dataclass(frozen=True, kw_only=True)
class Made:
    """A call as it was led."""

    reached: bool
    wrong_number: bool = False
    minutes: int
    cost_cents: int | None
    person_id: int | None


def open_calls(task_ids: Collection[int]) -> QuerySet[Message]:
    """Give the calls that stand on somebody's list, by their tasks."""
    named = [provider_id(one) for one in task_ids]
    return Message.objects.filter(provider_id__in=named, channel=CALL, state=State.HANDED_OVER)


def open_call(task_ids: Collection[int]) -> Message | None:
    """Give the first of them, if there is any."""
    return open_calls(task_ids).order_by("pk").first()


@transaction.atomic
def take_up_call(
    plan: Plan, *, task_id: int, until: datetime, by: str, now: datetime
) -> tuple[Message, Mapping[str, Any] | None]:
    """
    Ask whether a call may be made now, and let it take its slot; repeating gives the call that was taken up.

    Args:
        plan: the call; its latest moment is now.
        task_id: its task.
        until: when the slot is given back, if nobody has said what came of it.
        by: the name of who takes it up.
        now: the moment.

    Returns:
        the call, and why it may not be made now (None: it may). What the governor refuses is a message all the same.
    """
    settling.lock([plan.customer_id])
    known = open_call([task_id])
    if known is not None:
        return known, _again(known, now=now)
    made = replace(plan, key=_key(plan, task_id))
    message = planning.unsaved(made, now=now)
    message.provider_id = provider_id(task_id)
    settling.settle([plan.customer_id], now=now, new=[message])
    if message.state == State.PLANNED:
        _begin(message, until=until, now=now)
        settling.log([message], now=now, by=by)
    return message, message.reason if message.state == State.REFUSED else None


def _key(plan: Plan, task_id: int) -> str:
    taken_up = Message.objects.filter(provider_id=provider_id(task_id), channel=CALL).count()
    return f"{plan.key}:{taken_up + 1}"


def _begin(message: Message, *, until: datetime, now: datetime) -> None:
    """Let what the governor has just allowed stand on its list, and refuse what would have to wait."""
    if message.due_at is not None:
        message.state, message.handed_over_at, message.latest_at = State.HANDED_OVER, now, max(until, now)
        message.reason = None
    else:
        message.state, message.finished_at, message.slot_at = State.REFUSED, now, None
    message.save()


def _again(message: Message, *, now: datetime) -> Mapping[str, Any] | None:
    """Look once more at a call that was allowed before: consent may be withdrawn, or a complaint open."""
    decision = _decide([message], now=now)[message.key]
    if decision.verdict == Verdict.ALLOWED:
        if message.slot_at is None:
            Message.objects.filter(pk=message.pk).update(slot_at=now)
        return None
    if decision.verdict == Verdict.REFUSED:
        _end(message, State.REFUSED, decision.reason, now=now)
        _drop_tasks([message])
    return decision.reason


def still_refused(messages: Sequence[Message], *, now: datetime) -> dict[str, Mapping[str, Any]]:
    """Tell which calls of somebody's list may not be made any more, or not now, and why; by their keys."""
    held = set(Hold.objects.filter(origin__in={one.origin for one in messages}).values_list("origin", flat=True))
    on_hold = {one.key: {"code": "on_hold"} for one in messages if one.origin in held}
    decisions = _decide([one for one in messages if one.key not in on_hold], now=now)
    return on_hold | {key: one.reason or {} for key, one in decisions.items() if one.verdict != Verdict.ALLOWED}


def _decide(messages: Sequence[Message], *, now: datetime) -> dict[str, Decision]:
    """Decide about calls of a list: limits were kept when one got its slot; where one has none, they are asked now."""
    book = cases.read(messages, now=now) if messages else None
    decisions = {}
    for message in messages:
        assert book is not None
        case = replace(book.case(message), wanted_at=now)
        if message.slot_at is not None:
            kept = replace(case, latest_at=max(message.latest_at, now), limits=(), gap=None)
            decisions[message.key] = policy.decide(kept)
        else:
            taken, person = book.taken.get(message.customer_id, ()), message.contact_person_id
            decisions[message.key] = policy.decide(replace(case, latest_at=now), taken=taken, person=person)
    return decisions


@transaction.atomic
def record_call(plan: Plan, *, task_ids: Collection[int], made: Made, by: str, now: datetime) -> Message:
    """
    Write down a call that was made: of a task of somebody's list, or one that nobody planned. It is never refused.

    Its slot is the contact's from now on, or free again where nobody was reached. Inside the caller's transaction.
    """
    settling.lock([plan.customer_id])
    message = open_call(task_ids) or _unplanned(plan, now=now)
    message.contact_person_id = made.person_id
    message.content = {**message.content, "minutes": made.minutes}
    message.cost_cents, message.slot_at = made.cost_cents, None
    message.handed_over_at, message.finished_at = message.handed_over_at or now, now
    if made.reached:
        message.state = State.DELIVERED
    else:
        message.state, message.reason = (
            State.FAILED,
            {"code": "wrong_number"} if made.wrong_number else {"code": "not_reached"},
        )
    message.save()
    settling.log([message], now=now, by=by)
    settling.look_again([message.customer_id], now=now)
    return message


def _unplanned(plan: Plan, *, now: datetime) -> Message:
    """Give a call that nobody planned, with what the governor would have said against it."""
    message = planning.unsaved(plan, now=now)
    waiting = list(Message.objects.filter(customer=plan.customer_id, state=State.PLANNED))
    decision = settling.decide([*waiting, message], cases.read([*waiting, message], now=now))[message.key]
    if decision.verdict != Verdict.ALLOWED and decision.reason:
        message.reason = {**decision.reason, "code": "called_anyway", "because": decision.code}
    return message


@transaction.atomic
def take_call_back(message_id: int, *, by: str, now: datetime) -> Mapping[str, Any] | None:
    """
    Take back that a call was made, and give why it does not stand on the list again (None: it does).

    One of a campaign does, if the governor still lets it: it has its slot again where there is room for it, and where
    there is none it is not to be made now. Repeating changes nothing.
    """
    message = Message.objects.get(pk=message_id)
    settling.lock([message.customer_id])
    message.refresh_from_db()
    if message.state not in (State.DELIVERED, State.FAILED):
        return None
    message.content = {name: value for name, value in message.content.items() if name != "minutes"}
    message.cost_cents = None
    if message.origin.startswith(OWN_ORIGIN):
        _end(message, State.STOPPED, {"code": "taken_back"}, now=now, by=by)
        return None
    decision = _decide([message], now=now)[message.key]
    if decision.verdict == Verdict.REFUSED:
        _end(message, State.REFUSED, decision.reason, now=now, by=by)
        return decision.reason
    message.state, message.reason, message.finished_at = State.HANDED_OVER, None, None
    message.slot_at = now if decision.verdict == Verdict.ALLOWED else None
    message.save()
    settling.log([message], now=now, by=by)
    settling.look_again([message.customer_id], now=now)
    return None


@transaction.atomic
def let_call_go(*, task_id: int, by: str, now: datetime, of_campaigns: bool = False) -> bool:
    """Give back the slot of a call that is not made after all, and tell whether there was one."""
    listed = open_calls([task_id]).order_by("pk")
    found = (listed if of_campaigns else listed.filter(origin__startswith=OWN_ORIGIN)).first()
    if found is None:
        return False
    settling.lock([found.customer_id])
    found.refresh_from_db()
    if found.state != State.HANDED_OVER:
        return False
    _end(found, State.STOPPED, {"code": "not_called"}, now=now, by=by)
    return True


@transaction.atomic
def stop_calls(*, origin: str, by: str, now: datetime, at_most: int = 500) -> int:
    """Take the calls of an origin off the lists, and tell how many were looked at; repeating changes nothing."""
    listed = Message.objects.filter(origin=origin, channel=CALL, state=State.HANDED_OVER).order_by("pk")
    read = list(listed[:at_most])
    found = _locked(read)
    for one in found:
        _end(one, State.STOPPED, {"code": "stopped"}, now=now, by=by)
    _drop_tasks(found)
    return len(read)


def leave_alone(customer_ids: Collection[int], *, now: datetime) -> None:
    """Take calls off the lists that may not be made any more, of customers who are left alone from now on."""
    listed = Message.objects.filter(channel=CALL, state=State.HANDED_OVER, customer__in=customer_ids)
    found = _locked(list(listed.order_by("pk")))
    decisions = _decide(found, now=now)
    refused = [one for one in found if decisions[one.key].verdict == Verdict.REFUSED]
    for one in refused:
        _end(one, State.REFUSED, decisions[one.key].reason, now=now)
    _drop_tasks(refused)


@transaction.atomic
def look_after_calls(*, now: datetime, at_most: int = 200) -> int:
    """Give back the slots of calls that nobody made in time, and tell how many there were; repeating is harmless."""
    late = Message.objects.filter(channel=CALL, state=State.HANDED_OVER, latest_at__lt=now).order_by("latest_at")
    found = _locked(list(late[:at_most]))
    sources = [telling.source(one.pk) for one in found]
    told = set(Contact.objects.standing().filter(source__in=sources).values_list("source", flat=True))
    for one in found:
        is_made = telling.source(one.pk) in told  # a former version said so by the contact alone
        _end(one, State.DELIVERED if is_made else State.EXPIRED, None if is_made else {"code": "not_called"}, now=now)
    _drop_tasks(found)
    return len(found)


def _locked(read: Sequence[Message]) -> list[Message]:
    """Lock the customers of calls, and give those that nobody has recorded meanwhile."""
    settling.lock({one.customer_id for one in read})
    still = Message.objects.filter(pk__in=[one.pk for one in read], state=State.HANDED_OVER)
    return list(still.order_by("pk"))


def _end(message: Message, state: str, reason: Mapping[str, Any] | None, *, now: datetime, by: str = "") -> None:
    message.state, message.finished_at, message.slot_at = State(state), now, None
    message.reason = dict(reason) if reason else None
    message.save()
    settling.log([message], now=now, by=by)
    settling.look_again([message.customer_id], now=now)


def _drop_tasks(messages: Sequence[Message]) -> None:
    """Take the calls off the lists, a campaign's even if it was put off; not what was agreed, or acted on since."""
    ids = [int(number) for one in messages for number in [one.provider_id.partition(":")[2]] if number.isdecimal()]
    listed = Task.objects.filter(pk__in=ids, state=Task.State.OPEN).exclude(key__endswith=AGREED)
    listed.filter(kind=PLANNED_CALL).update(snoozed_until_on=None)
    for pk in listed.values_list("pk", flat=True):
        tasks.drop_planned(pk)
