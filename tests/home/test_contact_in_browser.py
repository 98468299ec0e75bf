"""In a real browser: what a customer allows, for the eye, the ear and the thumb; and writing it down."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers.models import Consent, ContactPreference
from tests import factories
from tests.browsing import EVERY_LOOK, hindrances, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lux():
    """Everything that the page can show."""
    customer = factories.customer(
        name="Kaffeerösterei und Feinkost Überlingen", kind="company", email="lux@example.org", phone="030 1"
    )
    kim = factories.contact_person(customer, email="kim@example.org")
    factories.consent(customer, person=kim, channel="phone", wording="Ja, gern.", proof={"note": "Ordner 3"})
    factories.consent(customer, channel="post", state="objected", happened_at=datetime(2026, 4, 1, tzinfo=UTC))
    ContactPreference.objects.create(
        customer=customer, contact_person=kim, form="du", max_contacts=1, per_days=30, changed_at=timezone.now()
    )
    return customer


def test_pages_are_readable_for_everybody(open_page, lux):
    page = open_page()
    sign_in(page)
    names = ("customer-contact", "customer", "consent-record", "consent-ask", "consent-withdraw", "preference-edit")

    for address in (*(reverse(name, args=[lux.pk]) for name in names), reverse("settings-contact")):
        page.goto(address)
        for folded in page.locator("main details.more > summary").all():
            folded.click()
        assert hindrances(page, EVERY_LOOK) == []


def test_withdrawal_is_written_down_and_seen(open_page, lux):
    page = open_page()
    sign_in(page)
    page.goto(reverse("customer", args=[lux.pk]))

    page.get_by_role("link", name="Gründe, Nachweise und Kontaktwünsche").click()
    page.get_by_role("link", name="Widerruf oder Widerspruch").click()
    page.get_by_label("Telefon").check()
    page.get_by_label("Wo", exact=True).fill("Telefonat")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_text("Festgehalten. Es gilt ab sofort.").wait_for()

    assert set(Consent.objects.filter(channel="phone", person_source="").values_list("purpose", "state")) == {
        ("survey", "objected"),
        ("advertising", "objected"),
        ("newsletter", "objected"),
    }
    page.get_by_text("Der Kunde hat für alle im Haus widersprochen.").first.wait_for()
