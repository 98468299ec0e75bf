"""
What stands in an OpenDocument sheet beside its values: cells shown in percent or filled with zeros, hidden rows.

Its cells say what they show beside what they are worth, and repeat themselves by number.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.parsers import expat

from stammkunde.intake.formats import packed, sheets

CONTENT = "content.xml"
_LARGEST_BYTES = 256 << 20  # what is larger is read as it is worth
_BLOCK = 1 << 20
_MOST_REPEATED = 100_000  # rows and cells beyond are a frame drawn to the end of the sheet
_ZEROS = re.compile(r"0\d+")


def facts(path: Path, name: str) -> sheets.Facts:
    """Look through a sheet; what cannot be read tells nothing, and whoever reads its values says what is wrong."""
    with packed.opened(path) as archive:
        if archive.getinfo(CONTENT).file_size > _LARGEST_BYTES:
            return sheets.Facts()
        reading = _Reading(name)
        with archive.open(CONTENT) as file:
            try:
                reading.read(iter(lambda: file.read(_BLOCK), b""))
            except (expat.ExpatError, _Entity):
                return sheets.Facts()
    return reading.facts


class _Entity(Exception):
    """The file defines words of its own, which no spreadsheet does."""


class _Reading:
    """Where we are in the sheet that is looked for."""

    def __init__(self, name: str) -> None:
        self.name, self.facts = name, sheets.Facts()
        self.is_inside = self.is_hidden = self.is_filled = False
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
        if tag == "table:table":
            self.is_inside, self.row = given.get("table:name") == self.name, 0
        elif not self.is_inside:
            return
        elif tag == "table:table-row":
            self.rows, self.column, self.is_filled = _times(given.get("table:number-rows-repeated")), 0, False
            self.is_hidden = given.get("table:visibility", "visible") != "visible"
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.cells, self.text = _times(given.get("table:number-columns-repeated")), ""
            self.kind, self.value = given.get("office:value-type", ""), given.get("office:value", "")

    def _end(self, tag: str) -> None:
        if not self.is_inside:
            return
        if tag in {"table:table-cell", "table:covered-table-cell"}:
            self.is_filled |= bool(self.kind)
            if code := self._code():
                self._note(code)
            self.column += self.cells
            self.kind = ""
        elif tag == "table:table-row":
            self.facts.hidden += self.rows if self.is_hidden and self.is_filled else 0
            self.row += self.rows
        elif tag == "table:table":
            self.is_inside = False

    def _characters(self, text: str) -> None:
        if self.kind:
            self.text += text

    def _entity(self, *_given: Any) -> None:
        raise _Entity

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


def _times(repeated: str | None) -> int:
    return int(repeated) if repeated and repeated.isdecimal() else 1
