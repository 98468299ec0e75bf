"""Rows that are no records are set aside by kind, and nothing that is one."""

import pytest

from tests.intake.reading import CUSTOMERS, checked, flat, remarks, rows, write

LINES = "Rechnungsnummer;Rechnungsdatum;Kundennummer;Artikel;Menge;Netto\n"
ORDERS = ("R1;03.01.2024;K1;Stuhl;1;100,00\n", "R2;04.01.2024;K2;Tisch;1;250,00\n")


def lines(tmp_path, *more: str, **options):
    path = write(tmp_path, LINES + "".join(ORDERS) + "".join(f"{line}\n" for line in more))
    return path, checked(path, layout="flat", decimal=",", **options)


def codes(found) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in found.problems if one.severity == "aside"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Summe;;;;;350,00", "row_total"),
        ("Gesamt:;31.01.2024;;;2;350,00", "row_total"),
        ("Gesamtsumme Januar 2024;;;;;350,00", "row_total"),
        (";;;Total;;350,00", "row_total"),
        (";;Zwischensumme;;2;350,00", "row_total"),
        (";;;;;350,00", "row_total"),
        ("Summe Muster GmbH;;;;;350,00", "row_total"),
        ("Anzahl: 2;;;;;", "row_total"),
        ("*** Total ***;;;;;350.00", "row_total"),
        ("Rechnungsnummer;Rechnungsdatum;Kundennummer;Artikel;Menge;Netto", "row_heading"),
        ("Stand: 31.01.2024;;;;;", "row_note"),
        ("Stand: 31.01.2024", "row_note"),
        ("Alle Beträge in Euro ohne Umsatzsteuer;;;;;", "row_note"),
        ("----;----;----;----;----;----", "row_note"),
        ("2 Datensätze", "row_note"),
    ],
)
def test_what_is_no_record_is_set_aside_by_kind(tmp_path, row, code):
    _, found = lines(tmp_path, row)

    assert codes(found) == [(4, code)]
    assert (found.rows, found.refused, found.aside, found.revenue_cents) == (2, 0, 1, 350_00)


def test_each_part_of_a_list_may_have_its_total_and_its_heading(tmp_path):
    _, found = lines(
        tmp_path,
        ";;;;;350,00",
        LINES.strip(),
        "R3;05.01.2024;K1;Stuhl;1;10,00",
        "R4;05.01.2024;K1;Stuhl;1;15,00",
        ";;;;;25,00",
        "Gesamtsumme;;;;;375,00",
    )

    assert [code for _, code in codes(found)] == ["row_total", "row_heading", "row_total", "row_total"]
    assert (found.rows, found.refused, found.revenue_cents) == (4, 0, 375_00)


@pytest.mark.parametrize(
    "row",
    [
        "R3;05.01.2024;K3;Gesamtpaket;1;350,00",
        "R3;05.01.2024;K3;Total;1;350,00",
        "R3;05.01.2024;;Summe;1;350,00",
        "Total-17;05.01.2024;K3;Stuhl;1;350,00",
        "R3;05.01.2024;Summe & Co;Stuhl;1;350,00",
        "R3;05.01.2024;K3;Stand: 2024;1;350,00",
    ],
)
def test_an_order_is_none_whatever_its_goods_are_called(tmp_path, row):
    _, found = lines(tmp_path, row)

    assert (codes(found), found.rows, found.revenue_cents) == ([], 3, 700_00)


def test_an_amount_without_a_key_that_is_no_sum_is_refused_and_not_lost_silently(tmp_path):
    _, found = lines(tmp_path, ";;;;;349,99", "Summe Muster GmbH;;;;;17,00")

    assert codes(found) == []
    assert found.refused == 2


def test_a_customer_is_one_whatever_he_is_called(tmp_path):
    names = ("Summe GmbH;1;Köln", "Total Energies;2;", "Gesamt AG;3;", "Summe;4;Bonn", "Stand: 5;5;", "Anzahl;6;")
    path = write(tmp_path, "Name;Kundennummer;Ort\n" + "\n".join(names))
    found = checked(path, layout="customers")

    assert (found.aside, found.tables) == (0, {"customers": 6})


def test_a_customer_without_a_number_is_refused_and_a_number_may_be_any_word(tmp_path):
    path = write(tmp_path, "Kundennummer;Name;Ort\n1;Eva;Bonn\n;Ada Groß;\nSIGMA;Sigma Optik;\nTotal;Total AG;Köln\n")
    found = checked(path, layout="customers")

    assert (found.aside, remarks(found)) == (0, [(3, "Kundennummer", "missing_value")])
    assert found.tables["customers"] == 3


def test_the_total_of_a_list_of_customers_is_no_customer(tmp_path):
    path = write(tmp_path, CUSTOMERS + "1;Muster;\n2;Beispiel;\nSumme;2 Kunden;\n")
    found = checked(path)

    assert (found.tables["customers"], found.aside, found.refused) == (2, 1, 0)


def test_rows_that_go_on_with_an_order_have_its_number_day_and_customer(tmp_path):
    path, found = lines(tmp_path, ";;;Lampe;3;60,00", ";04.01.2024;;Vase;1;9,00", "R3;05.01.2024;K1;Stuhl;1;10,00")

    assert rows(path, "orders", "source", "ordered_on", "customer_source")[1][0] == "files:R2"
    assert [order for (order,) in rows(path, "lines", "order_source")].count("files:R2") == 3
    assert (found.refused, found.revenue_cents) == (0, 429_00)
    assert [(one.row, one.code, one.detail) for one in found.problems if one.code == "row_filled"] == [
        (4, "row_filled", {"rows": 2})
    ]


def test_a_row_of_another_customer_without_a_number_does_not_go_on_with_the_order(tmp_path):
    _, found = lines(tmp_path, ";04.01.2024;K9;Lampe;3;60,00")

    assert (found.refused, found.revenue_cents) == (1, 350_00)


@pytest.mark.parametrize(("keep", "refused", "cents"), [("total", 1, 360_00), ("all", 2, 350_00)])
def test_whoever_objects_has_such_rows_read_like_all_others(tmp_path, keep, refused, cents):
    _, found = lines(tmp_path, ";;;Lampe;1;10,00", ";;;;;360,00", keep_aside=keep)

    assert (found.aside, found.refused, found.revenue_cents) == (0, refused, cents)


def test_files_of_programs_have_no_such_rows(tmp_path):
    path = write(tmp_path, '{"Kundennummer": "Summe", "Name": "Eva"}\n', name="file.jsonl")

    assert checked(path, layout="customers").tables["customers"] == 1


def test_a_list_with_nothing_but_a_total_has_no_rows(tmp_path):
    _, found = flat(tmp_path, "Summe;;;;;")

    assert (found.rows, found.aside, remarks(found)) == (0, 1, [(2, "", "row_total")])
