"""
What stands in an Excel workbook beside its values: which sheets there are, formats of cells, hidden rows, stray cells.

Whoever reads a sheet gets all cells up to its last row and column, so one forgotten cell costs as much as a full sheet.
A sheet that is far larger than what stands in it is `sparse`.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stammkunde.intake.formats import packed

_BLOCK, _ROW_ENDS = 4 << 20, b"</row>"
MOST_EMPTY = 2_000_000  # cells that are read within moments
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+\d+(?::[A-Z]+(\d+))?"')
_FAR = re.compile(rb' r="([A-Z]{2,3})\d')
_LAST_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,7})"')
_HIDDEN = re.compile(rb'<row\b[^>]*?\bhidden="(?:1|true)"')
_NO_VALUE = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ZEROS = re.compile(r'(?:"([^"]*)"|\\(.))?(0{2,})(?:;.*)?')
_DAY_NUMBERS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool
    rows: int | None  # as the sheet itself says; None: it does not


@dataclass(kw_only=True)
class Facts:
    """What a sheet's cells are like: by column and format, the rows; `height` and `width` of what it claims to be."""

    formats: dict[int, dict[str, set[int]]] = field(default_factory=dict)
    hidden: int = 0
    without_value: int = 0
    cells: int = 0
    height: int = 0
    width: int = 0

    @property
    def is_sparse(self) -> bool:
        return self.width * self.height - self.cells > MOST_EMPTY and 20 * self.cells < self.width * self.height


@dataclass(frozen=True, kw_only=True)
class Styles:
    zeros: dict[int, str]  # number of the style → how its numbers are filled: a text before, then zeros
    percents: frozenset[int]
    days: frozenset[int]


def listed(path: Path) -> list[Sheet]:
    """Name the sheets of an Excel workbook; nothing where it is none of XML."""
    if not packed.is_archive(path):
        return []
    with packed.opened(path) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return []
        relations = _RELATION.findall(whole(archive, "xl/_rels/workbook.xml.rels"))
        targets = {attribute(one, rb"Id"): attribute(one, rb"Target") for one in relations}
        found = []
        for one in _SHEET.findall(whole(archive, "xl/workbook.xml")):
            target = targets.get(attribute(one, rb"\w+:id"), "")
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                hidden = attribute(one, b"state") in {"hidden", "veryHidden"}
                name = html.unescape(attribute(one, b"name"))
                found.append(Sheet(name=name, part=part, is_hidden=hidden, rows=_height(archive, part)))
        return found


def facts(path: Path, part: str, styles: Styles) -> Facts:
    """Look through a sheet once, without reading its values."""
    found = Facts()
    special = [*styles.zeros, *styles.percents]
    wanted = b"|".join(str(one).encode() for one in special)
    styled = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(' + wanted + rb')"') if special else None
    far: set[bytes] = set()
    one_letter = b"A"
    with packed.opened(path) as archive:
        for block in rows_of(archive, part):
            found.cells += block.count(b"<c ") + block.count(b":c ")
            far.update(_FAR.findall(block))
            one_letter = max(one_letter, max(re.findall(rb' r="([A-Z])\d', block[:20_000]), default=b"A"))
            heights = _LAST_ROW.findall(block[-200_000:]) or _LAST_ROW.findall(block)
            found.height = max([found.height, *map(int, heights)])
            found.hidden += len(_HIDDEN.findall(block)) if b"hidden=" in block else 0
            found.without_value += len(_NO_VALUE.findall(block)) if b"<f" in block else 0
            for column, row, style in styled.findall(block) if styled else ():
                number = int(style)
                code = "%" if number in styles.percents else styles.zeros[number]
                found.formats.setdefault(column_number(column), {}).setdefault(code, set()).add(int(row))
    found.width = max(map(column_number, far or {one_letter}))
    return found


def styles(path: Path) -> Styles:
    """Read which styles fill numbers with zeros, show percents, or show days."""
    zeros: dict[int, str] = {}
    percents, days = set(), set()
    with packed.opened(path) as archive:
        text = whole(archive, "xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""
    formats = {
        int(attribute(one, b"numFmtId") or 0): html.unescape(attribute(one, b"formatCode"))
        for one in re.findall(rb"<numFmt\s[^>]*>", text)
    }
    cells = re.search(rb"<cellXfs\b.*?</cellXfs>", text, re.DOTALL)
    for place, one in enumerate(re.findall(rb"<xf\s[^>]*>", cells[0]) if cells else ()):
        number = int(attribute(one, b"numFmtId") or 0)
        code = formats.get(number, "%" if number in {9, 10} else "")
        plain = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", code)
        if filled := _ZEROS.fullmatch(code):
            zeros[place] = f"{filled[1] or filled[2] or ''}\t{len(filled[3])}"
        elif "%" in plain:
            percents.add(place)
        elif number in _DAY_NUMBERS or re.search(r"[dmyhs]", plain.partition(";")[0], re.IGNORECASE):
            days.add(place)
    return Styles(zeros=zeros, percents=frozenset(percents), days=frozenset(days))


def shown(value: float, code: str) -> str:
    """Write a number as its cell shows it: filled with zeros, or in percent."""
    if code == "%":
        return f"{value * 100:.12g}%"  # or a discount of 10 % in a column of money would be 10 euro
    before, _tab, digits = code.partition("\t")
    return f"{before}{int(value):0{digits}d}" if value == int(value) and value >= 0 else f"{value:.15g}"


def column_number(letters: bytes) -> int:
    """Count a column's letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def rows_of(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Give a sheet in blocks of whole rows."""
    rest = b""
    try:
        with archive.open(part) as file:
            while block := file.read(_BLOCK):
                block = rest + block
                end = block.rfind(_ROW_ENDS)
                cut = end + len(_ROW_ENDS) if end >= 0 else block.rfind(b"<")
                rest, block = block[cut:], block[:cut]
                if block:
                    yield block
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return  # whoever reads the workbook says what is wrong
    yield rest


def _height(archive: zipfile.ZipFile, part: str) -> int | None:
    try:
        with archive.open(part) as file:
            found = _DIMENSION.search(file.read(20_000))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    return int(found[1] or 1) if found else None


def whole(archive: zipfile.ZipFile, part: str) -> bytes:
    try:
        return archive.read(part)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, KeyError):
        return b""  # as above


def attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return found[1].decode(errors="replace") if found else ""
