"""Workbooks as people keep them: cells as they are shown, cover sheets, hidden rows, forgotten cells."""

import struct
import time
from datetime import date

import pytest
import xlsxwriter

from stammkunde.intake import formats
from stammkunde.intake.formats import FileNotUsable
from tests.intake.reading import checked, remarks, rows
from tests.intake.test_formats import cells, told

HEADING = ["Kundennummer", "Name", "PLZ"]


def workbook(tmp_path, fill, **more):
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path, more) as book:
        fill(book)
    return path


def table(book, name="Kunden"):
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, HEADING)
    sheet.write_row(1, 0, ["K1", "Müller & Söhne", "01067"])
    return sheet


def test_numbers_are_read_as_their_cells_show_them(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        zeros, percent = book.add_format({"num_format": "00000"}), book.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["PLZ", "Satz", "Nr", "Tag"])
        lettered, day = book.add_format({"num_format": '"K-"0000'}), book.add_format({"num_format": "dd.mm.yyyy"})
        for row, (place, share, number) in enumerate([(1067, 0.07, 12), (50667, 0.19, 7)], start=1):
            sheet.write_number(row, 0, place, zeros)
            sheet.write_number(row, 1, share, percent)
            sheet.write_number(row, 2, number, lettered)
            sheet.write_datetime(row, 3, date(2024, 2, 29), day)
        sheet.write_row(3, 0, [815, 19, "K-9", 5])

    assert cells(workbook(tmp_path, fill)) == [
        (2, "01067", "7%", "K-0012", "2024-02-29"),
        (3, "50667", "19%", "K-0007", "2024-02-29"),
        (4, "815", "19", "K-9", "5"),
    ]


def test_a_cover_and_a_hidden_sheet_are_passed_over_and_another_may_be_chosen(tmp_path):
    def fill(book):
        book.add_worksheet("Deckblatt").write_row(0, 0, ["Stand", "02.01.2025"])
        hidden = table(book, "Alt")
        hidden.hide()
        table(book, "Daten")

    path = workbook(tmp_path, fill)

    assert formats.sniff(path).sheet == "Daten"
    assert formats.sniff(path, options={"sheet": "Alt"}).remarks[0].code == "sheet_hidden"


def test_other_sheets_are_told_with_their_rows(tmp_path):
    path = workbook(tmp_path, lambda book: [table(book, "2023"), table(book, "2024")])

    assert [(one.code, one.detail) for one in formats.sniff(path).remarks] == [("sheets_left", {"names": ["2024 (1)"]})]


def test_hidden_rows_and_formulas_that_nobody_reckoned_are_told(tmp_path):
    def fill(book):
        sheet = table(book)
        sheet.write_row(2, 0, ["K2", "Eva", "1"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_formula(3, 0, '="K"&3', None, "")

    path = workbook(tmp_path, fill)

    assert told(path) == ["rows_hidden", "formulas_without_value"]
    assert [row[:2] for row in cells(path)] == [(2, "K1"), (3, "K2")]


@pytest.mark.parametrize("place", [(1_048_574, 16_383), (1_048_575, 0), (400, 16_383), (900_000, 2)])
def test_a_forgotten_cell_far_outside_costs_neither_time_nor_the_table(tmp_path, place):
    def fill(book):
        sheet = table(book)
        sheet.write_datetime(2, 0, date(2024, 2, 29), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_row(2, 1, ["<Eva>", 1067])
        sheet.write(*place, "x")

    path = workbook(tmp_path, fill)
    begun = time.process_time()

    assert cells(path) == [(2, "K1", "Müller & Söhne", "01067"), (3, "2024-02-29", "<Eva>", "1067")]
    assert time.process_time() - begun < 2
    assert told(path) == ["stray_cell_left"]


def test_a_workbook_whose_reader_gives_up_is_refused(tmp_path):
    """Its directory breaks off, at which the library panics: that is none of the errors that Python knows."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    head = struct.pack("<HHHHH6x10I", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    path = tmp_path / "file.xls"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + head + struct.pack("<108I", *[free] * 108)
        + struct.pack("<128I", table, *[end] * 127) + bytes(100)
    )  # fmt: skip

    with pytest.raises(FileNotUsable) as refused:
        formats.sniff(path)
    assert refused.value.code == "workbook_unreadable"


def test_a_sheet_with_much_far_outside_is_refused(tmp_path):
    def fill(book):
        sheet = table(book)
        for row in range(8):
            sheet.write(row * 100_000, 16_000, "x")

    with pytest.raises(FileNotUsable) as refused:
        formats.sniff(workbook(tmp_path, fill))
    assert refused.value.code == "stray_cell"


def test_merged_cells_of_an_order_hold_for_all_of_its_rows(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("A1:F1", "Umsatzbericht 2024")
        sheet.write_row(2, 0, ["Rechnungsnummer", "Rechnungsdatum", "Kundennummer", "Artikelnummer", "Menge", "Netto"])
        for column, text in enumerate(["R1", "03.01.2024", "K1"]):
            sheet.merge_range(3, column, 4, column, text)
        sheet.write_row(3, 3, ["A-1", 1, 100])
        sheet.write_row(4, 3, ["A-2", 2, 200])
        sheet.write_row(5, 0, ["Summe", None, None, None, None, 300])

    path = workbook(tmp_path, fill)
    found = checked(path, layout="flat")

    assert (found.revenue_cents, found.refused, found.aside) == (300_00, 0, 1)
    assert rows(path, "lines", "order_source") == [("files:R1",), ("files:R1",)]
    assert [code for _, _, code in remarks(found)] == ["row_filled", "row_total"]


def test_a_discount_in_a_percent_cell_is_a_share_and_no_amount(tmp_path):
    def fill(book):
        sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0%"})
        sheet.write_row(
            0, 0, ["Rechnungsnummer", "Datum", "Kundennummer", "Artikelnummer", "Menge", "Einzelpreis netto", "Rabatt"]
        )
        for row in (1, 2):
            sheet.write_row(row, 0, [f"R{row}", "13.01.2025", "K1", "A-1", 1, 200])
            sheet.write_number(row, 6, 0.1, percent)

    assert checked(workbook(tmp_path, fill)).revenue_cents == 2 * 180_00
