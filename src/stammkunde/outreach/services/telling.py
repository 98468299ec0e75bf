"""What was sent becomes a fact: a contact, which takes the place of the message's slot."""

from collections.abc import Iterable
from datetime import datetime

from stammkunde.contacts import services as contacts
from stammkunde.contacts.models import Outcome
from stammkunde.contacts.services import Said
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
    contacts.record_all((_said(one, now=now) for one in messages if is_contact(one)), now=now)


def untell(message: Message, *, now: datetime) -> None:
    """Take back that a message reached somebody; inside the caller's transaction."""
    contacts.void([source(message.pk)], now=now)


def _said(message: Message, *, now: datetime) -> Said:
    return Said(
        source=source(message.pk),
        customer_id=message.customer_id,
        contact_person_id=message.contact_person_id,
        person_name=message.person_name,
        channel=channels.get(message.channel).reaches,
        happened_at=message.handed_over_at or now,
        purpose=message.purpose,
        about=str(message.content.get("subject", ""))[:200],
        outcome=Outcome.SENT,
        takes_slot=message.slot_at is not None and policy.counts(message.purpose),
        cost_cents=message.cost_cents,
    )
