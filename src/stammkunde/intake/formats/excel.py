"""Excel and OpenDocument workbooks, one sheet each, read by calamine; sheets with stray cells, cell by cell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from stammkunde.intake.formats import heading, opendocument, sheets, sparse
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable, Remark, figure

_SAMPLE_ROWS = 200
Row = tuple[int, list[str]]


def dialect(path: Path, options: dict[str, Any]) -> Dialect:
    """
    Read the names of the sheets, and the heading and first rows of the chosen one.

    Where none is chosen, it is the first that is not hidden and like a table, else the first in which anything stands.

    :raises FileNotUsable: if it is locked, damaged or empty
    """
    book = _Book.of(path)
    wanted = str(options.get("sheet") or "")
    if wanted and wanted not in book.names:
        raise FileNotUsable("sheet_missing", sheet=wanted, sheets=list(book.names))
    found: dict[str, Dialect] = {}
    for name in (wanted,) if wanted else book.in_order():
        rows = list(islice(_rows(book, name), _SAMPLE_ROWS))
        if any(cell.strip() for _, row in rows for cell in row):
            found[name] = _dialect(book, name, rows, options)
            if _is_table(found[name], columns=3):
                break
    if not found:
        raise FileNotUsable("empty_file")
    best = next((one for width in (3, 2) for one in found.values() if _is_table(one, columns=width)), None)
    return best or next(iter(found.values()))


def rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Yield the rows below the heading as text, each with its row in the sheet."""
    for number, row in _rows(_Book.of(path), dialect.sheet):
        if number > dialect.header_row:
            yield number, row


@dataclass(frozen=True, kw_only=True)
class _Book:
    """A workbook: the names of its sheets, and what is known of them beside their values."""

    path: Path
    names: tuple[str, ...]
    known: dict[str, sheets.Sheet]
    tables: dict[str, opendocument.Table]

    @classmethod
    def of(cls, path: Path) -> "_Book":
        if tables := _tables(str(path), path.stat().st_mtime_ns):
            known = {
                name: sheets.Sheet(name=name, part="", is_hidden=one.is_hidden, rows=one.facts.height)
                for name, one in tables.items()
            }
            return cls(path=path, names=tuple(tables), known=known, tables=tables)
        book = _open(path)
        known = {one.name: one for one in sheets.listed(path)} or {
            one.name: sheets.Sheet(name=one.name, part="", is_hidden=one.visible != _VISIBLE, rows=None)
            for one in book.sheets_metadata
        }
        return cls(path=path, names=tuple(book.sheet_names), known=known, tables={})

    def in_order(self) -> list[str]:
        return sorted(self.names, key=lambda name: name in self.known and self.known[name].is_hidden)

    def others(self, name: str) -> Iterator[str]:
        """Name the other sheets that are not hidden and have more than one row, as far as the workbook says so."""
        for one in self.known.values():
            if one.name == name or one.is_hidden:
                continue
            rows = one.rows if one.part or self.tables else self._rows(one.name)
            if rows is None or rows > 1:
                yield one.name if rows is None else f"{one.name} ({rows - 1})"

    def _rows(self, name: str) -> int:
        try:
            return _sheet(self.path, name).height
        except FileNotUsable:  # a chart, or it is damaged
            return 0

    def height(self, name: str, *, below: int) -> int | None:
        height = self.looked(name)[0].height
        return max(0, height - below) if height and not self.is_sparse(name) else None

    def is_sparse(self, name: str) -> bool:
        """Tell whether a sheet is read cell by cell: it is sparse, or one of an OpenDocument's, which come together."""
        return any(one.facts.is_sparse for one in self.tables.values()) or self.looked(name)[0].is_sparse

    def bounds(self, name: str) -> sparse.Bounds:
        if self.tables:
            return opendocument.bounds(self.path, name)
        return sparse.bounds(self.path, self.known[name].part, name)

    def cells(self, name: str) -> Iterator[Row]:
        """Read a sheet cell by cell."""
        if self.tables:
            return opendocument.rows(self.path, name, self.bounds(name))
        return sparse.rows(self.path, self.known[name].part, self.bounds(name), self.looked(name)[1])

    def looked(self, name: str) -> tuple[sheets.Facts, sheets.Styles]:
        """Look at the cells of a sheet; nothing is known of workbooks that are neither of XML nor OpenDocument."""
        if name in self.tables:
            return self.tables[name].facts, _NO_STYLES
        if name not in self.known or not self.known[name].part:
            return sheets.Facts(), _NO_STYLES
        return _looked(str(self.path), self.path.stat().st_mtime_ns, self.known[name].part)


_VISIBLE = calamine.SheetVisibleEnum.Visible
_NO_STYLES = sheets.Styles(zeros={}, percents=frozenset(), days=frozenset())


@lru_cache(maxsize=8)
def _looked(path: str, _written_at: int, part: str) -> tuple[sheets.Facts, sheets.Styles]:
    styles = sheets.styles(Path(path))
    return sheets.facts(Path(path), part, styles), styles


@lru_cache(maxsize=2)
def _tables(path: str, _written_at: int) -> dict[str, opendocument.Table]:
    return opendocument.tables(Path(path))


def _is_table(found: Dialect, *, columns: int) -> bool:
    return len([one for one in found.header if not one.startswith("#")]) >= columns and bool(found.sample)


def _dialect(book: _Book, name: str, rows: list[Row], options: dict[str, Any]) -> Dialect:
    wanted = str(options.get("header_row") or "")
    cells = [row for _, row in rows]
    index = next((at for at, (number, _) in enumerate(rows) if str(number) == wanted), None)
    if index is None:
        index = heading.heading_of(cells)
    width = max(at + 1 for at, cell in enumerate(cells[index]) if cell.strip() or at == 0)
    return Dialect(
        format="excel",
        sheets=book.names,
        sheet=name,
        others=tuple(book.others(name)),
        rows=book.height(name, below=rows[index][0]),
        header=heading.names(cells[index][:width]),
        header_row=rows[index][0],
        remarks=tuple(_remarks(book, name)),
        sample=tuple(tuple(row[:width]) for row in cells[index + 1 :] if any(cell.strip() for cell in row)),
    )


def _remarks(book: _Book, name: str) -> Iterator[Remark]:
    """Tell what is not seen at once: hidden rows and sheets, formulas that were never reckoned, stray cells."""
    facts, _styles = book.looked(name)
    if name in book.known and book.known[name].is_hidden:
        yield Remark(code="sheet_hidden", detail={"sheet": name})
    if facts.hidden:
        yield Remark(code="rows_hidden", detail={"rows": facts.hidden})
    if facts.without_value:
        yield Remark(code="formulas_without_value", detail={"cells": facts.without_value})
    if book.is_sparse(name):
        stray = book.bounds(name).stray
        if stray:
            yield Remark(code="stray_cell_left", detail={"sheet": name, "cell": stray})


def _open(path: Path) -> calamine.CalamineWorkbook:
    return _opened(str(path), path.stat().st_mtime_ns)


def _sheet(path: Path, name: str) -> calamine.CalamineSheet:
    return _read(str(path), path.stat().st_mtime_ns, name)


@lru_cache(maxsize=1)
def _opened(path: str, _written_at: int) -> calamine.CalamineWorkbook:
    with _worded():
        return calamine.CalamineWorkbook.from_path(path)


@lru_cache(maxsize=1)  # whoever looks at a sheet reads it next
def _read(path: str, written_at: int, name: str) -> calamine.CalamineSheet:
    with _worded():
        return _opened(path, written_at).get_sheet_by_name(name)


@contextmanager
def _worded() -> Iterator[None]:
    """Refuse a workbook that is locked or damaged: it fails in many ways, some of which are no `Exception`."""
    try:
        yield
    except (FileNotUsable, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except calamine.PasswordError:
        raise FileNotUsable("password") from None
    except BaseException as problem:  # noqa: BLE001
        raise FileNotUsable("workbook_unreadable", reason=str(problem)[:200]) from None


def _rows(book: _Book, name: str) -> Iterator[Row]:
    facts, _styles = book.looked(name)
    if book.is_sparse(name):
        yield from book.cells(name)
        return
    sheet = _sheet(book.path, name)
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.iter_rows(), start=1):  # from the top, also where the top is empty
        yield number, [_text(cell) for cell in row] if not facts.formats else _formatted(row, number, facts)


def _formatted(row: list[Any], number: int, facts: sheets.Facts) -> list[str]:
    """Write cells as they are shown, where their format says more than their value."""
    cells = [_text(cell) for cell in row]
    for column, codes in facts.formats.items():
        value = row[column - 1] if column <= len(row) else None
        if isinstance(value, float):
            code = next((code for code, rows in codes.items() if number in rows), "")
            if code:
                cells[column - 1] = sheets.shown(value, code)
    return cells


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return figure(f"{cell:.15g}") if abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
