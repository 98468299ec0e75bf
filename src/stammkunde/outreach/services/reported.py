"""What others report of a message that has left: providers, mail servers, and mails that came back."""

import re
from datetime import datetime

from stammkunde.customers import phones
from stammkunde.customers import policy as customers_policy
from stammkunde.customers import queries as customers_queries
from stammkunde.customers import services as customers
from stammkunde.customers import wording as customers_wording
from stammkunde.customers.models import Channel
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.outreach import channels
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import later

# Words by which a reply ends it; docs/operate/texting.md lists them.
STOPS = frozenset({"stop", "stopp", "stopall", "abmelden", "abbestellen", "unsubscribe"})  # and what follows
STOPS_ALONE = frozenset({"ende", "end", "quit"})  # and nothing else: "Ende des Monats gern" is none


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


def note_by_key(key: str, kind: str, *, answer: str, for_good: bool, now: datetime) -> bool:
    """Write down what became of a message that the other side knows by its key; see `note`."""
    found = Message.objects.filter(key=key).values_list("pk", flat=True).first()
    return found is not None and note(found, kind, answer=answer, for_good=for_good, now=now)


def note_reply(*, number: str, text: str, now: datetime) -> bool:
    """
    Take a reply to a text message: whoever wants no more gets no more, and is told by `known`; repeating is harmless.

    It counts for everybody with the number that replied, whoever has it now, as an objection to a mailbox does.
    """
    if not asks_to_stop(text):
        return False
    reached = customers_policy.normalized(Channel.MESSAGE, number)
    for find in (_who_got, customers_queries.with_number):
        recipient = find(reached)
        if recipient is None:
            continue
        try:
            _stop(recipient, reached, text, now=now)
        except customers.PersonElsewhere:  # she moved to another customer since
            continue
        return True
    return False


def asks_to_stop(text: str) -> bool:
    """Tell whether a reply begins with a word by which people and providers end it, or is one of those that may not."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return bool(words) and (words[0] in STOPS or (len(words) == 1 and words[0] in STOPS_ALONE))


def _stop(recipient: customers_queries.Recipient, number: str, text: str, *, now: datetime) -> None:
    customers.withdraw(
        recipient=Recipient(customer_id=recipient[0], contact_person_id=recipient[1]),
        cells=[(Channel.MESSAGE, str(purpose)) for purpose in customers_policy.PROMOTIONAL],
        evidence=Evidence(
            happened_at=now, origin=customers_wording.STOP_REPLY, proof={"from": number, "text": text[:300]}
        ),
        now=now,
        staff=None,
        address=number,
    )


def _who_got(number: str) -> customers_queries.Recipient | None:
    """Find who got the last message at a number; older ones stand there as they were written within their country."""
    within = phones.plain(number)
    reached = Message.objects.filter(address__in={number, within, f"0{within}"}, channel__in=_texting())
    found = reached.order_by("-pk").values_list("customer_id", "contact_person_id", "address", "customer__country")
    for customer_id, person_id, address, country in found:
        if number in (address, phones.e164(address, country=country)):
            return customer_id, person_id
    return None


def _texting() -> list[str]:
    return [one.name for one in channels.every() if one.reaches == Channel.MESSAGE]


def _withdraw(message: Message, answer: str, *, now: datetime) -> None:
    """Whoever calls a message spam wants no more of it."""
    customers.withdraw(
        recipient=Recipient(customer_id=message.customer_id, contact_person_id=message.contact_person_id),
        cells=[(channels.get(message.channel).reaches, str(purpose)) for purpose in customers_policy.PROMOTIONAL],
        evidence=Evidence(
            happened_at=now,
            origin=customers_wording.SPAM_REPORT,
            proof={"message": message.key, "answer": answer[:300]},
        ),
        now=now,
        staff=None,
    )
