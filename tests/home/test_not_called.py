"""Today asks the governor for the whole list at once: whoever may not be called is replaced, with a line why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.calls import asking
from stammkunde.calls import services as calls
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import ContactPreference
from stammkunde.outreach import services as outreach
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.tasks import services as tasks
from stammkunde.team import services as team
from tests import factories
from tests.outreach.planning import company

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def generation():
    today = timezone.localdate()
    made = Generation.objects.create(status="done", as_of_on=today, activity_days=180, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


@pytest.fixture
def firms(generation, salesperson, administrator):
    """Fourteen companies, each with less in danger than the one before."""
    company(cap_contacts=1)
    team.change_staff(by=administrator, staff_id=salesperson.pk, now=NOW, hours_per_week=40)
    return [firm(generation, place, owner=salesperson) for place in range(14)]


def firm(generation, place, **fields):
    made = factories.customer(**{"name": f"Firma {place}", "kind": "company", "phone": f"030 {place}"} | fields)
    CustomerSignal.objects.create(
        generation=generation, customer=made, stage="at_risk", value_rank=place, last_on=date(2026, 9, 23),
        gap_days=31, silent_days=58, overdue_days=27, yearly_cents=900_000, risk=0.6, risk_level="red",
        margin_at_risk_cents=(100 - place) * 1000,
    )  # fmt: skip
    return made


def today(client):
    response = client.get(reverse("today"))
    rows = [row["item"] for section in response.context["sections"] for row in section["rows"]]
    return [item.customer.name for item in rows], response.context["not_called"], response.content.decode()


def test_whoever_may_not_be_called_is_replaced_with_a_line_why(client, salesperson, firms):
    factories.consent(firms[0], channel="phone", state="objected")
    tasks.add(tasks.Content(title="Kaputt", is_complaint=True), now=NOW, staff=salesperson, customer=firms[1],
              due_on=date(2999, 1, 1))  # fmt: skip
    outreach.hold_out(outreach.Drawing(origin="", share=1.0), customers=[firms[2].pk], now=NOW)
    Contact.objects.create(
        customer=firms[3], source="test:1", direction="out", channel="email", takes_slot=True,
        happened_at=timezone.now(), happened_on=timezone.localdate(), recorded_at=NOW,
    )  # fmt: skip
    client.force_login(salesperson)

    names, refused, text = today(client)

    assert names == [one.name for one in firms[4:]]  # ten, though four may not be called
    assert [item.customer for item in refused] == firms[:4]
    for why in (
        "Jetzt nicht anrufen, ersetzt",
        "Widerspruch liegt vor",
        "Beschwerde",
        "Kontrollgruppe",
        "Höchstens 1 Kontakte in 7 Tagen",
    ):
        assert why in text


def test_who_may_only_be_written_to_stands_there_without_a_call_where_nobody_else_does(client, generation, salesperson):
    firm(generation, 1, name="Anna", kind="person", owner=salesperson)
    client.force_login(salesperson)

    names, refused, text = today(client)

    assert (names, refused) == (["Anna"], [])
    assert "Nicht anrufen" in text
    assert ("tel:" in text, reverse("customer-write", args=[CustomerSignal.objects.get().customer_id]) in text) == (
        False,
        True,
    )
    assert "Anna" not in client.get(reverse("call-list")).content.decode()


def test_a_call_that_somebody_took_up_is_marked(client, salesperson, firms):
    task = tasks.add(tasks.Content(title="Anrufen"), now=NOW, staff=salesperson, customer=firms[0])
    calls.take_up(customer=firms[0], person=None, task=task, occasion="risk", staff=salesperson, now=timezone.now())
    client.force_login(salesperson)

    assert "Übernommen von Sven" in today(client)[2]


def test_whom_the_customer_chose_has_her_on_the_list_instead_of_who_looks_after_her(
    client, salesperson, servant, firms
):
    ContactPreference.objects.create(customer=firms[0], preferred_staff=servant, changed_at=NOW)
    client.force_login(servant)
    assert today(client)[0] == ["Firma 0"]
    client.force_login(salesperson)
    assert "Firma 0" not in today(client)[0]
    servant.is_active = False
    servant.save()
    assert "Firma 0" in today(client)[0]


@pytest.mark.parametrize("many", [1, 14])
def test_the_governor_is_asked_for_all_at_once(firms, many, django_assert_num_queries):
    items = [_item(one) for one in firms[:many]]

    with django_assert_num_queries(GOVERNOR):
        assert asking.refused(items, now=NOW + timedelta(days=1)) == {}


GOVERNOR = 17


def _item(customer):
    from stammkunde.signals.suggestions.item import AT_RISK  # noqa: PLC0415
    from stammkunde.tasks.worklist import Item  # noqa: PLC0415

    return Item(kind="risk", key=f"risk:{customer.pk}:x", under=AT_RISK, customer=customer)
