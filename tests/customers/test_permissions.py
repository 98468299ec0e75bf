"""Permissions for many customers at once, and records of consent that stay as they are."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from stammkunde.customers import queries
from stammkunde.customers.models import AppendedOnly, Consent, ContactPreference
from stammkunde.customers.policy import Reason
from stammkunde.sales import queries as sales
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)


def reasons(*customers, channel="email", purpose="advertising", buyers=()) -> dict:
    found = queries.permissions(
        customer_ids=[one.pk for one in customers], channel=channel, purpose=purpose, buyers=buyers, today=TODAY
    )
    return {recipient: permission.reason for recipient, permission in found.items()}


def test_permissions_tell_customers_and_contact_persons_apart():
    customer = factories.customer(email="firma@example.org", kind="company")
    kim = factories.contact_person(customer, email="Kim@example.org")
    ada = factories.contact_person(customer, email="")
    factories.consent(customer, person=kim, address="kim@example.org")

    assert reasons(customer) == {
        (customer.pk, None): Reason.NO_CONSENT,
        (customer.pk, kim.pk): Reason.CONSENT_GIVEN,
        (customer.pk, ada.pk): Reason.NO_ADDRESS,
    }


def test_objection_of_the_company_holds_for_everybody_there():
    customer = factories.customer(phone="030 1", kind="company")
    kim = factories.contact_person(customer, phone="030 2")
    factories.consent(customer, channel="phone", state="objected")

    assert reasons(customer, channel="phone") == {
        (customer.pk, None): Reason.OBJECTED,
        (customer.pk, kim.pk): Reason.COMPANY_OBJECTED,
    }


def test_withdrawal_holds_for_whoever_has_the_same_mailbox():
    first, double = factories.customer(email="a@example.org"), factories.customer(email="A@example.org ")
    factories.consent(double, address="a@example.org")
    factories.consent(first, state="withdrawn", happened_at=datetime(2026, 4, 1, tzinfo=UTC), address="a@example.org")

    assert reasons(double) == {(double.pk, None): Reason.MAILBOX_OBJECTED}


def test_records_of_a_removed_person_are_not_taken_for_the_customers_own():
    customer = factories.customer(email="firma@example.org")
    kim = factories.contact_person(customer)
    factories.consent(customer, person=kim)
    kim.delete()

    assert reasons(customer) == {(customer.pk, None): Reason.NO_CONSENT}
    assert Consent.objects.get().person_name == str(kim)


def test_existing_customers_are_those_who_bought_and_gave_their_address_with_it():
    factories.decided(existing_customer_email=True)
    buyer, cancelled, stranger, told = (factories.customer(email=f"{n}@example.org") for n in "abcd")
    kim = factories.contact_person(buyer, email="kim@example.org")
    factories.order(buyer, date(2026, 1, 5))
    factories.order(told, date(2026, 1, 5))
    factories.order(cancelled, date(2026, 1, 5), status="cancelled")
    ContactPreference.objects.create(customer=told, email_from_sale=False, changed_at=timezone.now())
    everybody = (buyer, cancelled, stranger, told)

    bought = sales.buyers(customer_ids=[one.pk for one in everybody])

    assert bought == {buyer.pk, told.pk}
    assert reasons(*everybody, buyers=bought) == {
        (buyer.pk, None): Reason.EXISTING_CUSTOMER,
        (buyer.pk, kim.pk): Reason.NO_CONSENT,
        (cancelled.pk, None): Reason.NO_CONSENT,
        (stranger.pk, None): Reason.NO_CONSENT,
        (told.pk, None): Reason.NO_CONSENT,
    }


def test_wishes_of_the_company_and_of_the_person_both_count():
    customer = factories.customer(kind="company", phone="030 1")
    kim = factories.contact_person(customer)
    ContactPreference.objects.create(customer=customer, paused_until_on=date(2026, 12, 24), changed_at=timezone.now())
    ContactPreference.objects.create(
        customer=customer, contact_person=kim, channels=["email"], changed_at=timezone.now()
    )

    assert set(reasons(customer, channel="phone").values()) == {Reason.PAUSED}

    ContactPreference.objects.filter(contact_person=None).update(paused_until_on=None)
    assert reasons(customer, channel="phone") == {
        (customer.pk, None): Reason.PRESUMED_INTEREST,
        (customer.pk, kim.pk): Reason.CHANNEL_NOT_WANTED,
    }


def test_person_of_a_company_is_written_to_at_the_company():
    customer = factories.customer(street="Weg 1", postcode="10115", city="Berlin", phone="030 1")
    kim = factories.contact_person(customer, phone="", email="")

    assert queries.address("post", customer, kim) == "Weg 1, 10115 Berlin"
    assert queries.address("phone", customer, kim) == "0301"
    assert queries.address("message", customer, kim) == ""
    assert queries.address("email", customer, kim) == ""


@pytest.mark.parametrize("count", [1, 3])
def test_permissions_take_six_queries_however_many_they_are(count, django_assert_num_queries):
    customers = [factories.customer(email=f"k{n}@example.org") for n in range(count)]
    for customer in customers:
        factories.consent(customer, person=factories.contact_person(customer, email="kim@example.org"))

    with django_assert_num_queries(6):
        assert len(reasons(*customers)) == 2 * count


def test_matrix_decides_about_every_channel_and_purpose():
    customer = factories.customer(email="a@example.org", street="Weg 1", city="Berlin")
    kim = factories.contact_person(customer)

    found = queries.matrix(customer=customer, people=[kim], has_bought=False, today=TODAY)

    assert [(one.recipient, one.name, len(one.cells)) for one in found] == [
        ((customer.pk, None), customer.name, 20),
        ((customer.pk, kim.pk), str(kim), 20),
    ]
    assert found[0].cells["post", "advertising"].reason == Reason.NOT_OBJECTED


def test_record_of_consent_is_neither_changed_nor_deleted():
    record = factories.consent(factories.customer())
    record.state = "withdrawn"

    for act in (
        record.save,
        record.delete,
        Consent.objects.all().delete,
        lambda: Consent.objects.update(state="withdrawn"),
    ):
        with pytest.raises(AppendedOnly):
            act()
    with pytest.raises(ProtectedError):
        record.customer.delete()

    assert list(Consent.objects.values_list("state", flat=True)) == ["given"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "fax"},
        {"purpose": "fun"},
        {"state": "maybe"},
        {"basis": "rumour"},
        {"basis": ""},
        {"origin": ""},
        {"source": ""},
    ],
)
def test_database_refuses_records_that_prove_nothing(wrong):
    customer = factories.customer()

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.consent(customer, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_contacts": 2},
        {"max_contacts": 2, "per_days": 0},
        {"call_from": "10:00", "call_until": "09:00"},
        {"call_from": "10:00"},
        {"form": "ihr"},
    ],
)
def test_database_refuses_wishes_that_mean_nothing(wrong):
    customer = factories.customer()

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPreference.objects.create(customer=customer, **wrong, changed_at=timezone.now())


def test_database_keeps_one_row_of_wishes_for_a_customer():
    customer = factories.customer()
    ContactPreference.objects.create(customer=customer, changed_at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPreference.objects.create(customer=customer, changed_at=timezone.now())
