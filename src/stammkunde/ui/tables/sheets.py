"""
Tables as Excel files that leave while they are made: the first byte at once, and never more than a row is held.

XlsxWriter makes the frame (a book with its formats, and sheets with headings and one row of empty cells); the rows are
written into that here, as the library sends nothing before the last. A text is written as a text, so nothing in it is
carried out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, RawIOBase
from itertools import chain, islice
from math import isfinite
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from stammkunde.ui.tables.cells import TEXTS, local
from stammkunde.ui.tables.columns import Column

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {  # numbers have none: with places that may be empty, Excel writes "12." for twelve
    "cents": "#,##0.00",
    "share": "0.0%",
    "times": "0.0",
    "ratio": "0.00##",
    "days": "0",
    "day": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm:ss",
}
MOST_ROWS = 1_048_575  # what a sheet holds, without its heading
MOST_BYTES = 2_000_000_000  # of a sheet, unpacked: beyond 2 GB table programs doubt streamed files
LONGEST_TEXT = 32_767
PIECE_BYTES = 65_536
QUICK = 4  # a level of compression: twice as quick as the usual one for a twentieth more

MODEL = 2  # the row that shows the formats
EPOCH, FIRST_DAY = date(1899, 12, 30), 61  # before, table programs count 1900 as a leap year
SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

Row = Sequence[Any]
WriteCell = Callable[[Any, int], str]  # a cell and the number of its row, as markup


def stream_book(*, columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Give a book piece by piece; where a sheet is full, another one follows."""
    return filter(None, _pieces(columns, iter(rows)))


def _pieces(columns: Sequence[Column], waiting: Iterator[Row]) -> Iterator[bytes]:
    pipe, sheets, following = _Pipe(), 0, True
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=QUICK) as book:
        while following:
            sheets += 1
            frame = _Frame.of(columns, sheets=sheets)
            with book.open(frame.name, "w") as sheet:
                sheet.write(frame.head)
                yield pipe.taken()
                for piece in frame.pieces(waiting):
                    sheet.write(piece)
                    yield pipe.taken()
                sheet.write(frame.tail)
            ahead = list(islice(waiting, 1))
            following, waiting = bool(ahead), chain(ahead, waiting)
        for name, content in frame.others.items():
            book.writestr(name, content)
    yield pipe.taken()


class _Pipe(RawIOBase):
    """A file that is written to and taken from, and cannot go back."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        held, self.held = self.held, []
        return b"".join(held)


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """The last sheet of a book without its rows, and all other parts of the book."""

    name: str
    head: bytes
    tail: bytes
    others: dict[str, bytes]
    write: list[WriteCell]  # for each column

    @classmethod
    def of(cls, columns: Sequence[Column], *, sheets: int) -> "_Frame":
        with ZipFile(_empty(columns, sheets=sheets)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        own = {name: parts.pop(name) for name in list(parts) if name.startswith("xl/worksheets/sheet")}
        name = f"xl/worksheets/sheet{sheets}.xml"
        head, _row, rest = own[name].partition(f'<row r="{MODEL}"'.encode())
        model, _end, tail = rest.partition(b"</row>")
        cells = re.findall(rb'<c r="([A-Z]+)[0-9]+"((?: s="[0-9]+")?)/>', model)
        assert len(cells) == len(columns), "XlsxWriter writes sheets otherwise than this expects"
        write = [
            _writer(column.unit, letter=letter.decode(), style=style.decode())
            for (letter, style), column in zip(cells, columns, strict=True)
        ]
        bare = re.sub(rb"<dimension[^>]*/>", b"", head)  # which would say how many rows there are
        return cls(name=name, head=bare, tail=tail, others=parts, write=write)

    def pieces(self, rows: Iterator[Row]) -> Iterator[bytes]:
        """Write rows until the sheet is full."""
        piece, size, written = list[str](), 0, 0
        for at, row in enumerate(islice(rows, MOST_ROWS), start=MODEL):
            cells = "".join([write(cell, at) for write, cell in zip(self.write, row, strict=True) if cell is not None])
            piece.append(f'<row r="{at}">{cells}</row>')
            size += len(piece[-1])
            if size > PIECE_BYTES:
                yield "".join(piece).encode()
                written, size, piece = written + size, 0, []
                if written > MOST_BYTES:
                    return
        yield "".join(piece).encode()


def _empty(columns: Sequence[Column], *, sheets: int) -> BytesIO:
    """Make a book of so many sheets with headings and a row of empty cells."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        styles = [book.add_format({"num_format": FORMATS.get(column.unit, "General")}) for column in columns]
        bold = book.add_format({"bold": True})
        for _number in range(sheets):
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 2)  # number and name stay in sight
            sheet.set_column(0, len(columns) - 1, 18)
            for place, (column, style) in enumerate(zip(columns, styles, strict=True)):
                sheet.write_string(0, place, str(column.label), bold)
                sheet.write_blank(MODEL - 1, place, None, style)
    return file


def _writer(unit: str, *, letter: str, style: str) -> WriteCell:
    """Give what writes the cells of a column."""

    def text(cell: Any, at: int) -> str:
        told = SPECIAL.sub(_escaped, str(cell)[:LONGEST_TEXT])
        space = "" if told == told.strip() else ' xml:space="preserve"'
        return f'<c r="{letter}{at}"{style} t="inlineStr"><is><t{space}>{told}</t></is></c>' if told else ""

    def number(cell: Any, at: int) -> str:
        value = float(cell) / 100 if unit == "cents" else float(cell)
        return f'<c r="{letter}{at}"{style}><v>{value!r}</v></c>' if isfinite(value) else ""

    def moment(cell: Any, at: int) -> str:
        days = _days(local(cell) if unit == "moment" else cell)
        return text(cell.isoformat(), at) if days < FIRST_DAY else f'<c r="{letter}{at}"{style}><v>{days!r}</v></c>'

    if unit in TEXTS:
        return text
    return moment if unit in {"day", "moment"} else number


def _days(when: date) -> float:
    """Count days as table programs do, the hour as a part of one."""
    if isinstance(when, datetime):
        seconds = (when.replace(tzinfo=None) - datetime.combine(when.date(), time())).total_seconds()
        return _days(when.date()) + seconds / 86_400
    return (when - EPOCH).days


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return NAMED.get(sign) or f"_x{ord(sign):04X}_"
