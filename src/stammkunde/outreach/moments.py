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
    """Give the contacts that messages became; a message on paper may have become several, all but one taken back."""
    source = Concat(Value(f"{telling.ORIGIN}:"), Cast("pk", CharField()))
    calls = Message.objects.filter(customer=customer_id, channel="call").values(named=source)
    told = Contact.objects.filter(customer=customer_id, source__startswith=f"{telling.ORIGIN}:")
    return told.exclude(source__in=calls).values("pk")


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
