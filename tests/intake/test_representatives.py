"""What an ERP says beside customers: contact persons there, and who looks after them here."""

import pytest

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.intake import layouts, owners, recognise
from stammkunde.intake.layouts.persons import person_part
from stammkunde.team import known
from stammkunde.team.models import Staff
from tests import factories
from tests.intake.bringing import NOW, bring, everything, undo
from tests.intake.reading import TODAY, write

ERP = (
    "Kundennummer;Firma;Ort;Ansprechpartner;E-Mail Ansprechpartner;Telefon Ansprechpartner;Vertreter;Vertreternummer\n"
    "1;Muster GmbH;Berlin;Frau Dr. Ina Beispiel;ina@muster.example;030 1234567;Sven Verkauf;07\n"
    "2;Probe AG;Köln;Müller, Jan;;;V. Unbekannt;12\n"
    "3;Einzel e. K.;Bonn;;;;V. Unbekannt;12\n"
)


def customer(number="1", **more):
    return {"customer_number": number, "company": "Muster GmbH", **more}


def staff(name, *, email=""):
    return Staff.objects.create_user(
        email or f"{name.lower().replace(' ', '')}.x@example.org", name=name, created_at=NOW
    )


def owners_by_number():
    return dict(Customer.objects.values_list("number", "owner__name"))


def people():
    columns = ("customer__number", "salutation", "title", "first_name", "last_name", "email", "phone")
    return list(ContactPerson.objects.order_by("customer__number", "pk").values_list(*columns))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Herr Dr. Max Muster", ("Herr", "Dr.", "Max", "Muster")),
        ("Herrn Jan Müller", ("Herr", "", "Jan", "Müller")),
        ("Muster, Erika", ("", "", "Erika", "Muster")),
        ("Müller, Dr. Jan", ("", "Dr.", "Jan", "Müller")),
        ("Max von der Heide", ("", "", "Max", "von der Heide")),
        ("Frau Prof. Dr. Ina Beispiel-Muster", ("Frau", "Prof. Dr.", "Ina", "Beispiel-Muster")),
        ("Ms Ann Lee Doe", ("Ms", "", "Ann Lee", "Doe")),
        ("Muster", ("", "", "", "Muster")),
        ("Frieda Herrlich", ("", "", "Frieda", "Herrlich")),
    ],
)
def test_name_in_one_cell_is_taken_apart(name, parts):
    assert tuple(person_part(one, name) for one in ("salutation", "title", "first", "last")) == parts


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        (ERP.splitlines()[0], "customers"),
        ("Customer number;Company;City;Contact person;Contact e-mail;Contact phone;Sales rep;Rep number", "customers"),
        ("KdNr;Firma;Vorname (Ansprechpartner);Nachname (Ansprechpartner);PLZ;Außendienst;VertreterNr", "customers"),
        ("Rechnungsnummer;Datum;KdNr;Firma;Ansprechpartner;Artikel-Nr.;Menge;Einzelpreis;Sachbearbeiter", "flat"),
        ("Auftragsnummer;Belegdatum;Kundennummer;Kunde;Ansprechpartner;Gesamtnetto;Kundenbetreuer", "documents"),
    ],
)
def test_columns_of_an_erp_are_known_and_none_is_left(tmp_path, header, layout):
    cells = ["x"] * (header.count(";") + 1)
    found = recognise.recognise(write(tmp_path, f"{header}\n{';'.join(cells)}\n"), today=TODAY)

    assert (found.layout, found.unused) == (layout, ())
    assert {"owner_name"} <= found.columns.keys()
    assert {"contact_name", "contact_last_name"} & found.columns.keys()


def test_contact_columns_say_nothing_without_a_name():
    header = ["Kundennummer", "Firma", "Telefon Ansprechpartner", "Anrede"]

    assert set(recognise.match(layouts.get("customers"), header)) == {"customer_number", "company"}


@pytest.mark.django_db(transaction=True)
class TestImported:
    def test_erp_list_makes_people_and_owners_and_is_unchanged_the_second_time(self, tmp_path, salesperson):
        salesperson.name = "Sven Verkauf"
        salesperson.save()
        before = everything()
        ina = {"contact_name": "Frau Dr. Ina Beispiel", "contact_email": "ina@muster.example"}
        nobody = {"contact_name": "", "contact_email": "", "contact_phone": ""}
        rows = [
            customer(**ina, contact_phone="030 1234567", owner_name="Verkauf, Sven"),
            customer("2", **nobody, owner_name="sven"),
        ]

        first, second = (bring(tmp_path, "customers", rows) for _twice in range(2))

        assert people() == [("1", "Frau", "Dr.", "Ina", "Beispiel", "ina@muster.example", "+49301234567")]
        assert owners_by_number() == {"1": "Sven Verkauf", "2": "Sven Verkauf"}
        assert first.problems == second.problems == []
        assert [of_table["created"] + of_table["changed"] for of_table in second.counts.values()] == [0, 0]
        undo(first)
        assert everything() == before

    def test_unknown_representative_is_told_once_and_asked_and_the_answer_counts(self, tmp_path, salesperson):
        rows = [customer(str(number), owner_name="V. Unbekannt", owner_number="12") for number in range(1, 4)]

        incoming = bring(tmp_path, "customers", rows)

        assert [(one["code"], one["value"], one["detail"]["rows"]) for one in incoming.problems] == [
            ("unknown_owner", "V. Unbekannt / 12", 3)
        ]
        (question,) = incoming.checkpoint["asked"]
        assert (question["option"], question["proposed"]) == ("owner:V. Unbekannt / 12", "none")
        assert salesperson.email in {one["value"] for one in question["answers"]}
        answered = bring(tmp_path, "customers", rows, options={question["option"]: salesperson.email})
        assert answered.problems == []
        assert set(owners_by_number().values()) == {salesperson.name}

    def test_short_name_or_number_that_was_written_down_is_known(self, tmp_path, salesperson):
        salesperson.known_as = "07, SVE"
        salesperson.save()

        bring(tmp_path, "customers", [customer(owner_number="7"), customer("2", owner_number="sve")])

        assert set(owners_by_number().values()) == {salesperson.name}

    def test_who_took_an_order_looks_after_the_customer_only_where_nobody_does(self, tmp_path, salesperson):
        other = staff(name="Ada Andere", email="ada@example.org")
        factories.customer(source="t:1", number="1", kind="company", owner=other)
        row = {"ordered_at": "2024-03-01", "quantity": "1", "unit_price": "5", "owner_name": salesperson.name}

        bring(tmp_path, "flat", [
            {**row, **customer("1", contact_name="Kim Muster"), "order_number": "1"},
            {**row, **customer("2", contact_name="Kim Probe"), "order_number": "2"},
        ])  # fmt: skip

        assert owners_by_number() == {"1": "Ada Andere", "2": salesperson.name}
        assert [(one[0], one[4]) for one in people()] == [("1", "Muster"), ("2", "Probe")]

    def test_person_who_is_there_under_another_key_is_nobody_else_and_keeps_what_the_file_does_not_say(self, tmp_path):
        there = factories.customer(source="t:1", number="1", kind="company")
        factories.contact_person(there, source="t:P7", first_name="Kim", last_name="Muster", email="kim@a.example")

        bring(
            tmp_path, "customers", [customer(contact_name="Kim Muster", contact_email="", contact_phone="030 1234567")]
        )

        assert [one[3:] for one in people()] == [("Kim", "Muster", "kim@a.example", "+49301234567")]

    def test_names_beside_a_company_are_its_contact_and_those_of_a_person_are_nobody_else(self, tmp_path):
        rows = [
            {"customer_number": "1", "company": "Muster GmbH", "first_name": "Kim", "last_name": "Muster"},
            {"customer_number": "2", "company": "", "first_name": "Jan", "last_name": "Probe"},
        ]

        bring(tmp_path, "customers", rows)

        assert [(one[0], one[3], one[4]) for one in people()] == [("1", "Kim", "Muster")]

    def test_words_that_mean_two_people_mean_nobody_and_whole_names_come_first(self):
        one, other = (staff(name=name) for name in ("Jan Meier", "Ada Meier"))
        staff(name="Meier")

        assert known.find(["Meier, Jan", "A. Meier", "JM", "Meier"]).keys() >= {"Meier, Jan", "A. Meier", "JM"}
        found = known.find(["Herr Jan Meier", "AM", "Niemand", "niemand / Ada Meier"])
        assert found == {"Herr Jan Meier": one.pk, "AM": other.pk, "niemand / Ada Meier": other.pk}


@pytest.mark.django_db
def test_preview_asks_who_is_meant_with_everything_else(tmp_path, salesperson):
    salesperson.known_as = "7"
    salesperson.save()

    found = owners.with_questions(recognise.recognise(write(tmp_path, ERP), today=NOW.date()))

    assert [(one.option, one.columns, one.row, one.detail) for one in found.asked] == [
        ("owner:V. Unbekannt / 12", ("Vertreter",), 3, {"rows": 2})
    ]
    assert found.usable
