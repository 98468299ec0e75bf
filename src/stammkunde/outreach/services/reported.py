"""What others report of a message that has left: providers, mail servers, and mails that came back."""

from datetime import datetime

from stammkunde.customers import policy as customers_policy
from stammkunde.customers import services as customers
from stammkunde.customers import wording as customers_wording
from stammkunde.customers.models import Channel
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import later


def note(message_id: int, kind: str, *, answer: str, for_good: bool, now: datetime) -> bool:
    """Write down what became of a message, and tell whether that was something; repeating changes nothing."""
    if kind == "delivered":
        return later.note_delivery(message_id=message_id, now=now)
    if kind == "bounced":
        return later.note_bounce(message_id=message_id, answer=answer, for_good=for_good, now=now)
    if kind == "complained":
        message = later.note_complaint(message_id=message_id, now=now)
        if message is not None:
            _withdraw(message, answer, now=now)
        return message is not None
    return False


def _withdraw(message: Message, answer: str, *, now: datetime) -> None:
    """Whoever calls a message spam wants no more of it."""
    customers.withdraw(
        recipient=Recipient(customer_id=message.customer_id, contact_person_id=message.contact_person_id),
        cells=[(Channel.EMAIL, str(purpose)) for purpose in customers_policy.PROMOTIONAL],
        evidence=Evidence(
            happened_at=now,
            origin=customers_wording.SPAM_REPORT,
            proof={"message": message.key, "answer": answer[:300]},
        ),
        now=now,
        staff=None,
    )
