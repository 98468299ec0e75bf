"""
Which mark stands before the decimals of a column: as its own texts show, else as its neighbours do, else as the file's
separator and headings suggest. What stays open is asked: 1.250 is 1250, or one and a quarter.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.formats import Dialect
from stammkunde.intake.formats.engine import literal, row
from stammkunde.intake.parsing import numbers
from stammkunde.store.layouts import MONEY

OPTION = "decimal"
BOTH = (",", ".")
_GERMAN = re.compile(
    r"[äöüß]|nummer|datum|menge|preis|betrag|kunde|artikel|rechnung|netto|brutto|mwst|beleg|summe|anzahl|rabatt|umsatz"
    r"|bestell|auftrag|gesamt|steuer|kosten|erlös|stück|einkauf|verkauf",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"number|date\b|quantity|qty|price|amount|customer|product|item|invoice|order|total|\bunit|\bnet\b|gross|vat|\btax"
    r"|discount|sku|cost|revenue|sales",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Marks:
    """How many texts of a column can only have a comma, or a point; and how many have one that may part thousands."""

    comma: int = 0
    point: int = 0
    with_comma: int = 0
    with_point: int = 0

    @property
    def only(self) -> str:
        """The one mark that the texts show; empty where they show none, or both."""
        return "" if bool(self.comma) == bool(self.point) else "," if self.comma else "."

    @property
    def is_open(self) -> bool:
        """Whether there is a text that reads in two ways, and none that says how."""
        return bool(self.with_comma or self.with_point) and not self.only

    def parts_thousands(self, mark: str) -> bool:
        """Whether, with this mark, something is taken for thousands."""
        return bool(self.with_point if mark == "," else self.with_comma)


def seen(db: duckdb.DuckDBPyConnection, one: Mapped, texts: str) -> Marks:
    comma, point, with_comma, with_point = row(db, numbers.evidence(one.field, texts))
    return Marks(comma=comma, point=point, with_comma=with_comma, with_point=with_point)


def of_file(marks: Iterable[Marks], *, dialect: Dialect, options: Mapping[str, Any]) -> str:
    """Say which mark the file uses where a column does not show it: as told, as most texts show, as is the custom."""
    if options.get(OPTION) in BOTH:
        return str(options[OPTION])
    total = Marks(comma=sum(one.comma for one in marks), point=sum(one.point for one in marks))
    if total.comma != total.point:
        return "," if total.comma > total.point else "."
    return "" if total.comma else _custom(dialect)


def _custom(dialect: Dialect) -> str:
    """Say what separator and headings suggest; nothing where they contradict each other."""
    german = sum(1 for one in dialect.header if _GERMAN.search(one))
    english = sum(1 for one in dialect.header if _ENGLISH.search(one))
    hints = {","} if german > english else {"."} if english > german else set()
    hints |= {";": {","}, ",": {"."}}.get(dialect.delimiter, set())
    hints |= {"."} if dialect.format == "jsonl" else set()
    return hints.pop() if len(hints) == 1 else ""


def of_column(one: Mapped, marks: Marks, *, file: str, options: Mapping[str, Any]) -> str:
    """
    Say which mark a column uses; nothing where that is to be asked.

    Amounts have two decimals, so what looks like thousands in a file with this custom is thousands. Quantities are
    written with three by programs that else write them another way: theirs is asked.
    """
    if options.get(name(one)) in BOTH:
        return str(options[name(one)])
    if not marks.is_open:
        return marks.only or file or "."
    if marks.comma or not file:  # both marks, or neither
        return ""
    is_amount = one.field.type == MONEY
    return file if is_amount or not marks.parts_thousands(file) else ""


def name(one: Mapped) -> str:
    """Name the option that says how a column is marked."""
    return f"{OPTION}:{one.column}"


def question(db: duckdb.DuckDBPyConnection, one: Mapped) -> Question:
    """Ask how a column is marked, by the first text that reads in two ways."""
    either = numbers.EITHER.format(mark="[.,]")
    texts = f"SELECT row, {one.raw} AS text FROM given WHERE contains({one.raw}, ',') OR contains({one.raw}, '.')"
    place, text = row(
        db,
        f"SELECT min(row), arg_min(text, row) FROM (SELECT row, text FROM ({texts}) "
        f"JOIN ({numbers.unsigned(one.field, f'SELECT DISTINCT text FROM ({texts})')}) USING (text) "
        f"WHERE regexp_full_match(u, {literal(either)}))",
    )
    mark = "," if "," in text else "."
    whole = re.sub(r"[^\d.,]", "", text)
    thousands = Answer(value="." if mark == "," else ",", example=whole.replace(mark, ""))
    decimals = Answer(value=mark, example=f"{float(whole.replace(',', '.')):g}")
    return Question(
        option=name(one), columns=(one.column,), row=place or 0, example=text, answers=(thousands, decimals)
    )
