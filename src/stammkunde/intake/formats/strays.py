"""
Cells far outside of the table of a sheet, which make a small workbook claim billions of cells.

Whoever reads a sheet gets all cells up to its last row and column, so one forgotten cell costs as much as a full sheet.
Only sheets that are short when unpacked are looked at: in a long one, most cells are there.
"""

import re
import zipfile
from pathlib import Path

from stammkunde.intake.formats.dialect import FileNotUsable

_LOOK_BYTES = 4 << 20
_MOST_EMPTY = 2_000_000  # cells that are read within moments
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<Relationship\s[^>]*>")
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def refuse_strays(path: Path, *, sheet: str, place: int) -> None:
    """
    Look for a cell that makes a sheet (of this place among the workbook's) far larger than what stands in it.

    :raises FileNotUsable: if there is one
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, place)
        if not part or archive.getinfo(part).file_size > _LOOK_BYTES:
            return
        cells = [(_column(one[1]), int(one[2]), one) for one in _CELL.finditer(_begin(archive, part))]
    if not cells:
        return
    width, height = max(cell[0] for cell in cells), max(cell[1] for cell in cells)
    if width * height - len(cells) > _MOST_EMPTY:
        _width, row, found = max(cells, key=lambda cell: cell[0] / width + cell[1] / height)
        stray = f"{found[1].decode()}{row}"
        raise FileNotUsable("stray_cell", sheet=sheet, cell=stray, millions=round(width * height / 1_000_000))


def _part(archive: zipfile.ZipFile, place: int) -> str:
    """Find the part of an Excel workbook that holds a sheet; empty where there is none."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    sheets = _SHEET.findall(_begin(archive, "xl/workbook.xml"))
    relations = _RELATION.findall(_begin(archive, "xl/_rels/workbook.xml.rels"))
    targets = {_value(one, rb"Id"): _value(one, rb"Target") for one in relations}
    wanted = targets.get(_value(sheets[place], rb"\w+:id"), "") if place < len(sheets) else ""
    part = wanted.removeprefix("/") if wanted.startswith("/") else f"xl/{wanted}"
    return part if part in names else ""


def _begin(archive: zipfile.ZipFile, part: str) -> bytes:
    try:
        with archive.open(part) as file:
            return file.read(_LOOK_BYTES)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return b""  # whoever reads the workbook says what is wrong


def _value(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return found[1].decode(errors="replace") if found else ""


def _column(letters: bytes) -> int:
    """Count a column's letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
