"""Contacts are appended once, taken back by a row of their own, and count where others must know of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stammkunde import mirror
from stammkunde.contacts import queries, services
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import AppendedOnly
from stammkunde.store.models import Change
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def said(customer, **more):
    given = {"source": "hand:1", "customer_id": customer.pk, "channel": "phone", "happened_at": NOW}
    return services.Said(**{**given, **more})


def write_down(customer, staff, *, person=None, **more):
    return services.write_down(customer=customer, person=person, said=said(customer, **more), staff=staff, now=NOW)


def test_a_contact_is_recorded_once_with_its_local_day(salesperson):
    customer = factories.customer()

    late = NOW.replace(day=19, hour=23, minute=30)  # half past midnight in Berlin
    one = write_down(customer, salesperson, happened_at=late)

    assert one == write_down(customer, salesperson, happened_at=late)
    assert (Contact.objects.count(), one.happened_on) == (1, date(2026, 11, 20))
    assert list(Change.objects.filter(part__startswith="contacts").values_list("part", "version")) == [
        ("contacts:2026-11", 1)
    ]


def test_what_is_written_is_neither_changed_nor_deleted(salesperson):
    one = write_down(factories.customer(), salesperson)

    for change in (one.save, one.delete, Contact.objects.all().delete, lambda: Contact.objects.update(about="x")):
        with pytest.raises(AppendedOnly):
            change()


def test_taken_back_it_does_not_count_and_both_rows_stay(salesperson):
    customer = factories.customer()
    one = write_down(customer, salesperson, takes_slot=True)

    services.take_back(contact_id=one.pk, staff=salesperson, now=NOW)
    services.take_back(contact_id=one.pk, staff=salesperson, now=NOW)

    assert Contact.objects.count() == 2
    assert list(queries.of_customer(customer.pk)) == []
    assert queries.slots([customer.pk], since=NOW - timedelta(days=1)) == []


def test_a_person_of_another_customer_and_the_future_are_refused(salesperson):
    customer, stranger = factories.customer(), factories.contact_person(factories.customer())

    with pytest.raises(services.PersonElsewhere):
        write_down(customer, salesperson, person=stranger)
    with pytest.raises(services.LiesAhead):
        write_down(customer, salesperson, happened_at=NOW + timedelta(minutes=1))
    assert not Contact.objects.exists()


def test_people_reached_are_counted_within_a_year(salesperson):
    company = factories.customer(kind="company")
    eva, max_, ida = (factories.contact_person(company, last_name=name) for name in ("Eva", "Max", "Ida"))
    spoken = {"contact_person_id": eva.pk}
    write_down(company, salesperson, person=eva, **spoken, source="hand:1")
    write_down(company, salesperson, person=eva, **spoken, source="hand:2", direction="in", channel="email")
    write_down(company, salesperson, person=max_, contact_person_id=max_.pk, source="hand:3", outcome="not_reached")
    write_down(company, salesperson, person=max_, contact_person_id=max_.pk, source="hand:5", channel="email")
    write_down(
        company,
        salesperson,
        person=ida,
        contact_person_id=ida.pk,
        source="hand:4",
        happened_at=NOW - timedelta(days=400),
    )

    found = queries.reached(company.pk, now=NOW)

    assert (found.people, found.reached, found.only, found.hangs_on_one) == (3, 1, str(eva), True)
    assert queries.reached(factories.customer().pk, now=NOW).people == 0


@pytest.mark.django_db(transaction=True)
def test_contacts_come_along_in_the_mirror_without_those_taken_back(salesperson):
    customer = factories.customer()
    kept = write_down(customer, salesperson, source="hand:1")
    gone = write_down(customer, salesperson, source="hand:2", happened_at=NOW - timedelta(days=40))
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)
    assert mirror.tables().contacts.aggregate("count(*)").fetchall() == [(2,)]

    services.take_back(contact_id=gone.pk, staff=salesperson, now=NOW)

    assert mirror.stale_parts(mirror.read()) == set()  # it starts no refresh
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)
    assert mirror.tables().contacts.project("contact_id").fetchall() == [(kept.pk,)]
