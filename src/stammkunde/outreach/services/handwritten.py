"""One message to one customer, written by a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stammkunde.customers.models import Purpose
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import clarity
from stammkunde.outreach.content import Text
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Decision
from stammkunde.outreach.services import planning
from stammkunde.outreach.services.planning import Plan
from stammkunde.outreach.services.templating import CountsAsAdvertising
from stammkunde.team import services as team
from stammkunde.team.models import Staff

DAYS = 14  # it may wait for quiet hours or room under a limit; later nobody would know why it comes


def plan_of(
    *,
    recipient: Recipient,
    channel: str,
    purpose: str,
    said: Mapping[str, Any],
    language: str,
    once: str,
    now: datetime,
) -> Plan:
    """Give the plan of a message; `once` is what makes sending it twice harmless, new for each page that is opened."""
    customer_id, person_id = recipient
    return Plan(
        customer_id=customer_id,
        contact_person_id=person_id,
        channel=channel,
        purpose=Purpose(purpose),
        key=f"staff:{once}:{customer_id}:1:{channel}",
        origin=f"staff:{once}",
        content=said,
        language=language,
        not_before_at=now,
        latest_at=now + timedelta(days=DAYS),
    )


def foresee(plan: Plan, *, now: datetime) -> Decision:
    """Tell what the governor would say, without planning anything."""
    ((_plan, decision),) = planning.forecast([plan], now=now)
    return decision


@transaction.atomic
def send(plan: Plan, *, text: Text, by: Staff, now: datetime) -> Message:
    """
    Plan a message that a person wrote; repeating it gives the same message and changes nothing.

    :raises CountsAsAdvertising: if its words need another purpose
    :raises KeyTaken: if `once` was used for another customer
    """
    codes = clarity.refusals(text, purpose=plan.purpose)
    if codes:
        raise CountsAsAdvertising(codes)
    is_new = not Message.objects.filter(key=plan.key).exists()
    (message,) = planning.plan_messages([plan], now=now)
    if is_new:
        team.record(
            staff=by,
            action="message.written",
            at=now,
            thing="message",
            thing_id=message.pk,
            label=str(plan.content["subject"]),
        )
    return message
