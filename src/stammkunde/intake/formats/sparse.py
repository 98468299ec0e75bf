"""A sheet that is far larger than what stands in it, read cell by cell, without what stands far outside."""

import html
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from stammkunde.intake.formats import packed
from stammkunde.intake.formats.dialect import FileNotUsable, figure
from stammkunde.intake.formats.sheets import MOST_EMPTY, Styles, attribute, column_number, rows_of, shown, whole

_GAP_COLUMNS, _GAP_ROWS, _FEW = 50, 1000, 3
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"[^>]*?(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ANY = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_TEXT = re.compile(rb"<t\b[^>]*>(.*?)</t>", re.DOTALL)
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Where the table of a sheet ends, and the first cell beyond it."""

    width: int
    height: int
    stray: str


def bounds(path: Path, part: str, name: str) -> Bounds:
    """
    Find where the table of a sheet ends that has cells far outside.

    :raises FileNotUsable: if it cannot be told
    """
    columns: Counter[int] = Counter()
    rows: Counter[int] = Counter()
    with packed.opened(path) as archive:
        for block in rows_of(archive, part):
            for letters, row in _ANY.findall(block):
                columns[column_number(letters)] += 1
                rows[int(row)] += 1
    return within(columns, rows, name)


def within(columns: Counter[int], rows: Counter[int], name: str) -> Bounds:
    """
    Find where a table ends by how many cells stand in each column and row.

    :raises FileNotUsable: if it cannot be told
    """
    width, height = _end(columns, _GAP_COLUMNS), _end(rows, _GAP_ROWS)
    beyond = sum(count for column, count in columns.items() if column > width)
    first = min((column for column in columns if column > width), default=0)
    row = min((row for row in rows if row > height), default=max(rows, default=0))
    stray = f"{letters_of(first or min(columns, default=1))}{row}"
    if width * height - sum(columns.values()) > 50 * MOST_EMPTY or beyond > max(_FEW, sum(columns.values()) // 100):
        raise FileNotUsable("stray_cell", sheet=name, cell=stray, millions=max(columns) * max(rows) // 1_000_000)
    return Bounds(
        width=width, height=height, stray=stray if first or len(rows) > len([r for r in rows if r <= height]) else ""
    )


def rows(path: Path, part: str, within: Bounds, styles: Styles) -> Iterator[tuple[int, list[str]]]:
    """Read the rows that there are, each with its place; cells beyond the table are left out."""
    with packed.opened(path) as archive:
        reading = _Reading(texts=_shared(archive), styles=styles, day_zero=_day_zero(archive))
        for block in rows_of(archive, part):
            for number, inner in _ROW.findall(block):
                if int(number) <= within.height:
                    yield int(number), reading.row(inner, within.width)


def _day_zero(archive: zipfile.ZipFile) -> datetime:
    book = whole(archive, "xl/workbook.xml")
    is_1904 = re.search(rb'<workbookPr\b[^>]*date1904="(?:1|true)"', book)
    return datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zone


def letters_of(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _end(counts: Counter[int], gap: int) -> int:
    """Find the last place before a gap behind which hardly anything stands."""
    places = sorted(counts)
    for here, after in pairwise(places):
        if after - here > gap and sum(counts[one] for one in places if one > here) <= max(_FEW, counts.total() // 100):
            return here
    return places[-1] if places else 0


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What is needed to read a cell by itself."""

    texts: list[str]
    styles: Styles
    day_zero: datetime

    def row(self, inner: bytes, width: int) -> list[str]:
        cells = [""] * width
        for attributes, content in _CELL.findall(inner):
            at = _PLACE.search(attributes)
            if at and column_number(at[1]) <= width:
                cells[column_number(at[1]) - 1] = self.text(b" " + attributes, content)
        return cells

    def text(self, attributes: bytes, content: bytes) -> str:
        kind = attribute(attributes, b"t")
        value = _VALUE.search(content)
        text = _joined(content) if kind == "inlineStr" else _plain(value[1]) if value else ""
        if kind == "s":
            return self.texts[int(text)] if text.isdecimal() and int(text) < len(self.texts) else ""
        if kind == "b":
            return "true" if text == "1" else "false"
        if kind in {"", "n"} and text:
            return self._number(text, int(attribute(attributes, b"s") or 0))
        return "" if kind == "e" else text

    def _number(self, text: str, style: int) -> str:
        with suppress(ValueError, OverflowError):
            if style in self.styles.days:
                moment = self.day_zero + timedelta(seconds=round(float(text) * 86400))
                return moment.isoformat(sep=" ") if moment.time() != time.min else moment.date().isoformat()
            code = "%" if style in self.styles.percents else self.styles.zeros.get(style, "")
            return shown(float(text), code) if code else figure(f"{float(text):.15g}")
        return text


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    text = whole(archive, "xl/sharedStrings.xml")
    return [_joined(one) for one in re.findall(rb"<si>(.*?)</si>|<si/>", text, re.DOTALL)]


def _joined(content: bytes) -> str:
    return "".join(_plain(one) for one in _TEXT.findall(_PHONETIC.sub(b"", content)))


def _plain(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", "replace"))
