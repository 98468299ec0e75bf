"""Customers' pages in a real browser: on a phone, without JavaScript, by keyboard and screen reader."""

import pytest
from django.utils import timezone

from stammkunde.customers import links, services
from stammkunde.customers.models import Consent, ContactPreference
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.team.models import Company
from tests import factories
from tests.browsing import EVERY_LOOK, hindrances, is_too_wide, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kim(settings):
    settings.PUBLIC_URL = "https://crm.example.org"
    Company.objects.create(pk=1, name="Kaffeerösterei Überlingen", imprint="Kaffeerösterei Überlingen GmbH\nWeg 1")
    return factories.customer(
        name="Kim Lux", email="kim@example.org", phone="030 1", street="Weg 1", city="Berlin", kind="person"
    )


def optin(customer):
    now = timezone.now()
    return services.ask_optin(
        recipient=Recipient(customer_id=customer.pk),
        wordings={("email", "newsletter"): "Ich bin einverstanden, dass mir der Newsletter geschickt wird."},
        evidence=Evidence(happened_at=now, origin="Messe"),
        now=now,
        staff=None,
    )


def path(url: str) -> str:
    return url.removeprefix("https://crm.example.org")


def test_double_opt_in_is_one_button(open_page, kim):
    page = open_page(width=375, script=False)
    page.goto(path(links.optin_url(optin=optin(kim))))

    page.get_by_role("button", name="Ja, ich bin einverstanden").click()
    page.get_by_role("heading", name="Bestätigt, vielen Dank").wait_for()

    assert Consent.objects.get(state="given").basis == "double_opt_in"


def test_unsubscribing_is_one_button(open_page, kim):
    page = open_page(width=375, script=False)
    page.goto(path(links.unsubscribe_url(customer=kim, contact_person=None, channel="email", purpose="newsletter")))

    page.get_by_role("button", name="Abmelden").click()
    page.get_by_role("heading", name="Abgemeldet").wait_for()

    assert Consent.objects.get().state == "objected"


def test_preferences_are_chosen_on_a_phone(open_page, kim):
    page = open_page(width=375, script=False)
    page.goto(path(links.preferences_url(customer=kim)))

    page.get_by_role("group", name="Newsletter").get_by_label("E-Mail").check()
    page.get_by_role("group", name="Angebote").get_by_label("Post").uncheck()
    page.get_by_label("Höchstens").select_option("einmal im Monat")
    page.get_by_label("Dienstag").check()
    page.get_by_role("button", name="Speichern").click()
    page.get_by_text("Ein Klick fehlt noch").wait_for()

    assert not is_too_wide(page)
    assert list(Consent.objects.order_by("pk").values_list("channel", "purpose", "state")) == [
        ("post", "advertising", "objected"),
        ("email", "newsletter", "asked"),
    ]
    kept = ContactPreference.objects.get()
    assert (kept.max_contacts, kept.per_days, kept.call_weekdays) == (1, 30, [2])


def test_pages_are_readable_for_everybody(open_page, kim):
    leave = path(links.unsubscribe_url(customer=kim, contact_person=None, channel="email", purpose="newsletter"))
    ask = path(links.optin_url(optin=optin(kim)))
    page = open_page()

    for address in (ask, leave, path(links.preferences_url(customer=kim))):
        page.goto(address)
        assert hindrances(page, EVERY_LOOK) == []
    page.goto(leave)
    page.get_by_role("button", name="Abmelden").click()
    assert violations(page) == []
