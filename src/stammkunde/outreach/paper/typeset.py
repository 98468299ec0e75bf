"""Making pages by Typst."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast

import typst

Piece = Mapping[str, Any]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # the file's own date: the same pieces shall give the same bytes


class CannotSet(Exception):
    """Typst refused the pages; the message is what it said."""


def pdf(kind: str, *, sender: Mapping[str, Any], pieces: Sequence[Piece], marks: bool = False) -> bytes:
    """
    Set pieces of one kind as one PDF, ready to print; `marks` adds bleed and crop marks to postcards.

    :raises CannotSet: if Typst refuses
    """
    made = _set(kind, "pdf", sender=sender, pieces=pieces, marks=marks)
    assert isinstance(made, bytes)
    return made


def pictures(
    kind: str, *, sender: Mapping[str, Any], piece: Piece, window: bool = False, marks: bool = False, ppi: int = 110
) -> list[bytes]:
    """
    Set one piece as pictures (PNG), one for each page; `window` draws where the envelope's window is.

    :raises CannotSet: if Typst refuses
    """
    made = _set(kind, "png", sender=sender, pieces=[piece], window=window, marks=marks, ppi=ppi)
    return made if isinstance(made, list) else [made]


def _set(
    kind: str,
    form: str,
    *,
    sender: Mapping[str, Any],
    pieces: Sequence[Piece],
    marks: bool = False,
    window: bool = False,
    ppi: int | None = None,
) -> bytes | list[bytes]:
    data = {"title": sender["name"], "sender": sender, "pieces": pieces, "marks": marks, "window": window}
    try:
        made = typst.compile(
            str(files(__package__) / f"{kind}.typ"),
            root=str(files(__package__)),
            font_paths=_fonts(),
            format=form,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data)},
            timestamp=LONG_AGO,
            pdf_tags=False,
        )
    except typst.TypstError as problem:
        raise CannotSet(str(problem)) from problem
    return cast("bytes | list[bytes]", made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
