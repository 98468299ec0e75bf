"""What a file is, from its first bytes."""

import hashlib
import re
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from stammkunde.intake.formats import encoding, excel, heading, nested, packed, parquet, quoting
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable, Remark

SAMPLE_CHARACTERS = 1 << 18
SAMPLE_ROWS = 200
_LOOK_BYTES = 64 << 20  # how far a preview looks for characters that tell the encoding
MOST_COLUMNS = 2000
_MOST_NAMES = 20
_PARQUET, _OLE = b"PAR1", b"\xd0\xcf\x11\xe0"
_JSON = re.compile(r"[\ufeff\s]*(\{|\[\s*[\[{\]])")


def sha256(path: Path | str) -> str:
    """Compute a file's fingerprint in a stream."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sniff(path: Path | str, *, options: dict[str, Any] | None = None, whole: bool = False) -> Dialect:
    """
    Find out how a file is written; `options` may fix `encoding`, `delimiter`, `sheet`, `header_row`.

    `whole` reads all of a text file to tell its encoding, not only the first 64 MB.

    :raises FileNotUsable: if it is empty, no table, locked by a password, or not a file at all
    """
    path, options = Path(path), options or {}
    with packed.inside(path, str(options.get("part") or "")) as (inner, parts, part):
        found = replace(_dialect(inner, options, whole=whole), parts=parts, part=part)
    left = [one for one in parts if one != part] or list(found.others)
    if left:
        remark = Remark(code="sheets_left", detail={"names": left[:_MOST_NAMES]})
        found = replace(found, remarks=(*found.remarks, remark))
    if len(found.header) > MOST_COLUMNS:
        raise FileNotUsable("too_many_columns", columns=len(found.header), most=MOST_COLUMNS)
    return found


def _dialect(path: Path, options: dict[str, Any], *, whole: bool) -> Dialect:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise FileNotUsable("empty_file")
    if head.startswith(_PARQUET):
        return parquet.dialect(path)
    if head.startswith((packed.ZIP, _OLE)):
        if packed.is_archive(path):
            packed.refuse_bomb(path)
        return excel.dialect(path, options)
    if head.startswith((packed.GZIP, b"PK", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")):
        raise FileNotUsable("archive")
    if head.startswith(b"SQLite format 3"):
        raise FileNotUsable("database")
    if head.startswith(b"%PDF"):
        raise FileNotUsable("binary")
    return _text(path, options, whole=whole)


def is_parquet(path: Path) -> bool:
    """Tell whether a file that can be read is Parquet."""
    with path.open("rb") as file:
        return file.read(len(_PARQUET)) == _PARQUET


def _text(path: Path, options: dict[str, Any], *, whole: bool) -> Dialect:
    given = options.get("encoding")
    found = (
        encoding.Found(name=encoding.chosen(given))
        if given
        else encoding.detect(path, upto_bytes=None if whole or path.stat().st_size <= _LOOK_BYTES else _LOOK_BYTES)
    )
    dialect = _of_text(path, found.name, options)
    remarks = tuple(Remark(code=code, detail={"encoding": found.name}) for code in found.remarks)
    return replace(dialect, remarks=remarks + dialect.remarks)


def _of_text(path: Path, name: str, options: dict[str, Any]) -> Dialect:
    with path.open(encoding=name, errors=encoding.ERRORS, newline="") as file:
        try:
            sample = file.read(SAMPLE_CHARACTERS)
        except UnicodeError:  # UTF-16 that breaks off, or without the mark that it needs
            raise FileNotUsable("encoding_wrong", encoding=name) from None
    if not sample.strip():
        raise FileNotUsable("empty_file")
    if _JSON.match(sample):
        return nested.dialect(path, name)
    if sample.lstrip()[:1] == "<":
        raise FileNotUsable("markup")
    return _separated(sample, name, options)


def _separated(sample: str, name: str, options: dict[str, Any]) -> Dialect:
    lines = sample.splitlines(keepends=True)
    if len(sample) >= SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()  # cut in the middle
    said = heading.said(lines[0])
    chosen = _one_character(options.get("delimiter")) or _one_character(said)
    parting = heading.parting_of(lines[bool(said) : SAMPLE_ROWS], delimiter=chosen)
    numbered = _numbered(lines, parting, after=1 if said else 0)
    rows = [row for _, row in numbered]
    index = _chosen_row(options.get("header_row"), numbered)
    if index is None:
        index = heading.heading_of(rows)
    header = heading.names(_without_tail(rows[index]))
    return Dialect(
        format="csv",
        encoding=name,
        delimiter=parting.delimiter,
        escaped=parting.escaped,
        header=header,
        header_row=numbered[index][0],
        sample=tuple(tuple(row) for row in rows[index + 1 :] if any(cell.strip() for cell in row)),
    )


def _one_character(value: Any) -> str:
    value = {"tab": "\t", "\\t": "\t"}.get(str(value or "").lower(), str(value or ""))
    return value if len(value) == 1 and value not in '\r\n"\x00' else ""


def _chosen_row(value: Any, numbered: list[tuple[int, list[str]]]) -> int | None:
    """Find the row on the line that a person named."""
    wanted = int(value) if str(value or "").isdecimal() else 0
    return next((index for index, (line, _) in enumerate(numbered) if line == wanted), None)


def _without_tail(row: list[str]) -> list[str]:
    """Drop empty headings at the end, one of which a delimiter at the end of every line makes."""
    while len(row) > 1 and not row[-1].strip():
        row = row[:-1]
    return row


def _numbered(lines: list[str], parting: heading.Parting, *, after: int) -> list[tuple[int, list[str]]]:
    """Read the first rows, each with the line it starts on; a cell that is too long ends the look."""
    given = quoting.Lines(blocks=iter(()), text="".join(lines), escaped=parting.escaped)
    rows = quoting.read(given, parting.delimiter, width=parting.width)
    readable = takewhile(lambda row: row.cells is not None, islice(rows, SAMPLE_ROWS))
    found = [(row.first, row.cells) for row in readable if row.cells and row.first > after]
    if not found:
        raise FileNotUsable("row_unreadable_all")
    return found
