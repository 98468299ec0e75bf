"""Lists to take along: CSV as table programs open it, and Excel. Written row by row, however long the list is."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from stammkunde.customers import wording
from stammkunde.customers.models import Consent, Customer
from stammkunde.home.queries.customers import Row
from stammkunde.signals import forecasts
from stammkunde.signals import queries as signals
from stammkunde.signals import reasons as risk_reasons
from stammkunde.team import policy
from stammkunde.team import services as team
from stammkunde.team.models import Staff

UNITS = ("text", "number", "ratio", "times", "cents", "share", "days", "day")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EXCEL_FORMATS = {
    "cents": "#,##0.00",
    "share": "0.0%",
    "times": "0.0",
    "ratio": "0.00##",
    "number": "#,##0.##",
    "days": "0",
    "day": "dd.mm.yyyy",
}
FORMATS = ("csv", "csv-plain", "xlsx")  # plain: without the mark by which table programs know UTF-8
XLSX_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
MOST_XLSX_ROWS = 1_048_575  # what a sheet holds, without its heading


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: its heading, and what its cells are (one of `UNITS`)."""

    label: str | Promise
    unit: str = "text"

    @property
    def is_number(self) -> bool:
        return self.unit not in {"text", "day"}


Rows = Iterable[Sequence[Any]]
Taken = tuple[Column, Callable[[Any], Any]]  # of a list of customers: a column, and how to read it


def response(*, form: str, name: str, columns: Sequence[Column], rows: Rows) -> HttpResponseBase:
    """Answer with a file in the language of the page; `form` is one of `FORMATS`."""
    name = f"{name}.{form.partition('-')[0]}"
    answer = _xlsx(columns=columns, rows=rows, name=name) if form == "xlsx" else _csv(form, columns, rows, name=name)
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _csv(form: str, columns: Sequence[Column], rows: Rows, *, name: str) -> StreamingHttpResponse:
    german = (get_language() or "").startswith("de")
    lines = csv_lines(columns=columns, rows=rows, german=german, marked=form == "csv")
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def write(path: Path, *, columns: Sequence[Column], rows: Rows) -> None:
    """Write a list to a file of the command line: Excel where the name ends so, else CSV, in the language at hand."""
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path), XLSX_OPTIONS) as book:
            _write_sheets(book, columns, rows)
        return
    german = (get_language() or "").startswith("de")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(columns=columns, rows=rows, german=german))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(*, columns: Sequence[Column], rows: Rows, german: bool, marked: bool = True) -> Iterator[str]:
    """Write line by line; German with semicolons and decimal commas; `marked` says that it is UTF-8."""
    writer = csv.writer(_Echo(), delimiter=";" if german else ",", lineterminator="\r\n")
    yield ("\ufeff" if marked else "") + writer.writerow([str(column.label) for column in columns])
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


def _xlsx(*, columns: Sequence[Column], rows: Rows, name: str) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(file, XLSX_OPTIONS) as book:
        _write_sheets(book, columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)


def _write_sheets(book: xlsxwriter.Workbook, columns: Sequence[Column], rows: Rows) -> None:
    """Write the rows; where a sheet is full, another one follows."""
    styles = [book.add_format({"num_format": EXCEL_FORMATS.get(column.unit, "General")}) for column in columns]
    bold = book.add_format({"bold": True})
    sheet, at = _sheet(book, columns, bold), 0
    for row in rows:
        if at == MOST_XLSX_ROWS:
            sheet, at = _sheet(book, columns, bold), 0
        at += 1
        for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _write_cell(sheet, at, place, cell, unit=column.unit, style=styles[place])


def _sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 2)  # number and name stay in sight
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.write_row(0, 0, [str(column.label) for column in columns], bold)
    return sheet


def _write_cell(sheet: Any, at: int, place: int, cell: Any, *, unit: str, style: Any) -> None:
    if cell is None:
        return
    if unit == "text":
        sheet.write_string(at, place, str(cell), style)
    elif unit == "day":
        sheet.write_datetime(at, place, cell, style)
    else:
        sheet.write_number(at, place, float(cell) / 100 if unit == "cents" else float(cell), style)


def customers(pieces: Iterable[list[Row]], *, form: str, staff: Staff, query: str) -> HttpResponseBase:
    """Give the list of customers with what someone may see of it, and record who took what along."""
    team.record(staff=staff, action="customers.exported", thing="customers", label=form, query=query)
    return _taken(pieces, customer_columns(staff), form=form, name=_("customers"))


def warnings(pieces: Iterable[list[Any]], *, form: str, staff: Staff, query: str) -> HttpResponseBase:
    """Give the open warnings with all that is known of the customers, and record who took what along."""
    team.record(staff=staff, action="export", thing="warnings", label=form, query=query)
    return _taken(pieces, [*customer_columns(staff), *_warning()], form=form, name=_("early-warning"))


def _taken(pieces: Iterable[list[Any]], taken: list[Taken], *, form: str, name: str) -> HttpResponseBase:
    name = f"{name}-{timezone.localdate():%Y-%m-%d}"
    rows = _cells(pieces, taken, language=get_language() or "en")
    return response(form=form, name=name, columns=[column for column, _value in taken], rows=rows)


def consents(records: Iterable[Consent], *, staff: Staff, customer: Customer | None) -> HttpResponseBase:
    """Give records of consent with their proof, and record who took them along."""
    whose = {"thing_id": customer.pk, "label": customer.name} if customer else {"label": ""}
    team.record(staff=staff, action="consents.exported", thing="customer" if customer else "consents", **whose)
    name = f"{_('consents')}-{timezone.localdate():%Y-%m-%d}"
    rows = _consent_rows(records, language=get_language() or "en")
    return response(form="csv", name=name, columns=[Column(label=label) for label in _consent_labels()], rows=rows)


def _consent_labels() -> list[str]:
    return [
        _("Customer number"),
        _("Name"),
        _("Contact person"),
        _("Channel"),
        _("Purpose"),
        pgettext("of consent", "State"),
        _("How"),
        _("When"),
        _("Origin"),
        _("Wording"),
        _("Proof"),
        _("Address"),
        _("Recorded by"),
        _("Recorded"),
    ]


def _consent_rows(records: Iterable[Consent], *, language: str) -> Iterator[list[str]]:
    """Give the cells record by record; the file is written after the request, so the language is brought along."""
    for one in records:
        with translation.override(language):
            row = [
                one.customer.number,
                one.customer.name,
                one.person_name or str(one.contact_person or one.person_source),
                one.get_channel_display(),
                one.get_purpose_display(),
                one.get_state_display(),
                one.get_basis_display(),
                timezone.localtime(one.happened_at).isoformat(sep=" ", timespec="seconds"),
                wording.origin(one.origin),
                one.wording,
                "; ".join(f"{name}: {text}" for name, text in one.proof.items()),
                one.address,
                str(one.recorded_by or ""),
                timezone.localtime(one.recorded_at).isoformat(sep=" ", timespec="seconds"),
            ]
        yield row


def _cells(pieces: Iterable[list[Any]], taken: list[Taken], *, language: str) -> Iterator[list[Any]]:
    """Give the cells row by row; the file is written after the request, so the language is brought along."""
    for rows in pieces:
        with translation.override(language):
            cells = [[value(row) for _column, value in taken] for row in rows]
        yield from cells


def customer_columns(staff: Staff) -> list[Taken]:
    """Give the columns of the list of customers that someone may take along."""
    shows_worth = forecasts.shows_worth(staff, signals.current())
    found = [*_who(), *_when(), *_risk(shows_money=shows_worth)]
    if policy.may(staff, policy.FIGURES_VIEW):
        found += _figures()
    if policy.may(staff, policy.MARGIN_VIEW):
        found += _margins()
    if shows_worth:
        found += _worth()
    return found


def _who() -> list[Taken]:
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
        *((Column(label=label), lambda row, name=name: getattr(row.customer, name)) for label, name in texts),
        (Column(label=_("Kind")), lambda row: row.customer.get_kind_display()),
        (Column(label=_("Responsible")), lambda row: row.customer.owner.name if row.customer.owner else ""),
        (Column(label=_("Customer since"), unit="day"), lambda row: row.customer.since_on),
    ]


def _when() -> list[Taken]:
    return [
        (Column(label=_("Stage")), lambda row: row.signal.get_stage_display() if row.signal else ""),
        _of("first_on", _("First purchase"), unit="day"),
        _of("last_on", _("Last purchase"), unit="day"),
        _of("gap_days", _("Usual days between purchases"), unit="days"),
        _of("overdue_days", _("Days overdue"), unit="days"),
    ]


def _risk(*, shows_money: bool) -> list[Taken]:
    def why(row: Row) -> str:
        told = row.signal.risk_reasons if row.signal else None
        return "; ".join(risk_reasons.texts(told, shows_money=shows_money))

    return [
        (Column(label=_("Risk level")), lambda row: row.signal.get_risk_level_display() if row.signal else ""),
        _of("risk", _("Risk"), unit="share"),
        (Column(label=_("Reasons")), why),
    ]


def _figures() -> list[Taken]:
    return [
        _of("abc_class", _("Class"), unit="text"),
        _of("value_rank", _("Rank"), unit="number"),
        _of("purchase_days", _("Days with purchase"), unit="number"),
        _of("revenue_cents", _("Revenue"), unit="cents"),
        _of("revenue_year_cents", _("Revenue of the last 12 months"), unit="cents"),
    ]


def _margins() -> list[Taken]:
    return [
        _of("margin_cents", _("Contribution margin"), unit="cents"),
        _of("margin_year_cents", _("Contribution margin of the last 12 months"), unit="cents"),
    ]


def _worth() -> list[Taken]:
    return [
        _of("margin_at_risk_cents", _("At stake"), unit="cents"),
        _of("expected_cents", _("Expected in 12 months"), unit="cents"),
        _of("expected_low_cents", _("Expected in 12 months, at least"), unit="cents"),
        _of("expected_high_cents", _("Expected in 12 months, at most"), unit="cents"),
        _of("clv_cents", _("Customer value of three years"), unit="cents"),
    ]


def _warning() -> list[Taken]:
    return [
        _of("silent_days", _("Days silent"), unit="days"),
        _of("risk_before", _("Risk last time"), unit="share"),
        (Column(label=_("Warned on"), unit="day"), lambda row: row.warning.warned_on),
        (Column(label=_("Task")), lambda row: row.task.title if row.task else ""),
        (Column(label=_("State of the task")), lambda row: row.task.get_state_display() if row.task else ""),
    ]


def _of(name: str, label: str, *, unit: str) -> Taken:
    """Take a field of the signal; empty before there is one."""
    return Column(label=label, unit=unit), lambda row: getattr(row.signal, name) if row.signal else None
