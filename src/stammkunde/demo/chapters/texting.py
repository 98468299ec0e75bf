"""Text messages: a delivery is announced, receipts come back, and somebody replies that she wants no more."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from stammkunde.customers import services as customers
from stammkunde.customers.models import Channel, ContactPerson, Purpose
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.demo import outbox
from stammkunde.demo.story import Deed, Story
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import Plan, Result, reported
from stammkunde.team.models import Staff

CHOSEN, OFFERS_FROM = 9, 3  # who gets word of a delivery; the first few want offers, too
DAYS_BEFORE = 12
DELIVERY = "Ihre Lieferung kommt morgen zwischen 8 und 12 Uhr. Ihr Grünwerk-Team"
OFFER = "Diese Woche: torffreie Erde, drei Säcke zum Preis von zwei. Antwort STOP beendet das. Ihr Grünwerk-Team"
AGREED = "Ja, ich möchte Angebote von Grünwerk Haus & Garten als Kurznachricht. Das kann ich jederzeit widerrufen."
REPLY = "STOP bitte"
NO_SUCH_NUMBER = "Rufnummer nicht vergeben"


def deeds(story: Story) -> Iterator[Deed]:
    """Let a few agree, announce deliveries, send an offer, and hear what became of it."""
    (service,) = story.with_role("service")
    days = story.working_days(since=story.last - timedelta(days=DAYS_BEFORE))
    yield Deed(at=story.at(days[0], 11), do=lambda at: _agree(_some()[:OFFERS_FROM], service, at))
    yield Deed(at=story.at(days[1], 14), do=lambda at: _send(_some(), Purpose.SERVICE, DELIVERY, at))
    yield Deed(at=story.at(days[3], 10), do=lambda at: _send(_some()[:OFFERS_FROM], Purpose.ADVERTISING, OFFER, at))
    yield Deed(at=story.at(days[3], 11), do=lambda at: _reply(_some()[0], at))


def _some() -> list[ContactPerson]:
    return list(ContactPerson.objects.exclude(mobile="").order_by("pk")[:CHOSEN])


def _agree(some: list[ContactPerson], by: Staff, at: datetime) -> None:
    for one in some:
        customers.record_consent(
            recipient=Recipient(customer_id=one.customer_id, contact_person_id=one.pk),
            cells=[(Channel.MESSAGE.value, Purpose.ADVERTISING.value)],
            basis="written",
            evidence=Evidence(happened_at=at, origin="Bestellformular im Laden", wording=AGREED),
            now=at,
            staff=by,
        )


def _send(some: list[ContactPerson], purpose: Purpose, text: str, at: datetime) -> None:
    """Plan messages, hand them over as a worker does, and take the receipts; one number is nobody's."""
    outreach.plan_messages([_plan(one, purpose, text, at) for one in some], now=at)
    due = outreach.claim(channel="webhook", holder=outbox.HOLDER, at_most=outbox.AT_ONCE, now=at)
    begun = outreach.begin(due, holder=outbox.HOLDER, now=at)
    outreach.record([(one, Result(state=Message.State.HANDED_OVER)) for one in begun], holder=outbox.HOLDER, now=at)
    for place, one in enumerate(begun):
        is_gone = purpose == Purpose.SERVICE and place == CHOSEN - 1
        kind, answer = ("bounced", NO_SUCH_NUMBER) if is_gone else ("delivered", "")
        reported.note_by_key(one.key, kind, answer=answer, for_good=is_gone, now=at + timedelta(minutes=1 + place))


def _plan(one: ContactPerson, purpose: Purpose, text: str, at: datetime) -> Plan:
    return Plan(
        customer_id=one.customer_id,
        contact_person_id=one.pk,
        channel="webhook",
        purpose=purpose,
        key=f"demo-text:{purpose}:{one.pk}",
        origin=f"demo-text:{purpose}",
        content={"subject": "", "text": text},
        not_before_at=at,
        latest_at=at + timedelta(days=1),
        language="de",
    )


def _reply(one: ContactPerson, at: datetime) -> None:
    number = Message.objects.filter(contact_person=one, channel="webhook").values_list("address", flat=True).last()
    if number:
        reported.note_reply(number=number, text=REPLY, now=at)
