"""
Separated text as columns, a block of whole lines at a time.

A block without a quotation mark is nothing but lines and separators: Arrow reads it in one go. Any other goes through
the csv module, which also decides where a quoted cell ends; its rows are taken together where each is as wide as the
heading, and looked at one by one where not. Either way gives the same rows, line numbers and remarks.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from stammkunde.intake.formats import encoding, engine, quoting
from stammkunde.intake.formats.dialect import Dialect, Remark

BLOCK_CHARACTERS = 4 << 20
_HEAD_CHARACTERS = 1 << 14  # the first block, where titles and the heading are
Progress = Callable[[str, int, int], None]  # (step, done, total); it may raise to stop
Record = tuple[int, list[str], str | None, str | None]  # line, cells, code and detail of what is wrong with it


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Rows without fault: their lines, and their cells by column."""

    lines: pa.Array
    cells: list[pa.Array]


Part = Columns | list[Record] | Remark


def read(path: Path, dialect: Dialect, progress: Progress | None) -> Iterator[Part]:
    """Read the rows below the heading; one that is torn, too long or of another width is marked, never dropped."""
    with path.open(encoding=dialect.encoding, errors=encoding.ERRORS, newline="") as file:
        before, is_told = 0, False  # lines
        for text in (blocks := _blocks(file, path.stat().st_size, progress)):
            plain = _plain(text, dialect, before=before) if before >= dialect.header_row else None
            if plain is None:
                lines = quoting.Lines(blocks=blocks, text=text, escaped=dialect.escaped)
                rows, remark = _rows(lines, dialect, before=before)
                yield rows
                if remark and not is_told:
                    is_told = True
                    yield remark
                before += lines.available
            else:
                yield plain
                before += quoting.count(text)


def _blocks(file: TextIO, total: int, progress: Progress | None) -> Iterator[str]:
    size = min(_HEAD_CHARACTERS, BLOCK_CHARACTERS)
    while text := file.read(size):
        if progress:
            progress("read", file.buffer.tell(), total)
        yield text + file.readline()
        size = BLOCK_CHARACTERS


# --- plain lines, by Arrow


def _plain(text: str, dialect: Dialect, *, before: int) -> Columns | None:
    """Read a block that is nothing but lines and separators; None if it is not, or if any row is at fault."""
    if '"' in text or "\x00" in text or text.startswith("\ufeff") or not dialect.delimiter.isascii():
        return None
    names = [f"c{place}" for place in range(len(dialect.header))]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text.encode()),
            pacsv.ReadOptions(column_names=names),
            pacsv.ParseOptions(
                delimiter=dialect.delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False
            ),
            pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[]),
        )
    except pa.ArrowInvalid:  # a row of another width: the csv module finds out which
        return None
    cells = [column.combine_chunks() for column in table.columns]
    if len(table) != quoting.count(text) or any(_longest(one) > engine.LONGEST_CELL for one in cells):
        return None
    return _without_blank(pa.array(range(before + 1, before + 1 + len(table)), pa.int64()), cells)


def _longest(cells: pa.Array) -> int:
    return pc.max(pc.binary_length(cells)).as_py() or 0


def _without_blank(lines: pa.Array, cells: list[pa.Array]) -> Columns:
    """Leave out rows of which every cell is empty."""
    filled = pc.not_equal(cells[0], "")
    for one in cells[1:]:
        if pc.all(filled).as_py():
            break
        filled = pc.or_(filled, pc.not_equal(one, ""))
    if not pc.all(filled).as_py():
        lines, cells = lines.filter(filled), [one.filter(filled) for one in cells]
    return Columns(lines=lines, cells=cells)


# --- any lines, by the csv module


def _rows(lines: quoting.Lines, dialect: Dialect, *, before: int) -> tuple[Part, Remark | None]:
    width = len(dialect.header)
    found = [
        row
        for row in quoting.read(lines, dialect.delimiter, width=width, before=before)
        if row.first > dialect.header_row and (row.cells is None or any(row.cells))
    ]
    lonely = next((row for row in found if row.is_mended), None)
    remark = Remark(code="quote_alone", row=lonely.first) if lonely else None
    if lines.has_nul or any(row.cells is None or len(row.cells) != width for row in found) or not found:
        return [_record(row, width, dialect.delimiter) for row in found], remark
    columns = Columns(
        lines=pa.array([row.first for row in found], pa.int64()),
        cells=[pa.array(column, pa.string()) for column in zip(*(row.cells or () for row in found), strict=True)],
    )
    return columns, remark


def _record(row: quoting.Row, width: int, delimiter: str) -> Record:
    if row.cells is None:
        return row.first, [""] * width, *_unreadable(row.first, row.last)
    return row.first, *_fitted(row.cells, width, delimiter, row.first, row.last)


def _unreadable(first: int, last: int) -> tuple[str, str]:
    if last > first:
        return "quote_not_closed", json.dumps({"first": first, "last": last})
    return "cell_too_long", json.dumps({"limit": engine.LONGEST_CELL})


def _fitted(
    row: list[str], width: int, delimiter: str, first: int, last: int
) -> tuple[list[str], str | None, str | None]:
    """Fit a row to the heading's width; empty cells beyond it are nothing."""
    bad = detail = None
    if len(row) != width:
        found = len(row)
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) != width:
            bad, detail = "row_width", json.dumps({"found": found, "expected": width})
            if last > first:
                bad, detail = "quote_not_closed", json.dumps({"first": first, "last": last})
            row = [*row[: width - 1], delimiter.join(row[width - 1 :])]
            row += [""] * (width - len(row))
    if "\x00" in "".join(row):
        return [cell.replace("\x00", "␀") for cell in row], "nul_bytes", None
    return row, bad, detail
