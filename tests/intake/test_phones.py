"""Phone numbers in files: kept as the whole world writes them, found however somebody types them."""

import pytest

from stammkunde.customers import phones, search
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.intake.models import Import
from tests import factories
from tests.intake.bringing import bring, everything, undo

pytestmark = pytest.mark.django_db(transaction=True)


def person(number="1", **more):
    return {"customer_number": number, "customer_name": "Kim", "kind": "person", **more}


def kept():
    return dict(Customer.objects.values_list("number", "phone"))


def test_numbers_are_kept_with_the_country_of_their_row(tmp_path):
    bring(
        tmp_path,
        "customers",
        [
            person("1", phone="(030) 123 45-67", mobile="0171 / 3920001", country=""),
            person("2", phone="0664 1234567", mobile="", country="Österreich"),
            person("3", phone="0043 (0)664 1234567", mobile="", country="DE"),
            person("4", phone="301234567", mobile="", country=""),
            person("5", phone="-", mobile="", country=""),
        ],
    )

    assert kept() == {"1": "+49301234567", "2": "+436641234567", "3": "+436641234567", "4": "+49301234567", "5": ""}
    assert Customer.objects.get(number="1").mobile == "+491713920001"


def test_company_elsewhere_takes_numbers_without_a_country_for_its_own(tmp_path, settings):
    settings.TIME_ZONE = "Europe/Vienna"

    bring(tmp_path, "customers", [person(phone="0664 1234567")])

    assert kept() == {"1": "+436641234567"}


def test_people_have_numbers_of_the_country_of_their_customer(tmp_path):
    factories.customer(source="t:1", country="Schweiz")

    bring(tmp_path, "contact_persons", [{"customer_number": "1", "last_name": "Kim", "phone": "079 123 45 67"}])

    assert ContactPerson.objects.get().phone == "+41791234567"


@pytest.mark.parametrize("written", ["030 1234567 ext. 12", "030 1234567 / 0171 3920001", "Zentrale", "234567"])
def test_what_is_not_plainly_one_number_stays_and_is_flagged(tmp_path, written):
    incoming = bring(tmp_path, "customers", [person(phone=written)])

    assert kept() == {"1": written}
    assert [(one["row"], one["column"], one["value"], one["code"]) for one in incoming.problems] == [
        (2, "phone", written, "phone_unclear")
    ]
    assert incoming.counts["customers"]["created"] == 1


def test_number_kept_otherwise_before_changes_once_and_comes_back_by_undo(tmp_path):
    factories.customer(source="t:1", number="1", name="Kim", kind="person", phone="030 / 1234567")
    before = everything()

    first, second = (bring(tmp_path, "customers", [person(phone="030/1234567")]) for _twice in range(2))

    assert (first.counts["customers"]["changed"], second.counts["customers"]["changed"]) == (1, 0)
    assert second.counts["customers"]["unchanged"] == 1
    undo(first)
    assert everything()["customers_customer"] == before["customers_customer"]


def test_numbers_are_found_however_they_are_typed(tmp_path):
    bring(tmp_path, "customers", [person(phone="030 1234567"), person("2", phone="Zentrale 030 7654321")])

    for typed in ("030 1234567", "+49 (0)30 12345-67", "1234567", "0049301234567"):
        assert [one.number for one in search.matching(Customer.objects.all(), typed)] == ["1"], typed
    assert [one.number for one in search.matching(Customer.objects.all(), "030 7654321")] == ["2"]


def test_numbers_of_buyers_in_a_list_of_invoices_are_kept_so_too(tmp_path):
    row = {"order_number": "1", "ordered_at": "2024-03-01", "quantity": "1", "unit_price": "5"}

    bring(tmp_path, "flat", [{**row, **person(phone="0171 3920001")}])

    assert kept() == {"1": "+491713920001"}
    assert Import.objects.get().status == "done"


@pytest.mark.parametrize("country", ["DE", "AT", "CH"])
def test_quick_way_gives_what_the_tables_of_the_world_give(country):
    for digits in ("030123456", "01713920001", "0123456", "0664123456789", "0211123456789012", "0791234567"):
        assert phones.kept(digits, country=country) == phones.e164(digits, country=country), digits


def test_several_customers_may_have_the_same_number(tmp_path):
    bring(tmp_path, "customers", [person(number, phone="030 1234567") for number in "123"])

    assert kept() == dict.fromkeys("123", "+49301234567")
