from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from stammkunde.customers import phones, policy, queries, search
from stammkunde.customers.forms import CustomerForm
from stammkunde.customers.models import Channel, ContactPerson, Customer
from stammkunde.intake import services as intake
from tests import factories
from tests.intake.bringing import NOW

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("0171 3920001", "", "+491713920001"),
        ("+49 (0)171 / 39200-01", "", "+491713920001"),
        ("0664 1234567", "Österreich", "+436641234567"),
        ("+43 664 1234567", "Deutschland", "+436641234567"),
        ("12", "", ""),
        ("on request", "", ""),
    ],
)
def test_number_is_written_as_the_whole_world_knows_it(written, country, number):
    assert phones.e164(written, country=country) == number


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"mobile": "0171 3920001", "phone": "030 123456"}, "+491713920001"),
        ({"phone": "0171/3920001"}, "+491713920001"),
        ({"phone": "030 123456"}, ""),
        ({"mobile": "0664 1234567", "country": "AT"}, "+436641234567"),
    ],
)
def test_texts_go_to_the_mobile_number_wherever_it_stands(fields, number):
    assert queries.address(Channel.MESSAGE, Customer(**fields)) == number


def test_texts_to_a_person_never_go_to_the_companys_number_and_calls_may():
    company, person = Customer(mobile="0171 3920001"), ContactPerson()

    assert queries.address(Channel.MESSAGE, company, person) == ""
    assert queries.address(Channel.PHONE, company, person) == "01713920001"


@pytest.mark.django_db
def test_older_consent_is_written_with_the_country_of_its_customer():
    whom = factories.customer(country="Österreich", mobile="0664 1234567")
    given = factories.consent(whom, channel="message", address="06641234567")
    migration = import_module("stammkunde.customers.migrations.0009_mobile_phones")
    then = MigrationLoader(connection).project_state(("customers", "0009_mobile_phones")).apps

    migration.write_for_the_world(then, SimpleNamespace(connection=connection))

    given.refresh_from_db()
    assert given.address == queries.address(Channel.MESSAGE, whom) == "+436641234567"


@pytest.mark.django_db
def test_consents_taken_in_with_a_zero_in_brackets_are_found_again():
    whom = factories.customer(mobile="+49 (0)171 3920001", phone="+49 (0)30 1234567")
    old = [("message", "+4901713920001"), ("phone", "+490301234567"), ("message", "+39063920001")]
    given = [factories.consent(whom, channel=channel, address=address) for channel, address in old]
    migration = import_module("stammkunde.customers.migrations.0015_numbers_without_a_zero")
    then = MigrationLoader(connection).project_state(("customers", "0015_numbers_without_a_zero")).apps

    for _twice in range(2):
        migration.write_without_zero(then, SimpleNamespace(connection=connection))

    for one in given:
        one.refresh_from_db()
    texted, rung = queries.address(Channel.MESSAGE, whom), queries.address(Channel.PHONE, whom)
    assert [one.address for one in given] == [texted, rung, "+39063920001"]
    assert (texted, rung) == ("+491713920001", "+49301234567")


def typed(**fields):
    plain = {"name": "A", "kind": "person", "number": ""}
    return CustomerForm({**plain, **fields}, today=TODAY)


@pytest.mark.django_db
def test_form_writes_the_number_with_its_country_and_names_what_is_none():
    right, wrong = typed(mobile="0664 1234567", phone="01 7654321", country="Österreich"), typed(mobile="x")

    assert right.is_valid()
    assert (right.facts["mobile"], right.facts["phone"]) == ("+436641234567", "+4317654321")
    assert list(wrong.errors) == ["mobile"]


@pytest.mark.django_db(transaction=True)
def test_mobile_number_comes_with_a_file_is_shown_and_found(client, administrator):
    rows = [{"customer_number": "1", "customer_name": "Kim", "kind": "person", "mobile": "0171 3920001"}]
    queued = intake.bring(layout="customers", rows=rows, name="Kasse", origin="till", now=NOW)
    intake.run(import_id=queued.pk, now=NOW)
    made = Customer.objects.get()
    client.force_login(administrator)
    page = client.get(reverse("customer", args=[made.pk])).content.decode()

    assert (made.mobile, made.phone) == ("+491713920001", "")
    assert 'href="tel:+491713920001"' in page
    assert "+49 171 3920001" in page
    assert [one.pk for one in search.matching(Customer.objects.all(), "0171 392")] == [made.pk]


def test_entered_by_hand_it_is_found_as_after_an_import():
    found_by = policy.search_text(Customer(mobile="0171 3920001"), [ContactPerson(mobile="0171 3920002")])

    assert {"1713920001", "1713920002"} <= set(found_by.split())
