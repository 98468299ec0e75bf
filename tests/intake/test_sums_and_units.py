"""Lines against the totals of their documents, quantities in several units, and what stands below a list."""

import pytest

from stammkunde.intake import recognise, sums, wording
from tests.intake.reading import TODAY, checked, flat, remarks, write

HEAD = "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;Einzelpreis netto;MwSt-Satz;{}\n"
FOOT = "Bestellnummer;Datum;KdNr;Artikel-Nr.;Menge;Einzelpreis netto;Lager\n1;01.03.2024;K;X;1;5,00;A\n"


def documents(tmp_path, heading, *totals, lines=((1, "10,00"), (1, "5,00"), (2, "7,00"))):
    rows = "".join(
        f"{number};01.03.2024;K;X;1;{price};19;{total}\n" for (number, price), total in zip(lines, totals, strict=True)
    )
    return checked(write(tmp_path, HEAD.format(heading) + rows))


@pytest.mark.parametrize(
    ("heading", "totals"),
    [
        ("Rechnungsbetrag netto", ("15,00", "15,00", "7,00")),
        ("Rechnungsbetrag brutto", ("17,85", "17,85", "8,33")),
        ("Rechnungsbetrag", ("17,85", "17,85", "8,33")),
        ("Rechnungsbetrag", ("15,00", "", "7,00")),
        ("Rechnungsbetrag", ("10,00", "5,00", "7,00")),  # of the line: it differs within a document
    ],
)
def test_lines_that_come_to_their_total_need_no_word(tmp_path, heading, totals):
    found = documents(tmp_path, heading, *totals)

    assert (found.revenue_cents, found.refused, remarks(found)) == (22_00, 0, [])


def test_document_that_comes_to_something_else_is_told_with_place_and_cents(tmp_path):
    found = documents(tmp_path, "Rechnungsbetrag netto", "19,90", "19,90", "7,00")

    (told,) = found.problems
    assert (told.row, told.column, told.value, told.code) == (2, "Rechnungsbetrag netto", "1", "total_differs")
    assert told.detail == {"total_cents": 1990, "cents": 1500}
    assert "15,00" in wording.problem_text(told.code, told.detail, value=told.value)[0]
    assert (found.revenue_cents, found.flagged, found.refused) == (22_00, 1, 0)


def test_column_that_no_document_comes_to_is_told_once(tmp_path):
    lines = tuple((number, "10,00") for number in range(1, 6))

    found = documents(tmp_path, "Rechnungsbetrag netto", *["14,90"] * 5, lines=lines)

    assert [(one.code, one.detail) for one in found.problems] == [
        ("totals_differ", {"documents": 5, "of": 5, "cents": 24_50})
    ]


def test_pieces_and_kilograms_are_not_added_up_and_a_product_in_both_is_told(tmp_path):
    path, found = flat(
        tmp_path, "1;01.03.2024;K;A;2 Stk;5", "1;01.03.2024;K;A;3 pcs;5", "2;01.03.2024;K;NUSS;1,5 kg;5",
        "3;01.03.2024;K;NUSS;4 Kartons;5", "4;01.03.2024;K;C;7;5",
    )  # fmt: skip

    assert [(one.row, one.value, one.detail) for one in found.problems] == [
        (4, "NUSS", {"units": "Karton, kg", "rows": 2})
    ]
    assert found.totals["quantity"] is None
    by_unit = {one["unit"]: one["quantity"] for one in found.totals["units"]}
    assert by_unit == {"Stück": 5, "kg": 1.5, "Karton": 4, "": 7}
    assert {each.text for each in sums.sheet(found.totals).figures} >= {"5", "1,50", "4", "7"}
    assert path.exists()


def test_units_of_what_does_not_count_part_no_sum(tmp_path):
    head = "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;Einzelpreis;Belegart\n"
    found = checked(write(tmp_path, head + "1;01.03.2024;K;A;2 Stk;5;Rechnung\n2;01.03.2024;K;A;3 kg;5;Angebot\n"))

    assert (found.totals["quantity"], "units" in found.totals) == (2, False)


def test_unit_of_a_column_of_its_own_counts_and_one_unit_is_added_up(tmp_path):
    head = "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;ME;Einzelpreis\n"
    mixed = checked(write(tmp_path, head + "1;01.03.2024;K;A;2;Stk;5\n1;01.03.2024;K;B;3;kg;5\n"))
    plain = checked(write(tmp_path, head + "1;01.03.2024;K;A;2;Stk;5\n1;01.03.2024;K;B;3;Stück;5\n"))

    assert (mixed.totals["quantity"], [one["unit"] for one in mixed.totals["units"]]) == (None, ["Stück", "kg"])
    assert (plain.totals["quantity"], "units" in plain.totals) == (5, False)


@pytest.mark.parametrize(
    "foot",
    [
        ";;;;;;\n2;Datensätze heruntergeladen\n",
        "Verkäufer-ID: muster\n",
        "Bericht vom 12.03.2024, Filiale Nord\n\nwww.shop.example: Export\n",
        "Ende des Exports;;;;;;\n",
    ],
)
def test_words_below_the_list_are_no_rows_of_it(tmp_path, foot):
    path = write(tmp_path, FOOT + foot)

    found = recognise.recognise(path, today=TODAY)
    done = checked(path)

    assert found.usable
    assert (done.refused, done.revenue_cents, {one.code for one in done.problems}) == (0, 5_00, {"row_note"})


@pytest.mark.parametrize("row", ["2024-7;;;;;;\n", "2;01.03.2024;;;;;\n", "R 17;02.03.2024;K;X;;5,00;\n"])
def test_a_record_that_lacks_something_is_refused_and_no_note(tmp_path, row):
    done = checked(write(tmp_path, FOOT + row))

    assert (done.refused, done.aside) == (1, 0)


def test_words_between_records_are_refused(tmp_path):
    done = checked(write(tmp_path, FOOT + "Kunde Nord;;;;;;\n2;01.03.2024;K;X;1;5,00;A\n"))

    assert (done.refused, done.aside) == (1, 0)
