"""The mirror's tables as insight wants them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stammkunde import mirror
from stammkunde.contacts import services as contacts
from stammkunde.insight.frames import rows
from stammkunde.insight.periods import day_number
from stammkunde.sales import services as sales
from stammkunde.sales.models import Line, Order
from stammkunde.signals import frames, margins
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 3, 2)
LATE = {"promised_on": ON + timedelta(days=2), "delivered_on": ON + timedelta(days=5)}


def quiet(step, done, total):
    """Show nothing."""


def happenings(known):
    return sorted((row["customer_id"], row["known_on"], row["kind"], row["number"]) for row in rows(known.happenings))


@pytest.fixture
def known():
    """Two customers: what arrived, what was cancelled before it arrived, and what was given back."""
    berlin, wien = (factories.customer(region=region) for region in ("Berlin", "Wien"))
    factories.order(berlin, ON, channel="web", **LATE)
    factories.order(berlin, ON, status=Order.Status.CANCELLED, **LATE)
    kept = factories.order(wien, ON, channel="shop", delivered_on=ON)
    Line.objects.create(order=kept, key="2", kind=Line.Kind.RETURN, quantity=-1, revenue_cents=-250)
    sales.mark_changed({"2026-03"})
    mirror.bring_up_to_date(now=datetime(2026, 3, 9, tzinfo=UTC), progress=quiet)
    return frames.open_facts(mirror.tables(), margin=margins.wanted()), berlin.pk, wien.pk


def test_deliveries_and_returns_are_told_by_the_mirror(known):
    facts, berlin, wien = known
    on = day_number(ON)

    found = happenings(facts)

    assert [row for row in found if row[0] == berlin] == [(berlin, on + 5, "delivery", 3.0)]
    assert [row for row in found if row[0] == wien and row[2] == "return"] == [(wien, on, "return", 250.0)]
    assert [(row[1], row[3]) for row in found if row[0] == wien and row[2] == "delivery"] == [(on, None)]
    assert len(found) == 3


def test_a_slice_of_customers_has_their_happenings_alone(known):
    facts, berlin, _wien = known

    part = frames.within(facts, frames.Slice(by="region", value="Berlin"))

    assert {row[0] for row in happenings(part)} == {berlin}


def test_a_slice_of_lines_tells_of_its_own_returns(known):
    facts, berlin, wien = known

    web = frames.within(facts, frames.Slice(by="channel", value="web"))

    assert {(row[0], row[2]) for row in happenings(web)} == {(berlin, "delivery"), (wien, "delivery")}


SPOKEN = [("phone", "in"), ("email", "in"), ("post", "in"), ("phone", "out", "reached"), ("meeting", "out", "reached")]
ONE_SIDED = [
    ("email", "out", "sent"),
    ("post", "out", "sent"),
    ("email", "out", "reached"),
    ("phone", "out", "not_reached"),
]


def said(customer, place, channel, direction, outcome="reached"):
    at = datetime(2026, 3, 1 + place, 12, tzinfo=UTC)
    return contacts.Said(
        source=f"hand:{place}",
        customer_id=customer.pk,
        channel=channel,
        direction=direction,
        outcome=outcome,
        happened_at=at,
    )


def test_conversations_are_told_by_contacts_in_which_the_customer_took_part():
    customer, now = factories.customer(), datetime(2026, 3, 20, tzinfo=UTC)
    ways = [*SPOKEN, *ONE_SIDED, ("phone", "in")]
    contacts.record_all([said(customer, place, *way) for place, way in enumerate(ways)], now=now)
    contacts.void([f"hand:{len(ways) - 1}"], now=now)
    mirror.bring_up_to_date(now=now, progress=quiet)

    found = happenings(frames.open_facts(mirror.tables(), margin=margins.wanted()))

    first = day_number(date(2026, 3, 1))
    assert found == [(customer.pk, first + place, "conversation", None) for place in range(len(SPOKEN))]
