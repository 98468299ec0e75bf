"""Plans for tests: everything that the test does not say is harmless."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from django.utils import timezone

from stammkunde.customers.models import Consent, Customer
from stammkunde.outreach import services
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import Drawing, Plan
from stammkunde.team.models import Company
from tests import factories

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday noon in Berlin
DAY = timedelta(days=1)
CONTENT = {"subject": "Guten Tag", "text": "Vielen Dank.", "html": "<p>Vielen Dank.</p>"}
_numbers = count(1)


def company(**fields) -> Company:
    """The company, with no caps, pauses and quiet hours unless the test says so."""
    plain = {
        "name": "Musterhaus",
        "sender_name": "Musterhaus",
        "sender_email": "gruss@musterhaus.example",
        "quiet_from": None,
        "quiet_until": None,
        "quiet_sundays": False,
        "quiet_holidays": False,
        "cap_contacts": None,
        "gap_hours": None,
    }
    return factories.decided(**plain | fields)


def customer(**fields) -> Customer:
    """A customer with an address of her own, who takes offers by e-mail."""
    number = next(_numbers)
    usual = {"phone": f"+49 30 {number:06}", "mobile": f"+49 171 {number:07}"}
    made = factories.customer(**{"email": f"kunde{number}@mail.example"} | usual | fields)
    consent(made)
    return made


def consent(to: Customer, *, purpose="advertising", channel="email", state="given", person=None, at=None) -> Consent:
    return Consent.objects.create(
        source=f"test:{next(_numbers)}",
        customer=to,
        contact_person=person,
        person_source=person.source if person else "",
        channel=channel,
        purpose=purpose,
        state=state,
        basis="written" if state == "given" else "",
        origin="test",
        happened_at=at or NOW - 90 * DAY,
        recorded_at=timezone.now(),
    )


def left_alone(who: Customer, *, now: datetime = NOW) -> None:
    """Let chance leave somebody alone of everything, for a year from now."""
    draw = services.begin_year(0.99999, now=now)
    alone = services.hold_out(Drawing(origin=draw.origin, share=draw.share), customers=[who.pk], now=now)
    services.leave_in_peace(alone, now=now)


def plan(to: Customer, **fields) -> Plan:
    number = next(_numbers)
    return Plan(
        **{
            "customer_id": to.pk,
            "channel": "email",
            "purpose": "advertising",
            "key": f"test:1:{to.pk}:{number}:email",
            "origin": "test:1",
            "content": CONTENT,
            "not_before_at": NOW,
            "latest_at": NOW + 30 * DAY,
        }
        | fields
    )


def planned(to: Customer, *, now=NOW, **fields) -> Message:
    (message,) = services.plan_messages([plan(to, **fields)], now=now)
    return Message.objects.get(pk=message.pk)


def everybody(many: int) -> Iterator[Customer]:
    """Many customers at once, who take offers by e-mail."""
    numbers = [next(_numbers) for _one in range(many)]
    Customer.objects.bulk_create(
        [
            Customer(
                source=f"many:{n}",
                number=str(n),
                name=f"Kunde {n}",
                email=f"kunde{n}@mail.example",
                search=f"{n}",
                updated_at=timezone.now(),
            )
            for n in numbers
        ],
        batch_size=500,
    )
    made = Customer.objects.filter(source__in=[f"many:{n}" for n in numbers]).order_by("pk")
    Consent.objects.bulk_create(
        [
            Consent(
                source=f"many:{one.pk}",
                customer=one,
                channel="email",
                purpose="advertising",
                state="given",
                basis="written",
                origin="test",
                happened_at=NOW - 90 * DAY,
                recorded_at=timezone.now(),
            )
            for one in made
        ],
        batch_size=500,
    )
    yield from made
