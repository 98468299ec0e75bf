"""How the values of a file are written: settled by the column, its neighbours and by reckoning, or asked."""

import pytest

from stammkunde.intake import wording
from stammkunde.intake.asking import of_dict
from stammkunde.intake.check import FileNotUsable
from stammkunde.intake.recognise import recognise
from tests.intake.reading import TODAY, checked, remarks, rows, write

LINES = "Belegnummer;Belegdatum;Debitor;Artikelnummer;Menge;"


def lines(tmp_path, heading: str, *cells: str, name: str = "file.csv"):
    """Write invoice lines with these headings behind the quantity, which is the first cell."""
    body = "".join(f"R{at};0{at}.02.2025;D{at % 2};A{at};{each}\n" for at, each in enumerate(cells, start=1))
    return write(tmp_path, f"{LINES}{heading}\n{body}", name=name)


def asked(path, **options):
    return {one.option: one for one in recognise(path, today=TODAY, options=options).questions}


def sums(question) -> dict[str, int | None]:
    return {one.value: one.cents for one in question.answers}


# --- marks


@pytest.mark.parametrize(
    ("heading", "cells", "cents"),
    [
        ("Netto", ("1;2.000", "1;1.375", "1;14.500"), 17_875_00),  # separator and headings are German
        ("Netto", ("2;1.375", "1;9,50"), 1_384_50),  # the column itself says so
        ("Einzelpreis;Netto", ("1.500;2,00;3.000,00",), 3_000_00),  # quantity × price is the amount
        ("Einzelpreis;Netto", ("1.500;2,00;3,00",), 3_00),
        ("Netto", ("3;17,-", "1;8,--", "1;−4,25", "1;–0,75"), 20_00),
        ("Einzelpreis", ("3 Stk;2,00", "0,5 kg;10,00", "2x;4,00"), 19_00),
        ("Netto", ("1;(5,00)", "1;7,50-", "1;1’012,50", "1;EUR 3,00", '1;"=""2,50"""'), 1_005_50),
    ],
)
def test_numbers_are_read_as_their_column_is_written(tmp_path, heading, cells, cents):
    path = lines(tmp_path, heading, *cells)

    found = recognise(path, today=TODAY)

    assert found.questions == ()
    assert checked(path).revenue_cents == cents


def test_a_quantity_that_may_be_thousands_is_asked_with_what_is_at_stake(tmp_path):
    path = lines(tmp_path, "Einzelpreis", "4.000;2,50", "6.000;1,25")

    question = asked(path)["decimal:Menge"]

    assert (question.columns, question.row, question.example) == (("Menge",), 2, "4.000")
    assert [one.example for one in question.answers] == ["4000", "4"]
    assert sums(question) == {",": 17_500_00, ".": 17_50}
    assert checked(path, **{"decimal:Menge": "."}).revenue_cents == 17_50


def test_a_column_with_both_marks_is_asked(tmp_path):
    path = lines(tmp_path, "Netto", "1;2,50", "1;3.75", "1;1.200")

    assert sums(asked(path)["decimal:Netto"]) == {",": 1_206_25, ".": 7_45}


@pytest.mark.parametrize(
    ("heading", "cells", "is_asked"),
    [
        ("Order number,Order date,Product,Net", "1,2025-02-01,A,1.250", False),
        ("Order number,Order date,Product,Net", '1,2025-02-01,A,"1,250"', False),
        ("Rechnungsnummer,Datum,Artikel,Netto", "1,2025-02-01,A,1.250", True),  # separator and language disagree
    ],
)
def test_custom_decides_where_all_hints_agree(tmp_path, heading, cells, is_asked):
    path = write(tmp_path, f"{heading}\n{cells}\n")

    assert bool(asked(path)) == is_asked


def test_what_only_later_rows_leave_open_is_refused_and_then_asked(tmp_path):
    many = [f"R{at};01.02.2025;D;A;1;5,00" for at in range(2100)]
    path = write(tmp_path, f"{LINES}Einzelpreis\n" + "\n".join([*many, "R;01.02.2025;D;A;1.250;5,00"]))
    found = recognise(path, today=TODAY)

    with pytest.raises(FileNotUsable) as refused:
        checked(path)

    assert (found.questions, refused.value.code) == ((), "reading_open")
    question = of_dict(refused.value.detail["questions"][0])
    assert (question.option, question.row) == ("decimal:Menge", 2102)
    reason, cure = wording.problem_text("reading_open", refused.value.detail)
    assert "1.250" in reason
    assert '--option "decimal:Menge=,"' in cure
    again = recognise(path, today=TODAY, also=(question,))
    assert (again.questions, again.usable) == ((question,), False)


def test_a_number_that_a_program_wrote_has_a_point_before_its_decimals(tmp_path):
    row = '{"Rechnungsnummer": "R1", "Datum": "2025-02-01", "Artikel": "A", "Menge": 1.125, "Einzelpreis": 8}'
    path = write(tmp_path, row + "\n", name="file.jsonl")

    assert asked(path) == {}
    assert checked(path).revenue_cents == 9_00


# --- VAT, discounts, sides


@pytest.mark.parametrize(
    ("heading", "cells", "cents"),
    [
        ("Brutto;MwSt-Satz", ("1;238,00;0,19", "1;53,50;0,07"), 250_00),
        ("Brutto;MwSt-Satz", ("1;238,00;USt 19%", "1;53,50;7 % MwSt.", "1;10,00;steuerfrei"), 260_00),
        ("Brutto;MwSt-Satz", ("1;238,00;1,19",), 200_00),
        ("Einzelpreis;Rabatt", ("2;50,00;20 %", "1;10,00;1,50"), 88_50),
        ("Einzelpreis;Rabattbetrag", ("2;50,00;-20,00", "1;10,00;-1,00"), 89_00),
        ("Einzelpreis;Rabattbetrag", ("2;50,00;20,00", "-1;50,00;-10,00"), 40_00),  # of what is given back
        ("Einzelpreis;Rabatt %", ("2;50,00;-10",), 90_00),
    ],
)
def test_vat_and_discounts_are_read_as_rows_mean_them(tmp_path, heading, cells, cents):
    path = lines(tmp_path, heading, *cells)

    assert recognise(path, today=TODAY).questions == ()
    assert checked(path).revenue_cents == cents


@pytest.mark.parametrize(
    ("heading", "cells", "cents"),
    [
        ("Preis;MwSt", ("1;238,00;38,00", "3;11,90;5,70"), 230_00),  # VAT is in the price of a piece
        ("Preis;MwSt", ("1;200,00;38,00", "3;10,00;5,70"), 230_00),  # it comes on top
        ("Preis;MwSt", ("2;238,00;38,00", "3;35,70;5,70"), 230_00),  # the price is of the whole line
        ("Betrag;Steuerbetrag", ("2;107,00;7,00", "1;119,00;19,00"), 200_00),
        ("Betrag;MwSt-Satz;Steuerbetrag", ("2;107,00;7;7,49", "1;119,00;19;22,61"), 226_00),
    ],
)
def test_amounts_are_what_the_vat_in_the_rows_proves(tmp_path, heading, cells, cents):
    path = lines(tmp_path, heading, *cells)

    assert recognise(path, today=TODAY).questions == ()
    assert checked(path).revenue_cents == cents


def test_prices_beside_a_rate_are_asked_for_when_nothing_proves_them(tmp_path):
    path = lines(tmp_path, "Preis;MwSt", "1;119,00;19", "1;10,70;7")

    assert sums(asked(path)["price_basis"]) == {"net": 129_70, "gross": 110_00}


def test_a_basis_that_the_rows_contradict_is_flagged(tmp_path):
    path = lines(tmp_path, "Preis;Steuerbetrag", "1;119,00;19,00")

    found = checked(path, price_basis="net")

    assert remarks(found) == [(2, "Preis", "basis_contradicted")]


def test_a_price_of_a_piece_or_of_a_line_is_asked(tmp_path):
    path = write(tmp_path, f"{LINES}Preis\nR1;01.02.2025;D;A;3;12,00\nR2;01.02.2025;D;B;1;5,00\n")
    proven = write(tmp_path, f"{LINES}Preis\nR1;01.02.2025;D;A;3;12,00\nR2;01.02.2025;D;A;1;4,00\n", name="proven.csv")

    assert sums(asked(path)["price_of"]) == {"unit": 41_00, "line": 17_00}
    assert (asked(proven), checked(proven).revenue_cents) == ({}, 16_00)


def test_a_fraction_among_discounts_is_asked(tmp_path):
    path = lines(tmp_path, "Einzelpreis;Rabatt %", "1;100,00;0,25", "1;100,00;0")

    assert sums(asked(path)["percent:Rabatt %"]) == {"fraction": 175_00, "percent": 199_75}


def test_discounts_of_both_signs_are_asked(tmp_path):
    path = lines(tmp_path, "Einzelpreis;Rabatt", "1;100,00;-5,00", "1;100,00;3,00")

    assert sums(asked(path)["discounts"]) == {"positive": 202_00, "negative": 198_00}


def test_amounts_on_two_sides_are_asked(tmp_path):
    path = lines(tmp_path, "Netto", "1;100,00 H", "1;30,00 S")

    assert sums(asked(path)["credit:Netto"]) == {"plus": 70_00, "minus": -70_00}


def test_a_share_is_no_amount(tmp_path):
    path = lines(tmp_path, "Netto", "1;12,5 %", "1;2,00")

    assert remarks(checked(path)) == [(2, "Netto", "not_a_number")]


# --- days


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("7-Mär-25", "2025-03-06 23:00:00+00"),
        ("Mar-07-25", "2025-03-06 23:00:00+00"),
        ("7. März 2025 um 09:30 Uhr", "2025-03-07 08:30:00+00"),
        ("Fri Mar 07 2025 09:30:00 GMT+0100", "2025-03-07 08:30:00+00"),
        ("20250307093000", "2025-03-07 08:30:00+00"),
        ("2025-03-07 09:30:00 CET", "2025-03-07 08:30:00+00"),
        ("2025-07-07 09:30 Europe/Berlin", "2025-07-07 07:30:00+00"),
        ("1741336200", "2025-03-07 08:30:00+00"),
        ("1741336200000", "2025-03-07 08:30:00+00"),
    ],
)
def test_days_are_read_as_programs_write_them(tmp_path, cell, moment):
    path = write(tmp_path, f"{LINES}Netto\nR1;{cell};D;A;1;5,00\n")

    assert checked(path).refused == 0
    assert rows(path, "orders", "ordered_at") == [(moment,)]


def test_a_date_that_reads_both_ways_is_asked(tmp_path):
    path = write(tmp_path, f"{LINES}Netto\nR1;05/06/2025;D;A;1;5,00\nR2;07/08/2025;D;A;1;5,00\n")

    question = asked(path)["date_order"]

    assert (question.columns, question.example) == (("Belegdatum",), "05/06/2025")
    assert [(one.value, one.example) for one in question.answers] == [("dmy", "2025-06-05"), ("mdy", "2025-05-06")]
    with pytest.raises(FileNotUsable):
        checked(path)


@pytest.mark.parametrize("other", ["25/06/2025", "05/12/2026", "05.06.2025"])
def test_other_dates_of_the_column_settle_it(tmp_path, other):
    """A day above twelve does; so does one that would lie ahead, and points, with which the day comes first."""
    path = write(tmp_path, f"{LINES}Netto\nR1;05/06/2025;D;A;1;5,00\nR2;{other};D;A;1;5,00\n")

    assert asked(path) == {}


# --- keys and names


def test_keys_that_a_spreadsheet_has_rounded_are_refused(tmp_path):
    path = write(tmp_path, f"{LINES}Netto\n4,1E+11;01.02.2025;D;A;1;5,00\nR2;01.02.2025;2e+05;A;1;5,00\n")

    assert remarks(checked(path)) == [(2, "Belegnummer", "key_rounded"), (3, "Debitor", "key_rounded")]


def test_keys_and_names_that_look_the_same_are_the_same(tmp_path):
    numbers = ("D7", "D7\u200b", "\uff247", "'D7", "d7")
    path = write(tmp_path, "Kundennummer;Name\n" + "".join(f"{one};Bo\u0308ll  GmbH\n" for one in numbers))

    assert checked(path).merged == 4
    assert rows(path, "customers", "number", "name") == [("D7", "Böll GmbH")]


def test_numbers_that_differ_in_capitals_and_in_names_are_two_customers(tmp_path):
    path = write(tmp_path, "Kundennummer;Name\nab1;Anna\nAB1;Bert\n")

    assert checked(path).tables == {"customers": 2}


def test_numbers_that_differ_in_capitals_alone_without_a_name_are_two_customers(tmp_path):
    path = write(tmp_path, f"{LINES}Netto\nR1;01.02.2025;ab1;A;1;5,00\nR2;01.02.2025;AB1;A;1;5,00\n")

    assert checked(path).tables["customers"] == 2


def test_numbers_that_may_have_lost_zeros_are_flagged(tmp_path):
    path = write(tmp_path, "Kundennummer;Name\n00123;A\n00124;B\n01250;C\n997;D\n")

    assert remarks(checked(path)) == [(5, "Kundennummer", "zeros_lost")]
