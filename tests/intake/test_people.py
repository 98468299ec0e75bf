"""People of newsletter and contact tools: found by their e-mail address, with what they allowed."""

import pytest

from stammkunde.customers.models import Consent, Customer
from tests.intake.bringing import bring, undo

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LIST = {"email": "lux@example.org", "first_name": "Lea", "last_name": "Lux", "opted_in_at": "2024-03-01 10:00:00"}
NEW = {**LIST, "email": "neu@example.org", "last_name": "Neu"}


def subscribers(folder, *rows, layout="cleverreach"):
    return bring(folder, layout, list(rows), options={"origin": layout})


def said():
    return sorted(Consent.objects.values_list("customer__source", "contact_person__source", "state", "address"))


@pytest.fixture
def customers(tmp_path):
    bring(
        tmp_path,
        "customers",
        [
            {"customer_number": "1", "customer_name": "Kaffee Lux", "email": "Lux@example.org"},
            {"customer_number": "2", "customer_name": "Tee Ost", "email": "ost@example.org"},
        ],
    )
    bring(tmp_path, "contact_persons", [{"customer_number": "2", "last_name": "Ost", "email": "kim@example.org"}])


def test_whoever_is_a_customer_is_found_and_stays_as_she_is(tmp_path, customers):
    subscribers(tmp_path, LIST, NEW)

    assert said() == [
        ("cleverreach:neu@example.org", None, "given", "neu@example.org"),
        ("t:1", None, "given", "lux@example.org"),
    ]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Kaffee Lux", "Lea Neu", "Tee Ost"]


def test_the_address_of_a_contact_person_means_that_person(tmp_path, customers):
    subscribers(tmp_path, {**LIST, "email": "kim@example.org"})

    assert said() == [("t:2", "t:2/kim@example.org", "given", "kim@example.org")]
    assert Customer.objects.count() == 2


def test_the_same_list_again_changes_nothing(tmp_path, customers):
    subscribers(tmp_path, LIST, NEW)
    before = said(), list(Consent.objects.order_by("source").values())

    again = subscribers(tmp_path, LIST, NEW)

    assert (said(), list(Consent.objects.order_by("source").values())) == before
    assert {table: (one["created"], one["changed"]) for table, one in again.counts.items()} == {
        "customers": (0, 0), "consents": (0, 0),
    }  # fmt: skip


def test_of_several_with_one_address_it_holds_for_each(tmp_path, customers):
    bring(tmp_path, "customers", [{"customer_number": "3", "customer_name": "Lux Zwei", "email": "lux@example.org"}])

    subscribers(tmp_path, {**LIST, "opted_out_at": "2025-01-01 10:00:00"})

    assert said() == [
        ("t:1", None, "withdrawn", "lux@example.org"), ("t:3", None, "withdrawn", "lux@example.org"),
    ]  # fmt: skip


def test_the_list_comes_back_out(tmp_path, customers):
    undo(subscribers(tmp_path, LIST, NEW))

    assert said() == []
    assert Customer.objects.count() == 2


def test_a_shops_customers_are_those_of_its_orders(tmp_path, customers):
    """The shop says who they are, also where somebody has the same address by another program."""
    shop = {"options": {"origin": "shopify"}}
    line = {"order_number": "1", "ordered_at": "2025-03-04", "quantity": "1", "unit_price": "5"}
    bring(tmp_path, "shopify", [{**line, "email": "ina@example.org"}], **shop)
    listed = {"last_name": "Muster", "subscription": "no"}

    bring(tmp_path, "shopify_customers", [{**listed, "email": "Ina@example.org"}], **shop)
    bring(tmp_path, "shopify_customers", [{**listed, "email": "lux@example.org"}], **shop)

    assert sorted(Customer.objects.values_list("source", "name")) == [
        ("shopify:ina@example.org", "Muster"), ("shopify:lux@example.org", "Muster"), ("t:1", "Kaffee Lux"),
        ("t:2", "Tee Ost"),
    ]  # fmt: skip
