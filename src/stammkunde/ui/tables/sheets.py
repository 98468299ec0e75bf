"""Tables as Excel files, written row by row. A text is written as a text, so nothing in it is carried out."""

from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from stammkunde.ui.tables.cells import TEXTS, local
from stammkunde.ui.tables.columns import Column

FORMATS = {
    "cents": "#,##0.00",
    "share": "0.0%",
    "times": "0.0",
    "ratio": "0.00##",
    "number": "#,##0.##",
    "days": "0",
    "day": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm:ss",
}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
MOST_ROWS = 1_048_575  # what a sheet holds, without its heading


def write_book(file: Any, *, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Write the rows into an open file or to a path; where a sheet is full, another one follows."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        styles = [book.add_format({"num_format": FORMATS.get(column.unit, "General")}) for column in columns]
        bold = book.add_format({"bold": True})
        sheet, at = _sheet(book, columns, bold), 0
        for row in rows:
            if at == MOST_ROWS:
                sheet, at = _sheet(book, columns, bold), 0
            at += 1
            for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
                _write_cell(sheet, at, place, cell, unit=column.unit, style=styles[place])


def _sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 2)  # number and name stay in sight
    sheet.set_column(0, len(columns) - 1, 18)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.label), bold)
    return sheet


def _write_cell(sheet: Any, at: int, place: int, cell: Any, *, unit: str, style: Any) -> None:
    if cell is None:
        return
    if unit in TEXTS:
        sheet.write_string(at, place, str(cell), style)
    elif unit == "day":
        sheet.write_datetime(at, place, cell, style)
    elif unit == "moment":
        sheet.write_datetime(at, place, local(cell).replace(tzinfo=None), style)
    else:
        sheet.write_number(at, place, float(cell) / 100 if unit == "cents" else float(cell), style)
