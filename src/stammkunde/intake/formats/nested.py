"""JSON as rows: an object a line, a list, or a list within an object; what is nested becomes columns, or rows."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from stammkunde.intake.formats import encoding
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable, figure
from stammkunde.intake.formats.separated import Progress

SAMPLE_RECORDS = 200
_BLOCK = 1 << 20
_DEEPEST = 6
_BETWEEN = re.compile(r"[,\s]*")
_DEEPEST_WRAP = 2
_RECORDS = {
    "data", "results", "result", "records", "rows", "value", "values", "list", "entries", "elements", "content",
    "orders", "customers", "contacts", "products", "invoices", "transactions", "documents", "kunden", "kontakte",
    "artikel", "rechnungen", "auftraege", "aufträge", "bestellungen", "belege", "daten",
}  # fmt: skip
_WHOLE_BYTES = 256 << 20  # of a list within an object, which is read at once
Given = tuple[int, Any]  # the n-th record, or the line; None where it is no JSON


def dialect(path: Path, name: str) -> Dialect:
    """
    Look at the first records: their fields, by path, and the list of which each entry is a row.

    :raises FileNotUsable: if there is no object among them
    """
    form = _form(path, name)
    first: list[dict[str, Any]] = []
    for _number, record in records(path, Dialect(format=form, encoding=name)):
        if isinstance(record, dict):
            first.append(record)
        if len(first) == SAMPLE_RECORDS:
            break
    exploded = _exploded(first)
    rows = [row for record in first for row in flat(record, exploded)]
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    if not header:
        raise FileNotUsable("json_unreadable")
    return Dialect(
        format=form, encoding=name, header=header, header_row=0, exploded=exploded,
        sample=tuple(tuple(as_text(row.get(key)) for key in header) for row in rows[:SAMPLE_RECORDS]),
    )  # fmt: skip


def records(path: Path, dialect: Dialect, progress: Progress | None = None) -> Iterator[Given]:
    """Read record by record, each with its line or its place in the list; a line that is no JSON as its text."""
    with path.open(encoding=dialect.encoding, errors=encoding.ERRORS, newline="\n") as file:
        if dialect.format == "jsonl":
            for number, line in enumerate(_told(file, path, progress), start=1):
                if line.strip():
                    record = parsed(line)
                    yield number, record if isinstance(record, dict) else line.strip()
        elif (begin := file.read(_BLOCK)).lstrip("\ufeff \t\r\n").startswith("["):
            yield from enumerate(_entries(file, begin.lstrip("\ufeff \t\r\n")[1:]), start=1)
        else:
            whole = parsed(begin + file.read())
            found = _wrapped(whole)
            yield from enumerate([whole] if found is None else found, start=1)


def _told(file: TextIO, path: Path, progress: Progress | None) -> Iterator[str]:
    """Pass the lines on and tell how far the file is read."""
    if progress is None:
        yield from file
        return
    total = path.stat().st_size
    for number, line in enumerate(file):
        if not number % 50_000:
            progress("read", file.buffer.tell(), total)
        yield line


def parsed(text: str) -> Any:
    """Read a JSON value with its numbers as they are written; None where it is none."""
    try:
        return json.loads(text, parse_float=figure, parse_int=str)
    except (ValueError, RecursionError):
        return None


def flat(record: dict[str, Any], exploded: str) -> list[dict[str, Any]]:
    """Give the rows of a record: fields of nested objects as `customer.email`, a row for each entry of a list."""
    fields = _fields(record)
    entries = fields.pop(exploded, None) if exploded else None
    entries = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    if not entries:
        return [fields]
    return [fields | {_named(key, exploded, fields): one for key, one in _fields(entry).items()} for entry in entries]


def as_text(value: Any) -> str:
    """Write a JSON value as text; a list stays JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _form(path: Path, name: str) -> str:
    """Tell a file of lines from one that is one list or object."""
    with path.open(encoding=name, errors=encoding.ERRORS, newline="\n") as file:
        begin = file.read(_BLOCK).lstrip("\ufeff \t\r\n")
    if begin.startswith("["):
        return "json"
    first, _end, rest = begin.partition("\n")
    is_line = isinstance(parsed(first), dict)
    if path.stat().st_size > _WHOLE_BYTES or (is_line and rest.strip()):
        return "jsonl"
    whole = parsed(first if is_line else path.read_text(encoding=name, errors=encoding.ERRORS))
    return "json" if isinstance(whole, dict) and (not is_line or _wrapped(whole) is not None) else "jsonl"


def _entries(file: TextIO, text: str) -> Iterator[Any]:
    """Read the entries of a list one after the other, a block at a time."""
    decode = json.JSONDecoder(parse_float=figure, parse_int=str).raw_decode
    at = 0
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if text.startswith("]", at):
            return
        try:
            entry, end = decode(text, at)
        except (ValueError, RecursionError):
            end = len(text)
        if end == len(text):  # cut off, or a number that may go on
            more = file.read(max(_BLOCK, len(text) - at))
            if more:
                text, at = text[at:] + more, 0
                continue
            yield from () if at == len(text) else (parsed(text[at:]),)
            return
        yield entry
        at = end


def _wrapped(whole: Any, depth: int = 0) -> list[Any] | None:
    """Find the longest list of objects that an object is there for; None where it is a record itself."""
    found: list[Any] | None = None
    for key, one in whole.items() if isinstance(whole, dict) else ():
        inner = one if isinstance(one, list) and _is_of_records(key, one) else None
        if isinstance(one, dict) and depth < _DEEPEST_WRAP:
            inner = _wrapped(one, depth + 1)
        if inner and len(inner) > len(found or ()):
            found = inner
    return found


def _is_of_records(key: str, entries: list[Any]) -> bool:
    """Tell a list of records from what belongs to one record, such as its lines."""
    if not all(isinstance(one, dict) for one in entries):
        return False
    is_nested = any(isinstance(value, (dict, list)) for one in entries[:SAMPLE_RECORDS] for value in one.values())
    return is_nested or key.casefold() in _RECORDS


def _fields(record: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _DEEPEST:
            found |= _fields(value, f"{before}{key}.", depth + 1)
        else:
            found[before + key] = value
    return found


def _exploded(first: list[dict[str, Any]]) -> str:
    """Choose the list of objects that has most entries: an order's lines."""
    found: Counter[str] = Counter()
    for record in first:
        for key, value in _fields(record).items():
            if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
                found[key] += len(value)
    return max(found, key=found.__getitem__, default="")


def _named(key: str, exploded: str, fields: dict[str, Any]) -> str:
    """Name an entry's field as it is; one that the record has as well after its list."""
    return f"{exploded}.{key}" if key in fields else key
