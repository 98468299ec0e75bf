"""A list of prospects: read from a file, scored by likeness to the best customers, and written with reasons."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.insight.profile import Profile, Rule, known_as, score
from stammkunde.intake import apart, layouts
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.layouts.vocabulary import CUSTOMER_KINDS
from stammkunde.intake.wording import problem_text
from stammkunde.sales.models import Product
from stammkunde.segments import traits
from stammkunde.ui import writing
from stammkunde.ui.tables import Column

MOST_ROWS = 50_000
MARKED = ("merkmal:", "attribut:", "attribute:")  # how our own templates head a company's own attributes
ASKED_FOR = {  # what a list may say of what somebody asks for: fields of our layouts, and other words for them
    "first_order": ("", ("Erste Bestellung", "Auftragswert", "Angebotswert", "First order", "Order value", "Quote")),
    "first_category": ("product_category", ("Interesse", "Interest")),
    "first_product": ("product_number", ("Artikel", "Product", "Artikelname", "Product name")),
}
OF_CUSTOMERS = ("kind", "country", "region", "industry", "segment")
ATTRIBUTE = "attr_"


class TooMany(Exception):
    """The list is longer than what is scored at once."""


class NoColumn(Exception):
    """The list has no column that the rule looks at; the rule's columns are the arguments."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A scored list: its own columns and rows, best first, and what was left aside."""

    header: list[str]
    rows: list["Row"]
    used: list[tuple[str, str]]  # column of the list, what it was taken for
    missing: list[str]  # what the rule looks at and the list does not say
    refused: list[tuple[int, str]]  # line, why it could not be read
    unknown_kinds: list[tuple[int, str]]  # line, what is neither company nor person
    right: float  # share of pairs in which the rule that was used put the better one first


@dataclass(frozen=True, kw_only=True)
class Row:
    """One prospect."""

    line: int
    cells: list[str]
    score: float
    chance: float
    reasons: Sequence[Mapping[str, Any]]


def rules(found: Profile) -> list[Rule]:
    """Give the rules to score by: the one that looks at what is asked for, and the one for lists that do not say it."""
    return [rule for rule in (found.wide, found.rule) if rule is not None]


def scored(path: Path, *, rules: Sequence[Rule], work_dir: Path) -> Scored:
    """
    Score a list of prospects by the rule that looks at what is asked for, or where the list does not say it, the last.

    :raises FileNotUsable: if it is no table
    :raises TooMany: if it has more than 50,000 rows
    :raises NoColumn: if it has none of the rule's columns
    """
    header, rows = apart.rows(path, work_dir=work_dir, limit=MOST_ROWS + 1, memory_mb=settings.ENGINE_MEMORY_MB)
    if len(rows) > MOST_ROWS:
        raise TooMany(len(rows))
    rule = next((one for one in rules[:-1] if matched(header, ASKED_FOR.keys() & set(one.columns))), rules[-1])
    columns = matched(header, rule.columns)
    if not columns:
        raise NoColumn(*rule.columns)
    good = [(line, cells) for line, cells, bad, _detail in rows if bad is None]
    given, unknown_kinds = _given(good, columns)
    names = product_names(rule)
    found = score(_asked_for(given, names), rule)
    ranked = [
        Row(line=line, cells=cells, score=one["score"], chance=one["chance"], reasons=_worded(one["reasons"], names))
        for (line, cells), one in zip(good, found.table.to_pylist(), strict=True)
    ]
    return Scored(
        header=header,
        rows=sorted(ranked, key=lambda row: (-row.score, row.line)),
        used=[(header[place], name) for name, place in columns.items()],
        missing=list(found.missing),
        refused=[(line, _why_not(bad, detail)) for line, _cells, bad, detail in rows if bad is not None],
        unknown_kinds=unknown_kinds,
        right=rule.quality.auc,
    )


def _why_not(code: str, detail: str | None) -> str:
    """Word why a row could not be read."""
    return " ".join(problem_text(code, {"detail": detail or ""}))


def product_names(rule: Rule) -> dict[str, tuple[str, str]]:
    """Find number and name of the products that a rule looks for, by their id."""
    wanted = rule.wanted.get("first_product", [])
    found = Product.objects.filter(pk__in=wanted).values_list("pk", "number", "name") if wanted else []
    return {str(pk): (number, name) for pk, number, name in found}


def _asked_for(given: pa.Table, names: Mapping[str, tuple[str, str]]) -> pa.Table:
    """Write what is asked for as the rule knows it: money in cents, products by their id."""

    def products(cell: str) -> str:
        found = [pk for pk, known in names.items() if any(word and known_as(word, cell) for word in known)]
        return ";".join(found or [cell])

    readings: dict[str, Callable[[str], str]] = {"first_order": cents_of, "first_product": products}
    for name in readings.keys() & set(given.column_names):
        cells = pa.array([readings[name](cell) for cell in given[name].to_pylist()], pa.string())
        given = given.set_column(given.column_names.index(name), name, cells)
    return given


def cents_of(cell: str) -> str:
    """Read an amount of money, written in German or English, as cents; empty where it is none."""
    bare = re.sub(r"[^0-9.,-]", "", cell).rstrip("-")  # „1.250,-“
    whole, point, rest = bare.rpartition("," if bare.rfind(",") > bare.rfind(".") else ".")
    if not point or len(rest) == 3:  # no sign, or one between thousands
        whole, rest = bare, ""
    digits = re.sub("[.,]", "", whole)
    return f"{digits}{rest:0<2.2}" if re.fullmatch("[0-9]+", digits) and re.fullmatch("[0-9]*", rest) else ""


def _worded(reasons: str, names: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Read reasons, with products and money as people know them."""
    told: list[dict[str, Any]] = json.loads(reasons)
    for one in told:
        if one["column"] == "first_order" and one["value"]:
            one["value"] = writing.money(int(one["value"]))
        elif one["column"] == "first_product":
            number, name = names.get(one["value"], ("", one["value"]))
            one["value"] = name or number
    return told


def matched(header: Sequence[str], wanted: Iterable[str]) -> dict[str, int]:
    """Find the columns of a list that a rule looks at, by their German or English heading: name → place."""
    places = {_plain(heading): place for place, heading in reversed(list(enumerate(header)))}
    found = {name: next((places[word] for word in _words(name) if word in places), None) for name in wanted}
    return {name: place for name, place in found.items() if place is not None}


def _words(name: str) -> list[str]:
    if name in ASKED_FOR:
        field_name, others = ASKED_FOR[name]
        known = [field for field in layouts.get("products").fields if field.name == field_name]
        return [_plain(word) for word in (name, *others, *(w for one in known for w in (one.de, one.en, *one.also)))]
    if name in OF_CUSTOMERS or name == "channel":
        fields = layouts.get("customers" if name in OF_CUSTOMERS else "orders").fields
        one = next(field for field in fields if field.name == name)
        return [_plain(word) for word in (name, one.de, one.en, *one.also)]
    bare = name.removeprefix(ATTRIBUTE)
    return [_plain(word) for word in (bare, name, *(f"{mark}{bare}" for mark in MARKED))]


def _plain(heading: str) -> str:
    return "".join(heading.casefold().split())


def _given(rows: Sequence[tuple[int, list[str]]], columns: Mapping[str, int]) -> tuple[pa.Table, list[tuple[int, str]]]:
    unknown: list[tuple[int, str]] = []
    given = {name: [cells[place] for _line, cells in rows] for name, place in columns.items()}
    if "kind" in given:
        words = {_plain(word): kind for kind, several in CUSTOMER_KINDS.items() for word in (kind, *several)}
        kinds = [words.get(_plain(cell), "") for cell in given["kind"]]
        unknown = [
            (line, cell) for (line, _c), cell, kind in zip(rows, given["kind"], kinds, strict=True) if cell and not kind
        ]
        given["kind"] = kinds
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in given.items()}), unknown


def refusal_text(refusal: Exception) -> str:
    """Word why a list was not scored."""
    if isinstance(refusal, FileNotUsable):
        return " ".join(problem_text(refusal.code, refusal.detail))
    if isinstance(refusal, TooMany):
        most = writing.number(MOST_ROWS)
        return _("The list has more than %(most)s rows. Split it.") % {"most": most}
    names = ", ".join(column_name(name) for name in refusal.args)
    return _("The list has none of the columns that the rule looks at: %(names)s. Head them like this.") % {
        "names": names
    }


def column_name(name: str) -> str:
    """Name a column of the rule."""
    return traits.column_name(name)


COLUMNS = (
    Column(label=gettext_lazy("Score"), unit="number"),
    Column(label=gettext_lazy("Share of best ones among alike"), unit="share"),
    Column(label=gettext_lazy("Reasons")),
    Column(label=gettext_lazy("Remark")),
)


def columns(found: Scored) -> list[Column]:
    """Give the columns of the file that is handed back: what was worked out, then the list's own."""
    return [*COLUMNS, *(Column(label=heading) for heading in found.header)]


def lines(found: Scored) -> Iterator[list[Any]]:
    """Give the rows of the file that is handed back, best first; rows that could not be read come last."""
    remarks = {line: _("Kind “%(kind)s” is unknown and counts as not given.") % {"kind": kind} for line, kind in
               found.unknown_kinds}  # fmt: skip
    for row in found.rows:
        yield [round(row.score), row.chance, traits.reasons_text(row.reasons), remarks.get(row.line, ""), *row.cells]
    for line, why in found.refused:
        remark = _("Row %(n)s was not scored: %(why)s") % {"n": writing.number(line), "why": why}
        yield [None, None, "", remark, *([""] * len(found.header))]
