"""A layout is chosen by what it would lose; what only a person can say is asked once."""

import pytest

from stammkunde.intake import layouts
from stammkunde.intake.recognise import rank, recognise
from tests.intake.reading import TODAY, checked, rows, write

MORE = ";".join(f"Freifeld {place}" for place in range(30))


def asked(found):
    return {one.option: tuple(answer.value for answer in one.answers) for one in found.questions}


@pytest.mark.parametrize(
    ("heading", "layout"),
    [
        ("Kundennummer;Name;Straße;PLZ;Ort", "customers"),
        ("Rechnungsnummer;Rechnungsdatum;Kundennummer;Artikelnummer;Menge;Netto", "flat"),
        ("Rechnungsnummer;Rechnungsdatum;Kunde;Rechnungsbetrag", "documents"),
        ("Artikelnummer;Bezeichnung;Warengruppe", "products"),
        ("Auftragsnummer;Auftragsdatum;Kundennummer;Status", "orders"),
    ],
)
def test_columns_that_nobody_knows_count_for_nothing(heading, layout):
    alone, amid = rank(heading.split(";"))[0], rank(f"{heading};{MORE}".split(";"))[0]

    assert alone == amid
    assert (amid[0], amid[1] > 0.95) == (layout, True)


@pytest.mark.parametrize(
    "heading",
    [
        "Auftragsnummer;Auftragsdatum;Kundennummer;Firma;Nachname;Straße;PLZ;Ort;Artikelnummer;Menge;Einzelpreis",
        "Auftragsnummer;Kundennummer;Name;Straße;PLZ;Ort;E-Mail;Telefon;Artikelnummer;Menge;Betrag",
    ],
)
def test_lines_of_orders_are_no_list_of_customers(heading):
    scores = dict(rank(heading.split(";")))

    assert scores["flat"] > 3 * scores["customers"]


def test_totals_of_a_document_are_no_amounts_of_its_lines():
    """They would count once for each line."""
    found = rank(["Auftragsnummer", "Datum", "Kunde", "Artikelnummer", "Menge", "Gesamtbetrag"])

    assert found[0][1] < 0.25


def test_one_row_for_each_document_has_its_money(tmp_path):
    path = write(
        tmp_path,
        "Belegnummer;Belegdatum;Kundennummer;Kunde;Status;Versandkosten;Gesamtbetrag;Sachbearbeiter\n"
        "1;03.01.2024;K1;Anna Muster;abgeschlossen;4,90;119,00;x\n2;04.01.2024;K2;Beispiel GmbH;storniert;0;238,00;y\n",
    )

    found = checked(path)

    assert (found.layout, found.revenue_cents, found.guest_orders) == ("documents", 35700, 0)
    assert rows(path, "orders", "number", "customer_source", "status") == [
        ("1", "files:K1", "completed"), ("2", "files:K2", "cancelled"),
    ]  # fmt: skip


def test_orders_without_their_money_are_asked_about(tmp_path):
    path = write(tmp_path, "Bestellnummer;Bestelldatum;KdNr;Betrag\n1;03.01.2024;K1;119,00\n")

    found = recognise(path, today=TODAY, layout="orders")
    answered = recognise(path, today=TODAY, layout="orders", options={"amounts": "lines"})

    assert (asked(found), found.usable) == ({"amounts": ("lines",)}, False)
    assert answered.usable


def test_whoever_bought_may_stand_in_a_column_that_nobody_knows(tmp_path):
    path = write(
        tmp_path,
        "Rechnungsnummer;Datum;Betrag;Konto bei uns\n1;03.01.2024;5;a@muster.example\n2;03.01.2024;6;\n",
    )

    found = recognise(path, today=TODAY)
    answered = recognise(path, today=TODAY, options={"buyer": "Konto bei uns"})
    guests = recognise(path, today=TODAY, options={"buyer": "-"})

    assert (asked(found), found.usable) == ({"buyer": ("Konto bei uns", "-")}, False)
    assert found.questions[0].answers[0].example == "a@muster.example"
    assert (answered.columns["email"], answered.usable) == ("Konto bei uns", True)
    assert ("email" in guests.columns, guests.usable) == (False, True)


def test_sales_of_guests_alone_are_nothing_to_ask_about(tmp_path):
    path = write(tmp_path, "Bonnummer;Datum;Artikel;Betrag\n1;03.01.2024;Kaffee;5,00\n")

    assert recognise(path, today=TODAY).usable


def test_headings_that_stand_twice_are_one_question(tmp_path):
    path = write(
        tmp_path, "Kundennummer;Name;Ort;Name;Ort\n1;Muster GmbH;Dresden;Anna Muster;Köln\n2;Beispiel;Ulm;Bo;Ulm\n"
    )

    found = recognise(path, today=TODAY)
    second = recognise(path, today=TODAY, columns=found.columns, options={"repeated": "2"})

    assert (asked(found), found.usable) == ({"repeated": ("1", "2")}, False)
    assert [one.example for one in found.questions[0].answers] == ["Muster GmbH, Dresden", "Anna Muster, Köln"]
    assert second.columns == {"customer_number": "Kundennummer", "customer_name": "Name (2)", "city": "Ort (2)"}
    assert second.usable


@pytest.mark.parametrize(
    "text",
    ["Kundennummer;Name;Ort;Notiz;Notiz\n1;Muster;Ulm;x;y\n", "Kundennummer;Name;Ort;Ort\n1;Muster;Ulm;Ulm\n"],
    ids=["of columns that are not used", "with the same values"],
)
def test_headings_that_stand_twice_for_nothing_are_no_question(tmp_path, text):
    assert recognise(write(tmp_path, text), today=TODAY).usable


def test_a_c_before_the_number_makes_no_cancellation(tmp_path):
    path = write(
        tmp_path,
        "Belegnummer;Belegdatum;Kundennummer;Artikelnummer;Menge;Netto\nC10001;03.01.2024;K1;A-1;2;119,00\n"
        "C10002;03.01.2024;K1;A-1;-1;-59,50\n",
    )

    checked(path)

    assert [kind for (kind,) in rows(path, "lines", "kind")] == ["sale", "cancellation"]


def test_every_kind_of_file_is_ranked_first_by_its_own_headings():
    for kind in layouts.own():
        assert rank([one.de for one in kind.fields])[0][0] == kind.name
