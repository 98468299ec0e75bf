"""What was answered, as text: pages as what they say, tables as cells, letters as words."""

import csv
import io
import json
import zipfile
from hashlib import sha256
from typing import Any

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from recording import words

TEXTS = {"text/csv", "text/plain", "text/calendar"}


def text(response: Any) -> str:
    """Give the status, where it leads, and what is in it."""
    names = ("Location", "Content-Disposition", "HX-Redirect", "HX-Push-Url", "HX-Trigger", "Allow")
    head = [str(response.status_code)]
    head += [f"{name}: {response.headers[name]}" for name in names if response.headers.get(name)]
    return "\n".join(head) + "\n" + body(kind(response), content(response))


def kind(response: Any) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0]


def content(response: Any) -> bytes:
    if not response.streaming:
        return response.content
    whole = b"".join(response.streaming_content)
    response.close()
    return whole


def body(kind: str, said: bytes) -> str:
    readers = {
        "text/html": lambda: words.read(said.decode()),
        "application/json": lambda: pretty(said),
        "image/svg+xml": lambda: words.read(said.decode()),
        "application/pdf": lambda: pdf(said),
        "application/zip": lambda: _zip(said),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": lambda: sheet(said),
    }
    if kind in TEXTS:
        return said.decode("utf-8-sig").replace("\r\n", "\n")
    if not said:
        return ""
    if kind in readers:
        return readers[kind]()
    return f"{kind} {len(said)} bytes {sha256(said).hexdigest()[:16]}\n"


def pretty(said: bytes | str) -> str:
    return json.dumps(json.loads(said), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def sheet(said: bytes) -> str:
    """Give the cells of every sheet of an Excel file, with their types, as CSV."""
    book, told = CalamineWorkbook.from_filelike(io.BytesIO(said)), io.StringIO()
    for name in book.sheet_names:
        told.write(f"[{name}]\n")
        rows = book.get_sheet_by_name(name).to_python()
        csv.writer(told, lineterminator="\n").writerows([repr(cell) for cell in row] for row in rows)
    return told.getvalue()


def pdf(said: bytes) -> str:
    pages = PdfReader(io.BytesIO(said)).pages
    return "".join(f"[page {number}]\n{page.extract_text()}\n" for number, page in enumerate(pages, start=1))


def _zip(said: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(said)) as archive:
        return "".join(f"[{name}]\n{_inner(name, archive.read(name))}" for name in sorted(archive.namelist()))


def _inner(name: str, said: bytes) -> str:
    kinds = {"pdf": "application/pdf", "csv": "text/csv", "txt": "text/plain", "json": "application/json"}
    return body(kinds.get(name.rpartition(".")[2], "application/octet-stream"), said)
