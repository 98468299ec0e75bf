"""Tables as CSV, line by line, as table programs open them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from stammkunde.ui.tables.cells import Dialect, cell_text, defused
from stammkunde.ui.tables.columns import Column

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # at the start, by which table programs know UTF-8


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    *, columns: Sequence[Column], rows: Iterable[Sequence[Any]], dialect: Dialect, marked: bool = True
) -> Iterator[str]:
    """Write a heading and a line for each row; `marked` says at the start that it is UTF-8."""
    headings = [defused(str(column.label)) for column in columns]
    return _lines(headings, [column.unit for column in columns], rows, dialect=dialect, mark=MARK if marked else "")


def _lines(
    headings: list[str], units: list[str], rows: Iterable[Sequence[Any]], *, dialect: Dialect, mark: str
) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=dialect.delimiter, lineterminator="\r\n")
    yield mark + writer.writerow(headings)
    for row in rows:
        yield writer.writerow(
            [cell_text(cell, unit=unit, dialect=dialect) for cell, unit in zip(row, units, strict=True)]
        )
