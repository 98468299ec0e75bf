"""Making pages by Typst."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import typst

from stammkunde.outreach.paper.sheet import finished

Piece = Mapping[str, Any]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # the file's own date: the same pieces shall give the same bytes


class CannotSet(Exception):
    """Typst refused the pages; the message is what it said."""


def pdf(kind: str, *, sender: Mapping[str, Any], pieces: Sequence[Piece], on: date, marks: bool = False) -> bytes:
    """
    Set pieces of one kind as one PDF, ready to print and dated `on`; `marks` adds bleed and crop marks to postcards.

    :raises CannotSet: if Typst refuses
    """
    made = _set(kind, "pdf", _data(sender, pieces, on=on, marks=marks, window=False))
    assert isinstance(made, bytes)
    return made


def pictures(
    kind: str, *, sender: Mapping[str, Any], piece: Piece, on: date, window: bool = False, ppi: int = 110
) -> list[bytes]:
    """
    Set one piece as pictures (PNG), one for each page; `window` draws the envelope's window, and what the post needs.

    :raises CannotSet: if Typst refuses
    """
    made = _set(kind, "png", _data(sender, [piece], on=on, marks=False, window=window), ppi=ppi)
    return made if isinstance(made, list) else [made]


def _data(sender: Mapping[str, Any], pieces: Sequence[Piece], *, on: date, marks: bool, window: bool) -> dict[str, Any]:
    sheets = [finished(one, on=on) for one in pieces]
    return {"title": sender["name"], "sender": sender, "pieces": sheets, "marks": marks, "window": window}


def _set(
    kind: str, form: Literal["pdf", "png"], data: Mapping[str, Any], *, ppi: int | None = None
) -> bytes | list[bytes]:
    source = files("stammkunde.outreach.paper")
    try:
        # several pages as pictures are a list, of which its types do not tell
        made: bytes | list[bytes] = typst.compile(
            str(source / f"{kind}.typ"),
            root=str(source),
            font_paths=_fonts(),
            format=form,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data)},
            timestamp=LONG_AGO,
            pdf_tags=False,
        )
    except typst.TypstError as problem:
        raise CannotSet(str(problem)) from problem
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
