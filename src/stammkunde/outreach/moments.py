"""What was sent, on a customer's timeline; it tells of the contact that it became. Calls tell of themselves."""

from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from stammkunde.contacts.models import Contact
from stammkunde.outreach import wording
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import telling
from stammkunde.ui.moments import Moments


def _sent(customer_id: int) -> QuerySet[Message]:
    return Message.objects.filter(customer=customer_id, handed_over_at__isnull=False).exclude(channel="call")


def _contacts(customer_id: int) -> QuerySet[Any]:
    source = Concat(Value(f"{telling.ORIGIN}:"), Cast("pk", CharField()))
    return Contact.objects.filter(source__in=_sent(customer_id).values(named=source)).values("pk")


MOMENTS = (
    Moments(
        kind="message",
        order=10,
        rows=_sent,
        moment="handed_over_at",
        template="outreach/moment.html",
        words=lambda some, _request: [wording.channel(one.channel) for one in some],
        hides={"contact": _contacts},
    ),
)
