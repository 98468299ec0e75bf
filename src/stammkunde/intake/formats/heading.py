"""Which row names the columns, and which character parts them."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stammkunde.intake.formats.dialect import FileNotUsable

DELIMITERS = ";\t|,"  # where two part alike: commas stand in texts and amounts as well
ESCAPED = re.compile(r'(?<!\\)\\"')  # a quotation mark within a cell, as databases write it
_SAYS = re.compile(r"sep=(.)\s*$", re.IGNORECASE)  # what Excel understands in the first line
_FORMS = ("EXTF", "DTVF")  # DATEV's files begin with a row about themselves, as wide as others
_TITLE_ROWS = 30  # a report's title stands above the heading, not below
_LIKE_NUMBER = re.compile(r"\s*[-+(]?[\d.,€$]")


@dataclass(frozen=True, kw_only=True)
class Parting:
    """What parts the cells of a row, how many most rows have, and whether quotation marks in cells are `escaped`."""

    delimiter: str
    width: int
    escaped: bool


def said(line: str) -> str:
    """Give the separator that the first line of a file names; empty where it names none."""
    found = _SAYS.match(line.removeprefix("\ufeff"))
    return found[1] if found else ""


def parting_of(lines: Sequence[str], *, delimiter: str = "") -> Parting:
    """Choose the character that parts most lines into the same number of cells, more than one, under a heading."""
    escapes = any(ESCAPED.search(line) for line in lines)
    found = {one: _agreement(lines, one, escapes=escapes) for one in (delimiter or DELIMITERS)}
    best = max(found, key=lambda one: found[one][0])
    return Parting(delimiter=best, width=found[best][0][2], escaped=found[best][1])


def _agreement(lines: Sequence[str], delimiter: str, *, escapes: bool) -> tuple[tuple[float, bool, int], bool]:
    """Tell how many rows agree, whether one of the first is like a heading, in how many cells; and if escapes help."""
    ways = [(_parted(lines, delimiter), False)]
    if escapes:
        ways.append((_parted([ESCAPED.sub('""', line) for line in lines], delimiter), True))
    ways.append(([line.rstrip("\r\n").split(delimiter) for line in lines], False))  # quotation marks that part nothing
    scored = [(_share(rows), escaped) for rows, escaped in ways]
    return max(scored, key=lambda one: one[0][0])


def _parted(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _share(rows: list[list[str]]) -> tuple[float, bool, int]:
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return (0.0, False, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width == 1:
        return (0.0, False, 1)
    is_headed = any(_is_like_heading(row) for row in rows[:_TITLE_ROWS] if len(row) == width)
    # Nine in ten rows agreeing is as good as all: otherwise one torn row would decide.
    return (min(count / widths.total(), 0.9), is_headed, width)


def _is_like_heading(row: Sequence[str]) -> bool:
    return not any(_LIKE_NUMBER.match(cell) for cell in row) and 2 * sum(1 for cell in row if cell.strip()) > len(row)


def heading_of(rows: Sequence[Sequence[str]]) -> int:
    """
    Find the first row that is as wide as the rows are: titles above it are narrower.

    :raises FileNotUsable: if there is no row with anything in it
    """
    if len(rows) > 1 and rows[0] and rows[0][0] in _FORMS:
        return 1
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:_TITLE_ROWS]]
    widths = Counter(_width(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        raise FileNotUsable("empty_file")
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    for index, count in enumerate(filled):
        if count >= max(1, (usual + 1) // 2) and _width(rows[index]) >= min(usual, 2):
            return index
    return next(index for index, row in enumerate(rows) if any(cell.strip() for cell in row))


def _width(row: Sequence[str]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)


def names(cells: Iterable[str]) -> tuple[str, ...]:
    """Make the columns' names unique and none empty: "Name", "Name (2)", "#3"."""
    given: dict[str, None] = {}
    seen: Counter[str] = Counter()
    for index, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\x00", "").split())[:200] or f"#{index}"
        seen[name] += 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in given:
            seen[name] += 1
        given[name if seen[name] == 1 and name not in given else f"{name} ({max(seen[name], 2)})"] = None
    return tuple(given)
