"""What was sent becomes a fact: a contact, which takes the place of the message's slot."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from stammkunde.contacts import services as contacts
from stammkunde.contacts.models import Contact, Outcome
from stammkunde.contacts.services import Said
from stammkunde.customers import services as customers
from stammkunde.customers.models import Channel
from stammkunde.outreach import channels, policy
from stammkunde.outreach.models import Message

ORIGIN = "outreach"


def source(message_id: int) -> str:
    """Name the contact that a message became."""
    return f"{ORIGIN}:{message_id}"


def is_contact(message: Message) -> bool:
    """Say whether handing a message over reaches the customer; a call only becomes a task by it."""
    return channels.get(message.channel).reaches != Channel.PHONE


def tell(messages: Iterable[Message], *, now: datetime) -> None:
    """
    Record that messages were sent; inside the caller's transaction. Repeating records nothing anew.

    Whoever calls this frees the messages' slots: from here on the contacts count.
    """
    told = [one for one in messages if is_contact(one)]
    for message in told:
        if message.question:
            customers.optin_sent(optin_id=message.question, sent_at=message.handed_over_at or now)
    again = _taken_back(told)
    contacts.record_all((_said(one, again=one.pk in again, now=now) for one in told), now=now)


def _taken_back(messages: Collection[Message]) -> set[int]:
    """Name those that were said to be at the post, and were not: what they become now is a contact of its own."""
    sources = {source(one.pk): one.pk for one in messages if one.channel in channels.collecting()}
    if not sources:
        return set()
    void = Contact.objects.filter(source__in=sources, voided_by__isnull=False)
    return {sources[one] for one in void.values_list("source", flat=True)}


def untell(message: Message, *, now: datetime) -> None:
    """Take back that a message reached somebody; inside the caller's transaction."""
    name = source(message.pk)
    every = Contact.objects.filter(Q(source=name) | Q(source__startswith=f"{name}:"), customer=message.customer_id)
    contacts.void(list(every.values_list("source", flat=True)), now=now)


def _said(message: Message, *, again: bool, now: datetime) -> Said:
    at = message.handed_over_at or now
    return Said(
        source=f"{source(message.pk)}:{int(at.timestamp())}" if again else source(message.pk),
        customer_id=message.customer_id,
        contact_person_id=message.contact_person_id,
        person_name=message.person_name,
        channel=channels.get(message.channel).reaches,
        happened_at=at,
        purpose=message.purpose,
        about=str(message.content.get("subject", ""))[:200],
        outcome=Outcome.SENT,
        takes_slot=message.slot_at is not None and policy.counts(message.governed_as),
        cost_cents=message.cost_cents,
    )
