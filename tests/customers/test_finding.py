"""Suggestions while one types, and hints at customers who are there already."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.customers import resembling, services
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def weber(salesperson):
    fields = {
        "name": "Weber Gartenbau GmbH", "number": "W1", "email": "info@weber.example", "phone": "+49 (0)30 123-4567",
        "street": "Hauptstraße 5", "postcode": "10115", "city": "Berlin",
    }  # fmt: skip
    return services.create_customer(fields=fields, now=timezone.now(), staff=salesperson)


def suggested(client, typed) -> str:
    return client.get(reverse("customers-suggest"), {"q": typed}).content.decode()


def test_suggestions_lead_to_customers_whose_name_begins_so_first(client, salesperson, weber):
    services.create_customer(fields={"name": "Autohaus Weber", "number": "A1"}, now=timezone.now(), staff=salesperson)
    client.force_login(salesperson)

    text = suggested(client, "weber")

    assert text.index("Weber Gartenbau") < text.index("Autohaus Weber")
    assert reverse("customer", args=[weber.pk]) in text
    assert "Meinten Sie" not in text
    assert "Weber Gartenbau" in suggested(client, "030 1234567")
    assert suggested(client, " ").strip() == ""


def test_suggestions_say_when_they_only_sound_alike(client, salesperson, weber):
    client.force_login(salesperson)

    assert "Meinten Sie" in suggested(client, "Webre")
    assert "Weber Gartenbau" in suggested(client, "Webre")
    assert "Zu „&lt;Xyz&gt;“ findet sich niemand." in suggested(client, "<Xyz>")


def test_search_is_on_every_page_for_whoever_sees_customers(client, salesperson):
    client.force_login(salesperson)

    text = client.get(reverse("today")).content.decode()

    assert f'hx-get="{reverse("customers-suggest")}"' in text
    assert 'id="keys"' in text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": "Gartenbau Weber"}, ("name",)),
        ({"name": "Weber Gartenbaus AG"}, ("name",)),
        ({"name": "x", "phone": "030 1234567"}, ("phone",)),
        ({"name": "x", "email": "Info@Weber.example"}, ("email",)),
        ({"name": "x", "street": "Hauptstr. 5", "postcode": "10115"}, ("address",)),
        ({"name": "Weber Gartenbau", "phone": "0049 30 1234567", "email": "a@b.example"}, ("phone", "name")),
        ({"name": "x", "street": "Hauptstr. 55", "postcode": "10115"}, None),
        ({"name": "x", "street": "Hauptstr. 5", "postcode": "10117"}, None),
        ({"name": "Weber Maschinenbau", "phone": "030 12345678"}, None),
        ({"name": "GmbH & Co. KG"}, None),
        ({}, None),
    ],
)
def test_who_resembles_is_found_by_what_is_shared(weber, said, why):
    factories.customer(name="Ganz Anders", search="ganz anders", street="Hauptstraße 5", postcode="80331")

    assert [(one.customer, one.why) for one in resembling.to(said)] == ([(weber, why)] if why else [])


def test_numbers_and_mail_of_people_there_count_too(weber, salesperson):
    person = {"last_name": "Kim", "phone": "0171 2223334", "email": "kim@weber.example"}
    services.add_contact_person(customer_id=weber.pk, fields=person, now=timezone.now(), staff=salesperson)

    assert [one.why for one in resembling.to({"phone": "+49 171 2223334", "email": "kim@weber.example"})] == [
        ("phone", "email")
    ]


def test_hint_links_to_who_is_there_and_hinders_nobody(client, salesperson, weber):
    client.force_login(salesperson)
    said = {"name": "Weber Gartenbau", "kind": "company", "phone": "030 1234567"}

    hint = client.get(reverse("customers-resembling"), said).content.decode()
    saved = client.post(reverse("customer-new"), said, follow=True)

    assert f'href="{reverse("customer", args=[weber.pk])}"' in hint
    assert "gleiche Telefonnummer, ähnlicher Name" in hint
    assert "Ähnelt: Weber Gartenbau GmbH." in saved.content.decode()


def test_who_may_not_enter_customers_gets_no_hints(client, analyst):
    client.force_login(analyst)

    assert client.get(reverse("customers-resembling")).status_code == 403
