"""Writing a contact down on a customer's page, taking it back, and bringing many by file."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.contacts.models import Contact
from tests import factories
from tests.intake.bringing import bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, salesperson):
    client.force_login(salesperson)
    return client


def filled(client, customer, **more):
    """What a person sees in the form, with what she changes."""
    page = client.get(reverse("contact-add", args=[customer.pk]))
    given = {name: field.initial for name, field in page.context["form"].fields.items() if field.initial is not None}
    given["happened_at"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {**given, **more}


@pytest.mark.parametrize("kind", ["person", "company of five", "company of none"])
def test_a_contact_is_written_down_shown_and_taken_back(signed_in, kind):
    customer = factories.customer(kind=kind.split()[0])
    people = [factories.contact_person(customer) for _one in range(5)] if kind.endswith("five") else []
    more = {"contact_person": people[0].pk} if people else {}
    form = filled(signed_in, customer, about="Angebot", note="Meldet sich nach Ostern.", **more)

    for _twice in range(2):
        answer = signed_in.post(reverse("contact-add", args=[customer.pk]), form, follow=True)

    one = Contact.objects.get()
    assert (one.direction, one.channel, one.outcome, one.takes_slot) == ("in", "phone", "reached", False)
    assert one.person_name == (str(people[0]) if people else "")
    assert "Meldet sich nach Ostern." in answer.content.decode()
    assert "Telefon vom Kunden" in answer.content.decode()

    shown = signed_in.post(reverse("contact-take-back", args=[one.pk]), follow=True).content.decode()
    assert "Meldet sich nach Ostern." not in shown
    assert Contact.objects.count() == 2


def test_what_lies_ahead_is_refused_with_the_cure(signed_in):
    customer = factories.customer()
    ahead = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    answer = signed_in.post(reverse("contact-add", args=[customer.pk]), filled(signed_in, customer, happened_at=ahead))

    assert "planen Sie eine Aufgabe" in answer.content.decode()
    assert not Contact.objects.exists()


def test_who_may_not_change_customers_writes_nothing_down(client, analyst):
    client.force_login(analyst)
    assert client.get(reverse("contact-add", args=[factories.customer().pk])).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_contacts_of_another_program_are_imported(tmp_path):
    bring(tmp_path, "customers", [{"customer_number": "1", "customer_name": "Eins"}])
    rows = [
        {
            "customer_number": "1",
            "happened_at": "2026-03-02 10:30",
            "channel": "Anruf",
            "contact_note": "Ja",
            "minutes": "15",
        },
        {
            "customer_number": "1",
            "happened_at": "2026-03-03 09:00",
            "channel": "Besuch",
            "contact_note": "",
            "minutes": "",
        },
        {
            "customer_number": "9",
            "happened_at": "2026-03-03 09:00",
            "channel": "Mail",
            "contact_note": "",
            "minutes": "",
        },
        {
            "customer_number": "1",
            "happened_at": "2026-03-04 09:00",
            "channel": "Mail",
            "contact_note": "",
            "minutes": "",
        },
    ]

    first = bring(tmp_path, "contacts", rows)
    again = bring(tmp_path, "contacts", rows)

    assert first.counts["contacts"] == {"created": 3, "changed": 0, "unchanged": 0, "refused": 1}
    assert again.counts["contacts"]["unchanged"] == 3
    call, visit, mail = Contact.objects.order_by("happened_at")
    assert (call.channel, call.direction, call.outcome, call.minutes, call.note) == (
        "phone",
        "out",
        "reached",
        15,
        "Ja",
    )
    assert call.happened_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (visit.channel, visit.minutes, visit.note) == ("meeting", None, "")
    assert (mail.channel, mail.direction, mail.outcome) == ("email", "out", "sent")
