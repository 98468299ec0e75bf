"""
OpenDocument sheets: which there are, cells shown in percent or filled with zeros, hidden rows; stray cells.

Its cells say what they show beside what they are worth, and repeat themselves by number. The library that reads values
makes room for every cell up to the last one of each sheet, so a document with a cell far outside is read here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from stammkunde.intake.formats import packed, sheets, sparse
from stammkunde.intake.formats.dialect import figure

CONTENT = "content.xml"
_LARGEST_BYTES = 256 << 20  # what is larger is read as it is worth
_BLOCK = 1 << 20
_MOST_REPEATED = 100_000  # rows and cells beyond are a frame drawn to the end of the sheet
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_ZEROS = re.compile(r"0\d+")
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_SPOKEN = {"text:s": " ", "text:tab": "\t", "text:line-break": "\n"}


@dataclass(frozen=True, kw_only=True)
class Table:
    is_hidden: bool
    facts: sheets.Facts


def tables(path: Path) -> dict[str, Table]:
    """Look through all sheets; of what cannot be read nothing is told, and whoever reads values says what is wrong."""
    if CONTENT not in (packed.contents(path) or ()):
        return {}
    reading = _Reading()
    try:
        _read(path, reading)
    except (expat.ExpatError, _Entity, OverflowError):
        return {}
    return reading.tables


def bounds(path: Path, name: str) -> sparse.Bounds:
    """
    Find where the table of a sheet ends that has cells far outside.

    :raises FileNotUsable: if it cannot be told
    """
    columns: Counter[int] = Counter()
    rows: Counter[int] = Counter()
    for cell in _cells(path, name):
        for column in cell.columns:
            columns[column] += len(cell.rows)
        for row in cell.rows:
            rows[row] += len(cell.columns)
    return sparse.within(columns, rows, name)


def rows(path: Path, name: str, within: sparse.Bounds) -> Iterator[tuple[int, list[str]]]:
    """Read the rows in which something stands, each with its place; cells beyond the table are left out."""
    found: dict[int, list[str]] = {}
    for cell in _cells(path, name):
        for row in cell.rows:
            if row <= within.height:
                texts = found.setdefault(row, [""] * within.width)
                for column in cell.columns:
                    if column <= within.width:
                        texts[column - 1] = cell.text
    yield from sorted(found.items())


def _cells(path: Path, name: str) -> "list[_Cell]":
    reading = _Listing(name)
    _read(path, reading)
    return reading.found


def _read(path: Path, reading: "_Reading") -> None:
    with packed.opened(path) as archive:
        if archive.getinfo(CONTENT).file_size > _LARGEST_BYTES:
            return
        with archive.open(CONTENT) as file:
            reading.read(iter(lambda: file.read(_BLOCK), b""))


class _Entity(Exception):
    """The file defines words of its own, which no spreadsheet does."""


class _Reading:
    """Where we are in a document, and what is known of the sheets so far."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.facts = sheets.Facts()
        self.undisplayed: set[str] = set()
        self.style = self.sheet = ""
        self.is_inside = self.is_hidden = self.is_filled = self.is_aside = False
        self.row = self.rows = self.column = self.cells = 0
        self.kind = self.value = self.text = ""

    def read(self, blocks: Iterable[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.EntityDeclHandler = self._characters, self._entity
        for block in blocks:
            parser.Parse(block)
        parser.Parse(b"", True)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag in _CELLS:
            self.cells, self.text = _times(given.get("table:number-columns-repeated")), ""
            self.kind, self.value = given.get("office:value-type", ""), _worth(given)
        elif tag == "table:table-row":
            self.rows, self.column, self.is_filled = _times(given.get("table:number-rows-repeated")), 0, False
            self.is_hidden = given.get("table:visibility", "visible") != "visible"
        elif tag == "table:table":
            self._begin(given.get("table:name", ""), given.get("table:style-name", ""))
        elif tag == "office:annotation":
            self.is_aside = True
        elif tag == "text:p" and self.text:
            self._characters("\n")
        elif tag in _SPOKEN:
            self._characters(_SPOKEN[tag] * (_times(given.get("text:c")) if tag == "text:s" else 1))
        elif tag == "style:style":
            self.style = given.get("style:name", "")
        elif tag == "style:table-properties" and given.get("table:display") == "false":
            self.undisplayed.add(self.style)

    def _begin(self, name: str, style: str) -> None:
        self.sheet, self.row, self.is_inside = name, 0, True
        self.facts = sheets.Facts()
        self.tables[name] = Table(is_hidden=style in self.undisplayed, facts=self.facts)

    def _end(self, tag: str) -> None:
        if tag in _CELLS:
            if self.kind and self.is_inside:
                self.is_filled = True
                self._meet()
            self.column += self.cells
            self.kind = ""
        elif tag == "table:table-row":
            self.facts.hidden += self.rows if self.is_hidden and self.is_filled else 0
            self.row += self.rows
        elif tag == "office:annotation":
            self.is_aside = False
        elif tag == "table:table":
            self.is_inside = False

    def _characters(self, text: str) -> None:
        if self.kind and not self.is_aside:
            self.text += text

    def _entity(self, *_given: Any) -> None:
        raise _Entity

    def _meet(self) -> None:
        """Note a cell in which something stands."""
        self.facts.cells += self.rows * self.cells
        self.facts.height = max(self.facts.height, self.row + self.rows)
        self.facts.width = max(self.facts.width, self.column + self.cells)
        if code := self._code():
            self._note(code)

    def _code(self) -> str:
        if self.kind == "percentage":
            return "%"
        shown = self.text.strip()
        is_filled = self.kind == "float" and _ZEROS.fullmatch(shown) and self.value.lstrip("0") == shown.lstrip("0")
        return f"\t{len(shown)}" if is_filled else ""

    def _note(self, code: str) -> None:
        if self.rows * self.cells > _MOST_REPEATED:
            return
        for column in range(self.column + 1, self.column + self.cells + 1):
            rows = self.facts.formats.setdefault(column, {}).setdefault(code, set())
            rows.update(range(self.row + 1, self.row + self.rows + 1))


@dataclass(frozen=True, kw_only=True)
class _Cell:
    rows: range
    columns: range
    text: str


class _Listing(_Reading):
    """Lists the cells of one sheet in which something stands, as they are shown."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[_Cell] = []

    def _meet(self) -> None:
        if self.sheet != self.name:
            return
        rows = range(self.row + 1, min(self.row + self.rows, _MOST_ROWS) + 1)
        columns = range(self.column + 1, min(self.column + self.cells, _MOST_COLUMNS) + 1)
        self.found.append(_Cell(rows=rows, columns=columns, text=self._shown()))

    def _shown(self) -> str:
        if self.kind in {"float", "currency", "percentage"}:
            try:
                number = float(self.value)
            except ValueError:
                return self.text
            code = self._code()
            return sheets.shown(number, code) if code else figure(f"{number:.15g}")
        if self.kind == "date":
            return self.value.replace("T00:00:00", "").replace("T", " ")
        return self.value if self.kind == "boolean" else self.text


def _worth(given: dict[str, str]) -> str:
    names = ("office:value", "office:date-value", "office:boolean-value")
    return next((given[one] for one in names if one in given), "")


def _times(repeated: str | None) -> int:
    return int(repeated) if repeated and repeated.isdecimal() else 1
