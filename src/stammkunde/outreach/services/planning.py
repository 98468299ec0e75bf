"""Planning what is to be said: the governor decides and reserves the slot in the same transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from stammkunde.customers.models import Purpose
from stammkunde.outreach import cases, policy
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Decision
from stammkunde.outreach.services import pictures, settling

AT_ONCE = 500


class KeyTaken(Exception):
    """A message with this key is there already, for another customer or channel."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    A message that somebody wants to send.

    Args:
        key: makes repeating harmless; `origin:run:customer:step:channel`.
        origin: what belongs together, a campaign for instance: one address is reached once for one origin.
        content: what the channel renders: `subject`, `text`, `html` … as plain texts.
        importance_cents: the margin expected from it; who is worth more chooses first.
        latest_at: it never leaves after this moment.
        keeps_refusal: whether it is a message though it is refused; else whoever plans it keeps the reason.
    """

    customer_id: int
    channel: str
    purpose: str
    key: str
    origin: str
    content: Mapping[str, Any]
    not_before_at: datetime
    latest_at: datetime
    importance_cents: int = 0
    contact_person_id: int | None = None
    language: str = field(default="de")
    keeps_refusal: bool = True


def plan_messages(plans: Iterable[Plan], *, now: datetime) -> list[Message]:
    """
    Plan many messages, five hundred in one transaction each; repeating changes nothing.

    A refusal is a message, too, and its `reason` says why; where it is not kept, it comes back without a number.

    Plans that say so of the same customer are decided together, the most important first.

    :raises KeyTaken: if a key belongs to a message for somebody else
    """
    return [message for batch in _batches(plans) for message in _plan(batch, now=now)]


def forecast(plans: Iterable[Plan], *, now: datetime, uses_addresses: bool = False) -> Iterator[tuple[Plan, Decision]]:
    """
    Tell what the governor would say to plans, without planning anything: who will be refused, and why.

    `uses_addresses` writes down whose each address is within its origin, as planning does, for those left alone.
    """
    for batch in _batches(plans):
        messages = [unsaved(plan, now=now) for plan in batch]
        ids = {plan.customer_id for plan in batch}
        waiting = list(Message.objects.filter(customer__in=ids, state=Message.State.PLANNED))
        book = cases.read([*waiting, *messages], now=now)
        decisions = settling.decide([*waiting, *messages], book)
        if uses_addresses:
            settling.claim_addresses(messages, decisions, book)
        yield from ((plan, decisions[plan.key]) for plan in batch)


@transaction.atomic
def _plan(plans: Sequence[Plan], *, now: datetime) -> list[Message]:
    ids = {plan.customer_id for plan in plans}
    settling.lock(ids)
    known = {one.key: one for one in Message.objects.filter(key__in=[plan.key for plan in plans])}
    new = {plan.key: unsaved(plan, now=now) for plan in plans if plan.key not in known}
    if new:
        loose = {plan.key for plan in plans if not plan.keeps_refusal}
        settling.settle({one.customer_id for one in new.values()}, now=now, new=list(new.values()), loose=loose)
        pictures.note_pictures([one for one in new.values() if one.pk], now=now)
    found = known | new
    for plan in plans:
        if (found[plan.key].customer_id, found[plan.key].channel) != (plan.customer_id, plan.channel):
            raise KeyTaken(plan.key)
    return [found[plan.key] for plan in plans]


def unsaved(plan: Plan, *, now: datetime) -> Message:
    """Give the message of a plan, not planned yet."""
    message = Message(
        key=plan.key,
        origin=plan.origin,
        channel=plan.channel,
        purpose=Purpose(plan.purpose),
        customer_id=plan.customer_id,
        contact_person_id=plan.contact_person_id,
        content=dict(plan.content),
        language=plan.language,
        importance_cents=plan.importance_cents,
        planned_at=now,
        not_before_at=plan.not_before_at,
        latest_at=plan.latest_at,
    )
    message.first = message.governed_as in policy.BOUND_TO_AN_ORDER
    return message


def _batches(plans: Iterable[Plan]) -> Iterator[list[Plan]]:
    rest = iter(plans)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
