"""
Codes of problems put into words, in the language of the person who reads them.

A reason says what is wrong with a value, a row or a file; a cure says what to do. `test_wording` checks that every code
that reading can give stands here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from stammkunde.intake import asking, layouts
from stammkunde.intake.answers import ANSWERS, KINDS, QUESTIONS
from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.failures import OF_IMPORTS
from stammkunde.intake.remarks import MEND_ROW, OF_ROWS
from stammkunde.ui import writing

_REMARKS = {  # of a file that can be read
    "encoding_judged": (
        _("The file is written in the encoding %(encoding)s, judging by its words."),
        _("If letters look wrong in the preview, choose another encoding under “How the file is written”."),
    ),
    "encoding_doubled": (
        _("Letters such as ä, ö and ü were damaged by an earlier conversion (“MÃ¼ller”); they were mended."),
        _("Check some names in the preview. What brings the file damages such letters each time."),
    ),
    "sheet_hidden": (
        _("Sheet “%(sheet)s” is hidden in the workbook."),
        _("Choose another sheet if it is not meant for anybody."),
    ),
    "rows_hidden": (
        _("Rows of the sheet are hidden, perhaps by a filter: %(rows)s. They are imported like the others."),
        _("Whoever wants only the visible rows copies them into a new workbook."),
    ),
    "formulas_without_value": (
        _("Cells of the sheet hold a formula that nobody has worked out yet: %(cells)s. They are empty to us."),
        _("Open the workbook in Excel, save it, and upload it again."),
    ),
    "stray_cell_left": (
        _("On sheet “%(sheet)s”, cell %(cell)s stands far outside of the table; it was left out."),
        _("Nothing to do, if it is not part of the table."),
    ),
    "sheets_left": (
        _("There is more in this file: %(names)s."),
        _("Each can be imported by itself: choose it under “How the file is written”."),
    ),
    "encoding_mixed": (
        _("Some rows are written in another encoding than the others; they were read as Windows-1252."),
        _("Check some names in the preview; if letters look wrong, export the file again as UTF-8."),
    ),
}  # fmt: skip

_OF_FILES = {
    "empty_file": (_("The file is empty."), _("Export it again.")),
    "header_only": (_("The file has a heading, but no rows."), _("Export it again, with data.")),
    "not_readable": (_("The file cannot be read: %(reason)s."), _("Upload it again.")),
    "archive": (
        _("This is an archive without a table that can be read."),
        _("Unpack it and import the file inside."),
    ),
    "binary": (
        _("This is not a table of text."),
        _("Export it as CSV, Excel, Parquet or JSON lines."),
    ),
    "markup": (
        _("This is a web page or XML, not a table."),
        _("Export it as CSV, Excel, Parquet or JSON lines."),
    ),
    "password": (
        _("The workbook is locked by a password."),
        _("Open it in Excel, take the password away (File › Info › Protect Workbook), and save it."),
    ),
    "workbook_too_large": (
        _("Unpacked, the workbook has %(gb)s GB."),
        _("Export the data as CSV or Parquet."),
    ),
    "workbook_swells": (
        _("Unpacked, the workbook would have %(mb)s MB, %(times)s times its size: no table is like that."),
        _("Copy the table into a new workbook, or export it as CSV."),
    ),
    "stray_cell": (
        _("On sheet “%(sheet)s”, cell %(cell)s stands far outside: with it, the sheet has %(millions)s million cells."),
        _("Delete its row and its column and save the workbook, or copy the table alone into a new one."),
    ),
    "too_many_columns": (
        _("The file has %(columns)s columns; up to %(most)s can be read."),
        _("Leave out the columns that are not needed, or check the separator."),
    ),
    "reader_ended": (
        _("The file cannot be read: it needs more than %(memory_mb)s MB of memory, or is damaged."),
        _(
            "Copy the table of a workbook alone into a new one, or export it as CSV. Import what is very large in "
            "parts, or raise STAMMKUNDE_MEMORY_MB."
        ),
    ),
    "reader_failed": (
        _("Something in the file is not as we know it."),
        _("Open it in the program it is for, save it anew, or export it as CSV. The system log says more: %(problem)s"),
    ),
    "reader_slow": (
        _("Reading the file took longer than %(seconds)s seconds and was broken off."),
        _("Export the table as CSV or Parquet, or import it in parts."),
    ),
    "workbook_unreadable": (
        _("The workbook is damaged."),
        _("Open it in Excel and save it again, or export it as CSV."),
    ),
    "sheet_missing": (_("There is no sheet “%(sheet)s”."), _("Choose one of these: %(sheets)s.")),
    "encoding_unknown": (_("There is no encoding “%(encoding)s”."), _("Leave it to us, or choose UTF-8.")),
    "encoding_wrong": (
        _("The file is not written in %(encoding)s."),
        _("Leave the encoding to us, or export the file as UTF-8."),
    ),
    "numbers": (
        _("This is a document of Apple Numbers, which only Numbers can read."),
        _("Open it in Numbers and choose File › Export To › CSV or Excel."),
    ),
    "database": (
        _("This is a database, not a table."),
        _("Export the table as CSV, Excel, Parquet or JSON."),
    ),
    "archive_locked": (_("The archive is locked by a password."), _("Unpack it and import the file inside.")),
    "archive_method": (
        _("The archive is packed in a way that we cannot unpack."),
        _("Unpack it and import the file inside, or pack it anew as an ordinary .zip (method “Deflate”)."),
    ),
    "archive_damaged": (_("The archive is damaged."), _("Pack it anew, or import the file inside.")),
    "archive_swells": (
        _("Unpacked, the archive would have more than %(mb)s MB: no table shrinks like that."),
        _("Unpack it and import the file inside."),
    ),
    "part_missing": (_("There is no file “%(part)s” in the archive."), _("Choose one of these: %(parts)s.")),
    "json_unreadable": (
        _("The file is no JSON that holds rows."),
        _("Write a list of objects, or one object on each line."),
    ),
    "payments": (
        _("These are payments, not orders: the file says who paid, and not what was bought."),
        _("Import the orders of your shop or till; they hold the same sales with their products."),
    ),
    "settlement": (
        _("This is a settlement of a marketplace, with its fees and payouts: it does not say who bought."),
        _("Import the report of orders of the marketplace; it holds the same sales with their buyers."),
    ),
    "bookings": (
        _("These are entries of an accounting journal, not orders: the file does not say who bought what."),
        _("Import invoices from the program that wrote them; customers come by the list of debtors."),
    ),
    "row_unreadable_all": (
        _("The first row cannot be read."),
        _("Check the separator and the quotation marks."),
    ),
    "parquet_unreadable": (_("The Parquet file is damaged."), _("Write it again.")),
    "column_missing": (
        _("The file has no column “%(column)s” (%(field_label)s)."),
        _("Choose the column that holds it, or leave the field out."),
    ),
    "field_missing": (
        _("A column is missing: %(field_labels)s."),
        _("Choose the column that holds it; without it, the rows mean nothing."),
    ),
    "reading_open": (
        _("%(question_texts)sThe file leaves that open."),
        _("Answer on the page of the import. On the command line, one of these for each: %(said)s."),
    ),
    "tax_unknown": (
        _("The prices include VAT, and the file does not say how much."),
        _("Give the VAT in percent, or the column that holds it."),
    ),
    "stopped": (
        _("The import was broken off."),
        _("Import the file again when you like."),
    ),
    "too_little_memory": (
        _("The file needs more memory than the %(memory_mb)s MB that are allowed."),
        _("Raise STAMMKUNDE_MEMORY_MB, or import the file in parts."),
    ),
}  # fmt: skip

CODES = OF_ROWS | _REMARKS | _OF_FILES | OF_IMPORTS

STEPS = {
    "waiting": _("Waiting"),
    "read": _("Reading the file"),
    "parse": _("Understanding the values"),
    "judge": _("Checking the rows"),
    "write": _("Preparing the tables"),
    "compare": _("Comparing with what is there"),
    "publish": _("Importing"),
    "keys": _("Making indexes"),
    "undo": _("Taking the import back"),
}


def problem_text(code: str, detail: Mapping[str, Any], *, value: str = "") -> tuple[str, str]:
    """Word a problem: (reason, cure). With `value`, the reason quotes it."""
    reason, cure = CODES.get(code, (_("Something is wrong here (%(code)s)."), MEND_ROW))
    known = _Detail(detail, code=code, value=value)
    if known.get("did_you_mean"):
        cure = _("Did you mean %(did_you_mean)s?")
    return _capital(str(reason) % known), str(cure) % known


def question_text(question: Question) -> str:
    """Word a question of `Recognition.questions`; of one about a word or a column, with that."""
    kind, _colon, about = question.option.partition(":")
    numbers = {name: writing.number(one) if isinstance(one, int) else one for name, one in question.detail.items()}
    said = _Detail(
        {"about": about, "column": ", ".join(question.columns), **numbers}, code=kind, value=question.example
    )
    return str(QUESTIONS.get(kind, kind)) % said


def answer_text(question: Question, answer: Answer) -> str:
    """Word one answer; where there are no words for it, it is what it becomes."""
    kind = question.option.partition(":")[0]
    return str(ANSWERS.get(kind, {}).get(answer.value, answer.label or answer.value))


def kind_label(code: str) -> str:
    """Word a kind of document or line, or the state of an order."""
    return str(KINDS.get(code, code))


def field_label(layout: str, name: str) -> str:
    """Name a field as on its template; a database column that is no field keeps its name."""
    known = {one.name: one for one in layouts.get(layout).fields} if layout else {}
    return known[name].label(_language()) if name in known else name


def example_text(example: str) -> str:
    """Write how an example is read the way people here write it: a day, or a number that cannot be misread."""
    shown = str(_shown(example))
    return shown.replace(".", ",") if shown == example and _language().startswith("de") else shown


def step_label(code: str) -> str:
    """Word a step that `progress` was told."""
    return str(STEPS.get(code, code))


class _Detail(dict[str, Any]):
    """A problem's numbers, ready to be put into a sentence."""

    def __init__(self, detail: Mapping[str, Any], *, code: str, value: str) -> None:
        super().__init__(
            {name: writing.money(one) if name.endswith("cents") else _shown(one) for name, one in detail.items()}
        )
        self["code"] = code
        self["value"] = gettext("“%(value)s”") % {"value": _cut(value)} if value else gettext("the value")
        self["date_example"] = gettext("2024-12-31")
        self["number_example"] = "1234,56" if detail.get("decimal") == "," else "1234.56"
        layout = str(detail.get("layout", ""))
        self["field_label"] = field_label(layout, str(detail.get("field", "")))
        open_questions = [asking.of_dict(one) for one in detail.get("questions", ())]
        self["question_texts"] = "".join(f"{question_text(one)} " for one in open_questions)
        self["said"] = ", ".join(
            f'--option "{one.option}={value}"'
            for one in open_questions
            for value in ([answer.value for answer in one.answers] or ["19"])  # the VAT in percent
        )
        self["shown_basis"] = gettext("gross") if detail.get("shown") == "gross" else gettext("net")
        self["field_labels"] = ", ".join(field_label(layout, str(one)) for one in detail.get("fields", ()))
        self["known"] = ", ".join(
            _choice(str(detail.get("field", "")), one) for one in str(detail.get("known", "")).split(", ")
        )
        self["taken"] = _choice(str(detail.get("field", "")), str(detail.get("taken") or "")) or "–"
        self["column_label"] = _column_label(str(detail.get("column", "")))

    def __missing__(self, name: str) -> str:
        return "?"


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
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
    for kind in layouts.own():
        for table in kind.tables:
            for column in table.columns:
                if column.name == name:
                    return kind.field(column.needs[0]).label(_language())
    return name


def _choice(field: str, ours: str) -> str:
    """Name a choice as files name it: in German by its first word, in English by ours."""
    words = {
        name: said
        for kind in layouts.known()
        for one in kind.fields
        if one.name == field
        for name, said in one.choices.items()
    }
    if _language().startswith("de") and words.get(ours):
        return words[ours][0]
    return ours.replace("_", " ")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _language() -> str:
    return get_language() or "de"
