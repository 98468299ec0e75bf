"""Tables to take along: CSV or Excel in the language of the page, row by row, however long they are."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

from stammkunde.ui.tables.cells import Dialect
from stammkunde.ui.tables.columns import Column
from stammkunde.ui.tables.separated import csv_lines

FORMATS = ("csv", "csv-plain", "xlsx")  # plain: without the mark by which table programs know UTF-8
NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

Rows = Iterable[Sequence[Any]]


def chosen_format(given: Mapping[str, Any]) -> str:
    """
    Read which format somebody wants.

    :raises BadRequest: if it is none of `FORMATS`
    """
    form = str(given.get("format", ""))
    if form not in FORMATS:
        raise BadRequest(f"format is one of {', '.join(FORMATS)}")
    return form


def file_name(*parts: object, form: str) -> str:
    """Join the parts of a file's name and its ending; what file systems do not take becomes a line."""
    name = NO_FILE_NAME.sub("_", "-".join(str(part) for part in parts if part not in (None, "")))
    return f"{name.strip(' .') or 'table'}.{form.partition('-')[0]}"


def answer(
    *, form: str, name: str | Sequence[object], columns: Sequence[Column], rows: Rows, dialect: Dialect | None = None
) -> HttpResponseBase:
    """
    Answer with a file in the language of the page.

    `form` is one of `FORMATS`, `name` the file's without its ending, perhaps in parts. A `dialect` is given where it
    does not depend on the language: for machines that want one and no other.
    """
    rows = _in_language(rows, translation.get_language() or "en")
    given = _xlsx(columns, rows) if form == "xlsx" else _csv(columns, rows, form=form, dialect=dialect)
    return to_take_along(given, file_name(*([name] if isinstance(name, str) else name), form=form))


def to_take_along(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """Let browsers keep an answer as a file of this name, and no cache on the way keep it."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def write(path: Path, *, columns: Sequence[Column], rows: Rows) -> None:
    """Write a file for the command line: Excel where the name ends so, else CSV, in the language at hand."""
    if path.suffix == ".xlsx":
        with path.open("wb") as book:
            book.writelines(_sheets().stream_book(columns=columns, rows=rows))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(columns=columns, rows=rows, dialect=Dialect.here()))


def _csv(columns: Sequence[Column], rows: Rows, *, form: str, dialect: Dialect | None) -> StreamingHttpResponse:
    lines = csv_lines(columns=columns, rows=rows, dialect=dialect or Dialect.here(), marked=form == "csv")
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


def _xlsx(columns: Sequence[Column], rows: Rows) -> StreamingHttpResponse:
    sheets = _sheets()
    return StreamingHttpResponse(sheets.stream_book(columns=columns, rows=rows), content_type=sheets.KIND)


def _sheets() -> Any:
    """Load what writes Excel only when somebody wants it: most processes never do."""
    from stammkunde.ui.tables import sheets  # noqa: PLC0415

    return sheets


def _in_language(rows: Rows, language: str) -> Iterator[Sequence[Any]]:
    """Ask for the rows in a language: they are read while the file is sent, when the request is over."""
    given = iter(rows)
    while True:
        with translation.override(language):
            row = next(given, None)
        if row is None:
            return
        yield row
