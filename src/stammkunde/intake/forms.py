"""What a person may correct about a file that was recognised."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stammkunde.intake import layouts, models, wording
from stammkunde.intake.answers import QUESTIONS
from stammkunde.intake.formats import Dialect
from stammkunde.intake.layouts import Layout
from stammkunde.intake.recognise import Recognition
from stammkunde.ui.forms import choice_of, options_of

ENCODINGS = [
    ("", _("recognised")), ("utf-8", "UTF-8"), ("utf_8_twice", _("UTF-8, damaged by a conversion")),
    ("cp1252", "Windows-1252"), ("cp850", "CP850 (DOS)"), ("mac_roman", "Mac Roman"), ("iso8859_15", "ISO-8859-15"),
    ("iso8859_2", "ISO-8859-2"), ("cp1250", "Windows-1250"), ("utf-16", "UTF-16"),
]  # fmt: skip
DELIMITERS = [("", _("recognised")), (";", _("semicolon")), (",", _("comma")), ("\t", _("tab")), ("|", "|")]
DATE_ORDERS = [
    ("", _("recognised")),
    ("dmy", _("day first: 31.12.2025")),
    ("mdy", _("month first: 12/31/2025")),
    ("ymd", _("year first: 2025-12-31")),
]
ASIDE = [("", _("set aside")), ("all", _("read like all others"))]
DECIMALS = [("", _("recognised")), (",", _("comma: 1.234,56")), (".", _("point: 1,234.56"))]
PRICES = [("", _("please choose")), ("net", _("net, without VAT")), ("gross", _("gross, with VAT"))]
ANSWER = "answer-"  # so begin the names of what answers a question
ANSWER_LENGTH = 200
KNOWN = {"order": _("as the order says")}  # shops say it order by order


class Options(forms.Form):
    """How the file is written, and where its rows come from. Which of these are asked depends on the file."""

    origin = forms.RegexField(
        label=_("Origin"),
        regex=r"^[a-z0-9][a-z0-9_-]*$",
        max_length=40,
        help_text=_(
            "The system this comes from, in small letters. Files of one origin update each other; others never do."
        ),
        error_messages={"invalid": _("Only small letters, digits, “-” and “_”.")},
    )
    price_basis = forms.ChoiceField(label=_("Prices are"), choices=PRICES, required=False)
    tax_rate = forms.DecimalField(
        label=_("VAT in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    date_order = forms.ChoiceField(label=_("Dates"), choices=DATE_ORDERS, required=False)
    decimal = forms.ChoiceField(label=_("Decimal mark"), choices=DECIMALS, required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    part = forms.ChoiceField(label=_("File in the archive"), required=False)
    header_row = forms.IntegerField(label=_("Row of the headings"), min_value=1, max_value=1000, required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=_("Separator"), choices=DELIMITERS, required=False)
    keep_aside = forms.ChoiceField(
        label=_("Totals, notes, rows without an order number"), choices=ASIDE, required=False
    )

    NUMBER = "tax_rate"  # the one question that is answered by a number
    MORE = ("header_row", "encoding", "delimiter", "sheet", "part", "keep_aside")  # folded away

    def __init__(
        self, *args: Any, layout: Layout | None, dialect: Dialect, questions: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in _unasked(layout, dialect):
            del self.fields[name]
        for name in set(questions) - {self.NUMBER}:  # which have answers to choose from
            self.fields.pop(name, None)
        self.is_asked = self.NUMBER in self.fields and (self.NUMBER in questions or bool(self.initial.get(self.NUMBER)))
        if self.is_asked:
            self.fields[self.NUMBER].label = QUESTIONS[self.NUMBER]
        elif self.initial.get("price_basis") in {None, "net"}:
            self.fields.pop(self.NUMBER, None)
        if "sheet" in self.fields:
            choice_of(self, "sheet").choices = [(sheet, sheet) for sheet in dialect.sheets]
            self.initial.setdefault("sheet", dialect.sheet)
        if "part" in self.fields:
            choice_of(self, "part").choices = [(part, part) for part in dialect.parts]
            self.initial.setdefault("part", dialect.part)
        for name, known in self.initial.items():
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField) and known:
                choices = options_of(self, name)
                if known not in dict(choices):
                    field.choices = [*choices, (known, KNOWN.get(known, known))]

    def main(self) -> list[forms.BoundField]:
        elsewhere = {*self.MORE, *([self.NUMBER] if self.is_asked else [])}
        return [field for field in self if field.name not in elsewhere]

    def vat(self) -> forms.BoundField | None:
        """Give the field for how much VAT there is, where that is asked."""
        return self[self.NUMBER] if self.is_asked else None

    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.MORE]


def _unasked(layout: Layout | None, dialect: Dialect) -> Iterator[str]:
    """Give the options that make no sense for this file."""
    if layout is None or not layout.documents:
        yield from ("price_basis", "tax_rate")
    if dialect.format not in {"csv", "tsv"}:
        yield from ("encoding", "delimiter")
    if dialect.format in {"parquet", "jsonl", "json"}:
        yield from ("header_row", "keep_aside")
    if len(dialect.sheets) < 2:
        yield "sheet"
    if len(dialect.parts) < 2:
        yield "part"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What the form on the preview said; None: not asked for, so recognise it."""

    layout: str | None
    columns: dict[str, str] | None
    options: dict[str, Any]


def correction(data: Mapping[str, str], *, incoming: models.Import) -> Correction:
    """
    Read the preview's form.

    Another layout than the one that was shown has other fields, so its columns are recognised anew.
    """
    layout = data.get("layout", "")
    if layout not in {one.name for one in layouts.known()}:
        return Correction(layout=None, columns=None, options=_options(data, incoming=incoming))
    same = layout == data.get("layout_shown")
    return Correction(
        layout=layout, columns=_columns(data, layout) if same else None, options=_options(data, incoming=incoming)
    )


def _columns(data: Mapping[str, str], layout: str) -> dict[str, str]:
    chosen = {one.name: data.get(f"column-{one.name}", "") for one in layouts.get(layout).fields}
    return {name: column for name, column in chosen.items() if column}


def _options(data: Mapping[str, str], *, incoming: models.Import) -> dict[str, Any]:
    """Give the options as they were, with what the form says about those it asked for."""
    options = dict(incoming.options) | _answers(data)
    for name, field in Options.base_fields.items():
        if name not in data or ANSWER + name in data:
            continue
        text = data[name].strip() if name != "delimiter" else data[name]
        value = _value(field, text)
        options.pop(name, None)
        if value not in (None, ""):
            options[name] = value
    return options


def _answers(data: Mapping[str, str]) -> dict[str, str]:
    """Take the answers to questions about the file: each names the option that it settles."""
    given = {name.removeprefix(ANSWER): value for name, value in data.items() if name.startswith(ANSWER)}
    return {option: value[:ANSWER_LENGTH] for option, value in given.items() if len(option) < ANSWER_LENGTH}


def _value(field: forms.Field, text: str) -> Any:
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField):
        return int(text) if text.isdecimal() and len(text) < 6 else None
    if isinstance(field, forms.DecimalField):
        return text.replace(",", ".")
    return text


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A way to read the file, with what it would make of the example and of the whole."""

    value: str
    label: str
    example: str
    cents: int | None
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question about the file, in words."""

    name: str
    text: str
    row: int
    example: str
    of_rows: int
    choices: list[Choice]


def asked(found: Recognition) -> list[Asked]:
    """Word what was asked about a file: what is open, and what was chosen, as long as there is a choice."""
    questions = [one for one in found.asked if one.answers]
    return [
        Asked(
            name=ANSWER + one.option,
            text=wording.question_text(one),
            row=one.row,
            example=one.example,
            of_rows=one.of_rows,
            choices=[
                Choice(
                    value=answer.value,
                    label=wording.answer_text(one, answer),
                    example=wording.example_text(answer.example),
                    cents=answer.cents,
                    is_chosen=one.answer(found.options) == answer.value,
                )
                for answer in one.answers
            ],
        )
        for one in questions
    ]


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """One of our fields beside the file's column for it."""

    name: str
    label: str
    column: str
    required: bool
    missing: bool
    samples: list[str]


def field_rows(found: Recognition) -> list[FieldRow]:
    """Set our fields beside the file's columns, the needed and the found ones first."""
    if not found.layout:
        return []
    layout = layouts.get(found.layout)
    needed = set(found.missing) | set(layout.required)
    rows = [
        FieldRow(
            name=one.name,
            label=one.label(language()),
            column=found.columns.get(one.name, ""),
            required=one.name in needed,
            missing=one.name in found.missing,
            samples=samples(found, found.columns.get(one.name, "")),
        )
        for one in layout.fields
    ]
    return sorted(rows, key=lambda row: (not row.missing, not row.column))


def unused(found: Recognition) -> list[tuple[str, list[str]]]:
    """Give the columns that are not imported, each with what stands in it."""
    return [(column, samples(found, column)) for column in found.unused]


def samples(found: Recognition, column: str, *, count: int = 3) -> list[str]:
    """Give the first different values of a column."""
    if column not in found.header:
        return []
    place = found.header.index(column)
    values = (row[place].strip() for row in found.sample if place < len(row) and row[place])
    return list(dict.fromkeys(value if len(value) <= 60 else f"{value[:59]}…" for value in values if value))[:count]


def layout_choices(found: Recognition) -> list[tuple[str, str]]:
    """Give the layouts by name, the likeliest first."""
    order = {name: place for place, (name, _score) in enumerate(found.candidates)}
    taken = [one for one in layouts.known() if not one.refused or one.name == found.layout]
    ranked = sorted(taken, key=lambda one: order.get(one.name, len(order)))
    return [(one.name, one.label(language())) for one in ranked]


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE
