"""Lists to take along: CSV as table programs open it, and Excel. Written row by row, however long the list is."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language

UNITS = ("text", "number", "cents", "share", "days", "day")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EXCEL_FORMATS = {"cents": "#,##0.00", "share": "0.0%", "number": "#,##0.##", "days": "0", "day": "dd.mm.yyyy"}
ENDINGS = ("csv", "xlsx")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: its heading, and what its cells are (one of `UNITS`)."""

    label: str | Promise
    unit: str = "text"

    @property
    def is_number(self) -> bool:
        return self.unit not in {"text", "day"}


Rows = Iterable[Sequence[Any]]


def response(*, ending: str, name: str, columns: Sequence[Column], rows: Rows) -> HttpResponseBase:
    """Answer with a file in the language of the page."""
    if ending == "xlsx":
        return _xlsx(name=name, columns=columns, rows=rows)
    german = (get_language() or "").startswith("de")
    answer = StreamingHttpResponse(
        csv_lines(columns=columns, rows=rows, german=german), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(*, columns: Sequence[Column], rows: Rows, german: bool) -> Iterator[str]:
    """Write line by line; German with semicolons and decimal commas, and always with a mark that says UTF-8."""
    writer = csv.writer(_Echo(), delimiter=";" if german else ",", lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([str(column.label) for column in columns])
    for row in rows:
        yield writer.writerow(
            [cell_text(cell, unit=column.unit, german=german) for cell, column in zip(row, columns, strict=True)]
        )


def cell_text(value: Any, *, unit: str, german: bool) -> str:
    """Write a cell for a table program: no signs, no grouping; a text that looks like a formula stays a text."""
    if value is None:
        return ""
    if unit == "day":
        return value.strftime("%d.%m.%Y") if german else value.isoformat()
    if unit == "text":
        return f"'{value}" if str(value).startswith(FORMULA_STARTS) else str(value)
    number = _number(value, unit=unit)
    return number.replace(".", ",") if german else number


def _number(value: Any, *, unit: str) -> str:
    if unit == "cents":
        return f"{float(value) / 100:.2f}"
    if unit == "share":
        return f"{float(value):.6f}"
    return str(int(value)) if float(value).is_integer() else str(float(value))


def _xlsx(*, name: str, columns: Sequence[Column], rows: Rows) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        formats = [book.add_format({"num_format": EXCEL_FORMATS.get(column.unit, "General")}) for column in columns]
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, [str(column.label) for column in columns], book.add_format({"bold": True}))
        for at, row in enumerate(rows, start=1):
            for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
                _write_cell(sheet, at, place, cell, unit=column.unit, style=formats[place])
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    answer["Cache-Control"] = "no-store"
    return answer


def _write_cell(sheet: Any, at: int, place: int, cell: Any, *, unit: str, style: Any) -> None:
    if cell is None:
        return
    if unit == "text":
        sheet.write_string(at, place, str(cell), style)
    elif unit == "day":
        sheet.write_datetime(at, place, cell, style)
    else:
        sheet.write_number(at, place, float(cell) / 100 if unit == "cents" else float(cell), style)
