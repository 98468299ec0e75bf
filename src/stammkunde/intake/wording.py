"""
Codes of problems put into words, in the language of the person who reads them.

A reason says what is wrong with a value, a row or a file; a cure says what to do. `test_wording` checks that every code
that reading can give stands here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.intake import layouts

_lazy = gettext_lazy
_MEND_ROW = _lazy("Correct the row and import it again.")

# code → (reason, cure); `%(value)s` is the value in quotation marks, or "the value" where it is not at hand.
_OF_ROWS = {
    "row_width": (
        _lazy("The row has %(found)s cells, the heading has %(expected)s."),
        _lazy("Look for a separator too many or too few; cells that contain the separator need quotation marks."),
    ),
    "quote_not_closed": (
        _lazy("A quotation mark is not closed; lines %(first)s to %(last)s cannot be told apart."),
        _lazy("Close the quotation mark, or write one that belongs to the text twice."),
    ),
    "cell_too_long": (
        _lazy("The cell is longer than %(limit)s characters."),
        _lazy("Shorten the cell, or leave the column out."),
    ),
    "nul_bytes": (
        _lazy("The row contains characters that no text has (NUL)."),
        _lazy("Export the file again; this row is damaged."),
    ),
    "json_row": (
        _lazy("The line is not a JSON object."),
        _lazy("Write one object in curly brackets on each line."),
    ),
    "missing_value": (_lazy("The value is missing."), _lazy("Fill in the cell and import the row again.")),
    "key_too_long": (
        _lazy("%(value)s is longer than %(limit)s characters."),
        _lazy("A number of this kind is short; check whether the column is the right one."),
    ),
    "text_cut": (
        _lazy("%(value)s was cut to %(limit)s characters."),
        _lazy("Shorten the text if the end of it matters."),
    ),
    "broken_characters": (
        _lazy("%(value)s contains characters that could not be read."),
        _lazy("Export the file again as UTF-8, or choose another encoding."),
    ),
    "not_a_number": (
        _lazy("%(value)s is not a number."),
        _lazy("Write it like %(number_example)s, or choose another decimal mark."),
    ),
    "number_too_large": (
        _lazy("The number is too large to be true."),
        _lazy("Check the value and the decimal mark."),
    ),
    "other_currency": (
        _lazy("The amount is in %(found)s; this installation reckons in %(expected)s."),
        _lazy("Convert the row to %(expected)s, or leave it out."),
    ),
    "unknown_choice": (
        _lazy("%(value)s is not known here."),
        _lazy("Taken instead: %(taken)s. Known are: %(known)s."),
    ),
    "not_an_email": (
        _lazy("%(value)s is not an e-mail address; it was left out."),
        _lazy("Correct the address and import the row again."),
    ),
    "not_a_date": (_lazy("%(value)s is not a date."), _lazy("Write it like %(date_example)s.")),
    "date_in_future": (
        _lazy("%(value)s lies in the future."),
        _lazy("Check the year, and whether day and month are in the right order."),
    ),
    "date_too_early": (
        _lazy("%(value)s lies before %(earliest_year)s."),
        _lazy("Check the year; write it with four digits."),
    ),
    "date_order_assumed": (
        _lazy("Nothing in the file says whether %(value)s begins with the day or the month; the day was taken."),
        _lazy("If the month comes first, choose so in the preview and import again."),
    ),
    "order_incomplete": (
        _lazy("Row %(row)s of the same order was refused."),
        _lazy("Correct that row; an order is imported whole or not at all."),
    ),
    "price_not_positive": (
        _lazy("The amount is zero or negative; the line counts as an adjustment."),
        _lazy("Nothing to do if that is what happened."),
    ),
    "sign_turned": (
        _lazy("A return or cancellation with a positive amount; it was taken as negative."),
        _lazy("Nothing to do if that is what happened."),
    ),
    "not_a_product": (
        _lazy("%(value)s looks like postage, a fee or the like, not like a product."),
        _lazy("It stays in the revenue, but not among the products. Change the kind on the product's page if it is one."),
    ),
    "order_of_several": (
        _lazy("Order %(order)s names %(customers)s customers; the last one was taken."),
        _lazy("Check who ordered, and correct the file."),
    ),
    "refund_without_lines": (
        _lazy("The shop does not say which goods were refunded; the refund is a line of its own."),
        _lazy("Nothing to do."),
    ),
    "duplicate_key": (
        _lazy("The same number stands in row %(kept)s with other values; that row counts."),
        _lazy("Keep one of the two rows."),
    ),
    # what publishing finds when it compares the file with what is there
    "unknown_customer": (
        _lazy("Customer %(value)s is not there."),
        _lazy("Import the customers first, then this file again. Both must have the same origin."),
    ),
    "unknown_product": (
        _lazy("Product %(value)s is not there."),
        _lazy("Import the products first, then this file again. Both must have the same origin."),
    ),
    "unknown_order": (
        _lazy("Order %(value)s is not there."),
        _lazy("Import the orders first, then this file again. Both must have the same origin."),
    ),
    "new_row_incomplete": (
        _lazy("The row is new, and the file does not have what a new one needs: %(column_label)s."),
        _lazy("Add the column and import the file again."),
    ),
}  # fmt: skip

_OF_FILES = {
    "empty_file": (_lazy("The file is empty."), _lazy("Export it again.")),
    "header_only": (_lazy("The file has a heading, but no rows."), _lazy("Export it again, with data.")),
    "not_readable": (_lazy("The file cannot be read: %(reason)s."), _lazy("Upload it again.")),
    "archive": (
        _lazy("This is an archive, not a table."),
        _lazy("Unpack it and import the file inside."),
    ),
    "binary": (
        _lazy("This is not a table of text."),
        _lazy("Export it as CSV, Excel, Parquet or JSON lines."),
    ),
    "markup": (
        _lazy("This is a web page or XML, not a table."),
        _lazy("Export it as CSV, Excel, Parquet or JSON lines."),
    ),
    "password": (_lazy("The workbook is locked by a password."), _lazy("Save it without a password.")),
    "workbook_too_large": (
        _lazy("Unpacked, the workbook has %(gb)s GB."),
        _lazy("Export the data as CSV or Parquet."),
    ),
    "workbook_unreadable": (
        _lazy("The workbook is damaged."),
        _lazy("Open it in Excel and save it again, or export it as CSV."),
    ),
    "sheet_missing": (_lazy("There is no sheet “%(sheet)s”."), _lazy("Choose one of these: %(sheets)s.")),
    "encoding_unknown": (_lazy("There is no encoding “%(encoding)s”."), _lazy("Leave it to us, or choose UTF-8.")),
    "encoding_wrong": (
        _lazy("The file is not written in %(encoding)s."),
        _lazy("Leave the encoding to us, or export the file as UTF-8."),
    ),
    "json_array": (
        _lazy("The file is one JSON list."),
        _lazy("Write each object on a line of its own, without the brackets and commas around them (JSON lines)."),
    ),
    "json_unreadable": (_lazy("The file is not JSON lines."), _lazy("Write one object on each line.")),
    "row_unreadable_all": (
        _lazy("The first row cannot be read."),
        _lazy("Check the separator and the quotation marks."),
    ),
    "parquet_unreadable": (_lazy("The Parquet file is damaged."), _lazy("Write it again.")),
    "column_missing": (
        _lazy("The file has no column “%(column)s” (%(field_label)s)."),
        _lazy("Choose the column that holds it, or leave the field out."),
    ),
    "field_missing": (
        _lazy("A column is missing: %(field_labels)s."),
        _lazy("Choose the column that holds it; without it, the rows mean nothing."),
    ),
    "tax_unknown": (
        _lazy("The prices include VAT, and the file does not say how much."),
        _lazy("Give the VAT in percent, or the column that holds it."),
    ),
    "too_little_memory": (
        _lazy("The file needs more memory than the %(memory_mb)s MB that are allowed."),
        _lazy("Raise STAMMKUNDE_MEMORY_MB, or import the file in parts."),
    ),
}  # fmt: skip

CODES = _OF_ROWS | _OF_FILES

_QUESTIONS = {
    "layout": _lazy("What kind of file is this?"),
    "tax_rate": _lazy("The prices include VAT: how much, in percent?"),
}
_STEPS = {
    "read": _lazy("Reading the file"),
    "parse": _lazy("Understanding the values"),
    "judge": _lazy("Checking the rows"),
    "write": _lazy("Preparing the tables"),
}


def problem_text(code: str, detail: Mapping[str, Any], *, value: str = "") -> tuple[str, str]:
    """Word a problem: (reason, cure). With `value`, the reason quotes it."""
    reason, cure = CODES.get(code, (_lazy("Something is wrong here (%(code)s)."), _MEND_ROW))
    known = _Detail(detail, code=code, value=value)
    if known.get("did_you_mean"):
        cure = _lazy("Did you mean %(did_you_mean)s?")
    return _capital(str(reason) % known), str(cure) % known


def problem_sentence(*, row: int, column: str, value: str, code: str, detail: Mapping[str, Any]) -> str:
    """Word a problem with its place: "Column “Datum”, row 17: “31.02.2024” is not a date. Did you mean 29.02.2024?"."""
    reason, cure = problem_text(code, detail, value=value)
    place = _("Column “%(column)s”, row %(row)s:") if column else _("Row %(row)s:")
    return f"{place % {'column': column, 'row': row}} {reason} {cure}"


def question_text(code: str) -> str:
    """Word a question of `Recognition.questions`."""
    return str(_QUESTIONS.get(code, code))


def layout_label(name: str) -> str:
    return layouts.get(name).label(_language())


def field_label(layout: str, name: str) -> str:
    """Name a field as on its template; a database column that is no field keeps its name."""
    known = {one.name: one for one in layouts.get(layout).fields} if layout else {}
    return known[name].label(_language()) if name in known else name


def step_label(code: str) -> str:
    """Word a step that `progress` was told."""
    return str(_STEPS.get(code, code))


class _Detail(dict[str, Any]):
    """A problem's numbers, ready to be put into a sentence."""

    def __init__(self, detail: Mapping[str, Any], *, code: str, value: str) -> None:
        super().__init__({name: _shown(one) for name, one in detail.items()})
        self["code"] = code
        self["value"] = _("“%(value)s”") % {"value": _cut(value)} if value else _("the value")
        self["date_example"] = _("2024-12-31")
        self["number_example"] = "1234,56" if detail.get("decimal") == "," else "1234.56"
        layout = str(detail.get("layout", ""))
        self["field_label"] = field_label(layout, str(detail.get("field", "")))
        self["field_labels"] = ", ".join(field_label(layout, str(one)) for one in detail.get("fields", ()))
        self["column_label"] = _column_label(str(detail.get("column", "")))

    def __missing__(self, name: str) -> str:
        return "?"


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":  # noqa: PLR2004 - 2024-12-31
        return _day(value)
    return value


def _day(iso: str) -> str:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day:%d.%m.%Y}" if _language().startswith("de") else iso


def _column_label(name: str) -> str:
    """Name a database column by the field that fills it, where one does."""
    for kind in layouts.OWN:
        for table in kind.tables:
            for column in table.columns:
                if column.name == name:
                    return kind.field(column.needs[0]).label(_language())
    return name


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - what fits a line


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _language() -> str:
    return get_language() or "de"
