"""Excel and OpenDocument workbooks, one sheet each, read by calamine."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from stammkunde.intake.formats import heading, strays
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable

LARGEST_BYTES = 4 << 30  # unpacked: more is a bomb, not a workbook
_SAMPLE_ROWS = 200


def dialect(path: Path, options: dict[str, Any]) -> Dialect:
    """
    Read the names of the sheets, and the heading and first rows of the chosen one (else of the first that has rows).

    :raises FileNotUsable: if it is locked, damaged or empty
    """
    with _open(path) as book:
        sheets = tuple(book.sheet_names)
        wanted = str(options.get("sheet") or "")
        if wanted and wanted not in sheets:
            raise FileNotUsable("sheet_missing", sheet=wanted, sheets=list(sheets))
        for name in (wanted,) if wanted else sheets:
            strays.refuse_strays(path, sheet=name, place=sheets.index(name))
            rows = list(islice(_rows(_sheet(book, name)), _SAMPLE_ROWS))
            if any(cell.strip() for _, row in rows for cell in row):
                return _dialect(sheets, name, rows, options)
    raise FileNotUsable("empty_file")


def rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the heading as text, each with its row in the sheet."""
    with _open(path) as book:
        for number, row in _rows(_sheet(book, dialect.sheet)):
            if number > dialect.header_row:
                yield number, row


def _dialect(sheets: tuple[str, ...], name: str, rows: list[tuple[int, list[str]]], options: dict[str, Any]) -> Dialect:
    wanted = str(options.get("header_row") or "")
    cells = [row for _, row in rows]
    index = next((at for at, (number, _) in enumerate(rows) if str(number) == wanted), None)
    if index is None:
        index = heading.heading_of(cells)
    width = max(at + 1 for at, cell in enumerate(cells[index]) if cell.strip() or at == 0)
    return Dialect(
        format="excel",
        sheets=sheets,
        sheet=name,
        header=heading.names(cells[index][:width]),
        header_row=rows[index][0],
        sample=tuple(tuple(row[:width]) for row in cells[index + 1 :] if any(cell.strip() for cell in row)),
    )


def _open(path: Path) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise FileNotUsable("password") from None
    except Exception as problem:  # noqa: BLE001 - a damaged workbook fails in many ways, none of which is ours
        raise FileNotUsable("workbook_unreadable", reason=str(problem)[:200]) from None


def _sheet(book: calamine.CalamineWorkbook, name: str) -> calamine.CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except Exception as problem:  # noqa: BLE001 - as above
        raise FileNotUsable("workbook_unreadable", reason=str(problem)[:200]) from None


def _rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.iter_rows(), start=1):  # from the top, also where the top is empty
        yield number, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.15g}" if abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
