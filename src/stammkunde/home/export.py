"""The list of customers as a file to take along. Every file leaves an entry in the audit trail."""

import csv
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from stammkunde.home.queries.customers import Row
from stammkunde.team import policy
from stammkunde.team import services as team
from stammkunde.team.models import Staff

FORMATS = ("csv", "csv-plain", "xlsx")
MOST_XLSX_ROWS = 1_048_575  # what a sheet holds, without its heading
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take a text that begins so for a formula

Column = tuple[str, Callable[[Row], Any]]


def answer(pieces: Iterable[list[Row]], *, form: str, staff: Staff, query: str) -> HttpResponse:
    """Give the file, row by row, and record who took what along."""
    team.record(staff=staff, action="customers.exported", thing="customers", label=form, query=query)
    name = f"{_('customers')}-{timezone.localdate():%Y-%m-%d}.{form.partition('-')[0]}"
    if form == "xlsx":
        return _xlsx(pieces, columns(staff), name)
    language = translation.get_language() or "en"
    lines = _csv(pieces, columns(staff), language=language, byte_order_mark=form == "csv")
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def columns(staff: Staff) -> list[Column]:
    """Give the columns that someone may take along."""
    found = [*_who(), *_when()]
    if policy.may(staff, policy.FIGURES_VIEW):
        found += _figures()
    if policy.may(staff, policy.MARGIN_VIEW):
        found += _margins()
    return found


def _who() -> list[Column]:
    texts = (
        (_("Customer number"), "number"),
        (_("Name"), "name"),
        (_("E-mail"), "email"),
        (_("Phone"), "phone"),
        (_("Street"), "street"),
        (_("Postcode"), "postcode"),
        (_("City"), "city"),
        (_("Country"), "country"),
        (_("Region"), "region"),
        (_("Industry"), "industry"),
        (_("Segment"), "segment"),
    )
    return [
        *((label, lambda row, name=name: getattr(row.customer, name)) for label, name in texts),
        (_("Kind"), lambda row: row.customer.get_kind_display()),
        (_("Responsible"), lambda row: row.customer.owner.name if row.customer.owner else ""),
        (_("Customer since"), lambda row: row.customer.since_on),
    ]


def _when() -> list[Column]:
    return [
        (_("Stage"), lambda row: row.signal.get_stage_display() if row.signal else ""),
        (_("First purchase"), _of("first_on")),
        (_("Last purchase"), _of("last_on")),
        (_("Usual days between purchases"), _of("gap_days")),
        (_("Days overdue"), _of("overdue_days")),
    ]


def _figures() -> list[Column]:
    return [
        (_("Class"), _of("abc_class")),
        (_("Rank"), _of("value_rank")),
        (_("Days with purchase"), _of("purchase_days")),
        (_("Revenue"), _cents("revenue_cents")),
        (_("Revenue of the last 12 months"), _cents("revenue_year_cents")),
    ]


def _margins() -> list[Column]:
    return [
        (_("Contribution margin"), _cents("margin_cents")),
        (_("Contribution margin of the last 12 months"), _cents("margin_year_cents")),
    ]


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.signal, name) if row.signal else None


def _cents(name: str) -> Callable[[Row], Any]:
    def amount(row: Row) -> float | None:
        value = getattr(row.signal, name) if row.signal else None
        return None if value is None else value / 100

    return amount


def _csv(pieces: Iterable[list[Row]], shown: list[Column], *, language: str, byte_order_mark: bool) -> Iterator[bytes]:
    german = language.startswith("de")
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if german else ",", lineterminator="\r\n")
    if byte_order_mark:
        yield b"\xef\xbb\xbf"
    writer.writerow([label for label, _value in shown])
    for rows in pieces:
        with translation.override(language):
            for row in rows:
                writer.writerow([_cell(value(row), german=german) for _label, value in shown])
        yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cell(value: Any, *, german: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",") if german else f"{value:.2f}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RISKY) else value
    if german and hasattr(value, "strftime"):
        return f"{value:%d.%m.%Y}"
    return str(value)


def _xlsx(pieces: Iterable[list[Row]], shown: list[Column], name: str) -> FileResponse:
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(
        file.name, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        _sheets(book, pieces, shown)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def _sheets(book: xlsxwriter.Workbook, pieces: Iterable[list[Row]], shown: list[Column]) -> None:
    """Write the rows; where a sheet is full, another one follows."""
    formats = {
        "day": book.add_format({"num_format": "dd.mm.yyyy"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
    }
    sheet = _sheet(book, shown)
    number = 0
    for row in (row for rows in pieces for row in rows):
        if number == MOST_XLSX_ROWS:
            sheet, number = _sheet(book, shown), 0
        number += 1
        for column, (_label, value) in enumerate(shown):
            _write(sheet, number, column, value(row), **formats)


def _sheet(book: xlsxwriter.Workbook, shown: list[Column]) -> Any:
    name = _("Customers")
    sheet = book.add_worksheet(name if not book.worksheets() else f"{name} {len(book.worksheets()) + 1}")
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, len(shown) - 1, 16)
    sheet.write_row(0, 0, [label for label, _value in shown], book.add_format({"bold": True}))
    return sheet


def _write(sheet: Any, row: int, column: int, value: Any, *, day: Any, money: Any) -> None:
    if hasattr(value, "strftime"):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, float):
        sheet.write_number(row, column, value, money)
    elif value is not None and value != "":
        sheet.write(row, column, value)
