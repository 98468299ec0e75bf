"""
Rows with quotation marks, by the csv module; where they are not as they should be, the reading that fits the heading.

A mark that is never closed (`"Rohr 1/2;10,00`) would swallow all lines up to the next one: where the line by itself has
as many cells as the heading, it is taken as text.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from stammkunde.intake.formats.engine import LONGEST_CELL
from stammkunde.intake.formats.heading import ESCAPED


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row, and its first and last line; without cells where it cannot be read."""

    first: int
    last: int
    cells: list[str] | None
    is_mended: bool = False  # a quotation mark was taken as text


def count(text: str) -> int:
    """Count lines as the csv module does: they end in a line feed, a carriage return, or both."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")))


@dataclass(kw_only=True)
class Lines:
    """The lines of a block, and of the next ones for as long as a quoted cell goes on; a row's can be had again."""

    blocks: Iterator[str]
    text: str
    escaped: bool = False
    taken: int = 0
    begin: int = 0  # where the row began
    has_nul: bool = False
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._open(self.text)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        at = self.taken
        if at == len(self._lines):
            self._open(next(self.blocks))
        self.taken = at + 1
        return self._lines[at]

    @property
    def available(self) -> int:
        return len(self._lines)

    @property
    def since(self) -> list[str]:
        """Give the lines of the row."""
        return self._lines[self.begin : self.taken]

    def again(self, *, but: int = 0) -> None:
        """Give back the lines of the row, but for so many of the first."""
        self.taken = self.begin + but

    def _open(self, text: str) -> None:
        text = ESCAPED.sub('""', text) if self.escaped else text
        self._lines += io.StringIO(text, newline="")
        self.has_nul |= "\x00" in text
        self.text = ""


def read(lines: Lines, delimiter: str, *, width: int, before: int = 0) -> Iterator[Row]:
    """Read the rows that begin in the block; `width` is what the heading has, `before` how many lines came before."""
    exact = csv.reader(lines, delimiter=delimiter, strict=True)
    while lines.taken < lines.available:  # which grows where a cell goes on
        lines.begin = lines.taken
        first, is_mended = before + lines.taken + 1, False
        cells: list[str] | None
        try:
            cells = next(exact)
        except StopIteration:
            return
        except csv.Error:
            cells, is_mended = _other(lines, delimiter, width)
        yield Row(first=first, last=before + lines.taken, cells=cells, is_mended=is_mended)


def _other(lines: Lines, delimiter: str, width: int) -> tuple[list[str] | None, bool]:
    """Read a row in which quotation marks stand where they should not: of one line where that fits, else of several."""
    line, *more = lines.since
    for one in (ESCAPED.sub('""', line), line):
        cells = _by_itself(one, delimiter)
        if len(cells) == width and not cells[-1].endswith(("\r", "\n")):
            lines.again(but=1)
            return cells, False
    alone = _split(line, delimiter)
    could = len(alone) == width and max(map(len, alone)) <= LONGEST_CELL
    if could and (not more or len(_split(more[0], delimiter)) == width):
        lines.again(but=1)
        return alone, True
    lines.again()
    try:
        several = next(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        several = None
    if could and (several is None or len(several) != width):
        lines.again(but=1)
        return alone, True
    return several, False


def _by_itself(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return []


def _split(line: str, delimiter: str) -> list[str]:
    return line.rstrip("\r\n").split(delimiter)
