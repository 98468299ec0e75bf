"""Which row names the columns, and which character parts them."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence

from stammkunde.intake.formats.dialect import FileNotUsable

DELIMITERS = ",;\t|"
_TITLE_ROWS = 30  # a report's title stands above the heading, not below


def delimiter_of(lines: Sequence[str]) -> str:
    """Choose the character that parts most lines into the same number of cells, more than one."""
    return max(DELIMITERS, key=lambda one: (_agreement(lines, one), -DELIMITERS.index(one)))


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    # Nine in ten rows agreeing is as good as all: otherwise one torn row would decide.
    return (min(rows / widths.total(), 0.9), width) if width > 1 else (0.0, width)


def heading_of(rows: Sequence[Sequence[str]]) -> int:
    """
    Find the first row that is as wide as the rows are: titles above it are narrower.

    :raises FileNotUsable: if there is no row with anything in it
    """
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
