from datetime import UTC, date, datetime

import pytest

from stammkunde.customers import changes as told_changes
from stammkunde.customers import services
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.store import changes
from stammkunde.team.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def version() -> int:
    return changes.version("customers")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_create_customer_is_recorded_and_marks_the_mirror(salesperson):
    made = services.create_customer(
        fields={"name": "Café Lux", "number": "77", "city": "Trier"}, staff=salesperson, now=NOW
    )

    assert (made.source, made.number, made.search) == ("hand:77", "77", "café lux 77 trier")
    assert version() == 1
    assert actions() == ["customer.created"]


def test_create_customer_twice_with_one_number_is_refused(salesperson):
    services.create_customer(fields={"name": "Café Lux", "number": "77"}, staff=salesperson, now=NOW)

    with pytest.raises(services.NumberTaken):
        services.create_customer(fields={"name": "Anderes", "number": "77"}, staff=salesperson, now=NOW)

    assert Customer.objects.count() == 1
    assert actions() == ["customer.created"]


def test_change_customer_takes_the_row_from_the_import(salesperson):
    customer = factories.customer(imported_by=7)
    factories.contact_person(customer, first_name="Rosa", last_name="Lind")

    services.change_customer(customer_id=customer.pk, fields={"city": "Ulm"}, staff=salesperson, now=NOW)

    customer.refresh_from_db()
    assert (customer.city, customer.imported_by) == ("Ulm", None)
    assert customer.search == f"{customer.name.lower()} {customer.number} ulm rosa lind"
    assert version() == 1
    assert AuditEntry.objects.get().detail == {"changed": {"city": ["", "Ulm"]}}


def test_change_customer_to_the_same_leaves_no_trace(salesperson):
    customer = factories.customer(imported_by=7, city="Ulm")

    services.change_customer(customer_id=customer.pk, fields={"city": "Ulm"}, staff=salesperson, now=NOW)

    customer.refresh_from_db()
    assert customer.imported_by == 7
    assert (version(), actions()) == (0, [])


def test_assign_counts_those_who_changed_hands(salesperson, administrator):
    customers = [factories.customer(), factories.customer(owner=salesperson), factories.customer(imported_by=3)]
    ids = [customer.pk for customer in customers]

    first = services.assign(customer_ids=ids, owner=salesperson, staff=administrator, now=NOW)
    again = services.assign(customer_ids=ids, owner=salesperson, staff=administrator, now=NOW)
    nobody = services.assign(customer_ids=ids[:1], owner=None, staff=administrator, now=NOW)

    assert (first, again, nobody) == (2, 0, 1)
    assert Customer.objects.filter(owner=salesperson, imported_by=None).count() == 2
    changed = ["customer.changed"]
    assert actions() == ["customers.assigned", *changed, *changed, "customers.assigned", *changed]
    assert AuditEntry.objects.latest("pk").detail == {"changed": {"owner": ["Sven", None]}}


def test_contact_person_is_found_through_the_customer(salesperson):
    customer = factories.customer(name="Huber", number="5")

    services.add_contact_person(
        customer_id=customer.pk, fields={"last_name": "Öz", "email": "oz@h.de"}, staff=salesperson, now=NOW
    )

    customer.refresh_from_db()
    assert customer.search == "huber 5 öz oz@h.de"
    assert actions() == ["contact_person.created"]


def test_change_contact_person_tells_what_changed(salesperson):
    person = factories.contact_person(factories.customer(), birthday_on=None, imported_by=4)

    services.change_contact_person(
        person_id=person.pk, fields={"birthday_on": date(1980, 5, 17), "first_name": "Kim"}, staff=salesperson, now=NOW
    )

    person.refresh_from_db()
    assert person.imported_by is None
    assert AuditEntry.objects.get().detail["changed"] == {"birthday_on": [None, "1980-05-17"]}


def test_removed_contact_person_comes_back_with_what_mattered(salesperson):
    customer = factories.customer(name="Huber", number="5")
    person = factories.contact_person(customer, first_name="Eva", last_name="Rau", birthday_on=date(1980, 5, 17))
    note = services.add_note(
        customer_id=customer.pk, contact_person=person, text="Segelt", matters=True, staff=salesperson, now=NOW
    )

    kept = services.remove_contact_person(person_id=person.pk, staff=salesperson, now=NOW)
    customer.refresh_from_db()
    assert customer.search == "huber 5"
    for _repeated in range(2):
        services.restore_contact_person(kept=kept, staff=salesperson, now=NOW)

    back = ContactPerson.objects.get()
    assert (back.first_name, back.birthday_on, back.source) == ("Eva", date(1980, 5, 17), person.source)
    note.refresh_from_db()
    assert note.contact_person == back
    assert actions() == ["contact_person.removed", "contact_person.restored"]


def test_note_about_a_person_of_another_customer_is_refused(salesperson):
    elsewhere = factories.contact_person(factories.customer())

    with pytest.raises(services.PersonElsewhere):
        services.add_note(
            customer_id=factories.customer().pk, contact_person=elsewhere, text="…", staff=salesperson, now=NOW
        )

    assert not Note.objects.exists()


def test_note_is_changed_and_deleted_by_its_author_only(salesperson, administrator):
    note = services.add_note(customer_id=factories.customer().pk, text="Ruft zurück", staff=salesperson, now=NOW)

    with pytest.raises(services.NotTheAuthor):
        services.change_note(note_id=note.pk, text="!", staff=administrator, changed_at=NOW)
    with pytest.raises(services.NotTheAuthor):
        services.delete_note(note_id=note.pk, staff=administrator, now=NOW)
    services.change_note(note_id=note.pk, text="Ruft morgen zurück ", staff=salesperson, changed_at=NOW)
    note.refresh_from_db()
    assert note.text == "Ruft morgen zurück"
    services.delete_note(note_id=note.pk, staff=salesperson, now=NOW)

    assert not Note.objects.exists()
    assert actions() == ["note.changed", "note.deleted"]


def test_a_change_is_told_field_by_field(salesperson):
    customer = factories.customer(city="Ulm", since_on=date(2020, 5, 17), kind="person")
    fields = {"city": "", "kind": "company", "since_on": date(2021, 5, 17), "attributes": {"Farbe": "rot"}}

    services.change_customer(customer_id=customer.pk, fields=fields, staff=salesperson, now=NOW)

    told = told_changes.entry(AuditEntry.objects.latest("pk"))
    assert sorted(told.split("; ")) == [
        "Art: Person → Firma",
        "Kunde seit: 17.05.2020 → 17.05.2021",
        "Merkmale",
        "Ort: Ulm → –",
    ]


def test_a_change_whose_fields_are_not_known_any_more_is_still_told():
    old = AuditEntry(action="customer.changed", detail={"changed": {"fax": ["1", "2"]}})

    assert told_changes.entry(old) == "fax: 1 → 2"
    assert told_changes.entry(AuditEntry(action="customer.changed", detail={})) == "Stammdaten geändert"
