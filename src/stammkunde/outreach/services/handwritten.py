"""One message to one customer, written by a person."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stammkunde.customers.models import Purpose
from stammkunde.customers.queries import Recipient
from stammkunde.outreach.content import Text
from stammkunde.outreach.models import Message
from stammkunde.outreach.policy import Decision
from stammkunde.outreach.services import judging, pictures, planning
from stammkunde.outreach.services.planning import Plan
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
def send(
    plan: Plan, *, text: Text, by: Staff, now: datetime, because: str = "", argued: Collection[str] = ()
) -> Message:
    """
    Plan a message that a person wrote; repeating it gives the same message and changes nothing.

    `because` says why what sounds like advertising is none; the trail keeps it. `argued` are sentences of which a
    template says so.

    :raises CountsAsAdvertising: if its words need another purpose, and no reason from whoever may give one
    :raises PictureGone: if they show a picture that is no longer there
    :raises KeyTaken: if `once` was used for another customer
    """
    found = judging.disguised([text], purpose=plan.purpose, argued=argued)
    said = judging.argue(found, because=because, by=by, now=now) if found else None
    pictures.hold_pictures(plan.content.get("blocks") or ())
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
            **({"because": said["because"], "sentences": said["sentences"]} if said else {}),
        )
    return message
