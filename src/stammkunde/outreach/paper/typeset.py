"""Making pages by Typst."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from stammkunde.outreach.paper.sheet import finished
from stammkunde.ui import typesetting
from stammkunde.ui.typesetting import CannotSet

__all__ = ["CannotSet", "pdf", "pictures"]

SOURCE = "stammkunde.outreach.paper"
Piece = Mapping[str, Any]


def pdf(kind: str, *, sender: Mapping[str, Any], pieces: Sequence[Piece], on: date, marks: bool = False) -> bytes:
    """
    Set pieces of one kind as one PDF, ready to print and dated `on`; `marks` adds bleed and crop marks to postcards.

    :raises CannotSet: if Typst refuses
    """
    made = typesetting.pages(SOURCE, kind, "pdf", _data(sender, pieces, on=on, marks=marks, window=False))
    assert isinstance(made, bytes)
    return made


def pictures(
    kind: str, *, sender: Mapping[str, Any], piece: Piece, on: date, window: bool = False, ppi: int = 110
) -> list[bytes]:
    """
    Set one piece as pictures (PNG), one for each page; `window` draws the envelope's window, and what the post needs.

    :raises CannotSet: if Typst refuses
    """
    made = typesetting.pages(SOURCE, kind, "png", _data(sender, [piece], on=on, marks=False, window=window), ppi=ppi)
    return made if isinstance(made, list) else [made]


def _data(sender: Mapping[str, Any], pieces: Sequence[Piece], *, on: date, marks: bool, window: bool) -> dict[str, Any]:
    sheets = [finished(one, on=on) for one in pieces]
    return {"title": sender["name"], "sender": sender, "pieces": sheets, "marks": marks, "window": window}
