"""Which layout a file has, and which of its columns fills which field, by the headings."""

import re
from collections.abc import Sequence

from stammkunde.intake import layouts
from stammkunde.intake.check.given import missing
from stammkunde.intake.layouts import Field, Layout

LEAST = 0.25  # below it we do not guess


def rank(header: Sequence[str]) -> list[tuple[str, float]]:
    """Rank the layouts by how well they fit the headings, best first; 1 is a perfect fit."""
    scores = [(kind.name, _score(kind, header)) for kind in layouts.known()]
    return sorted(((name, round(score, 3)) for name, score in scores if score > 0), key=lambda item: -item[1])


def match(kind: Layout, header: Sequence[str]) -> dict[str, str]:
    """Find the columns of a layout's fields by their headings, German or English; each column serves one field."""
    free: dict[str, str] = {}
    for column in header:
        free.setdefault(_plain(column), column)
        free.setdefault(_plain(_without_unit(column)), column)
    found: dict[str, str] = {}
    for one in kind.fields:
        for word in _words(kind, one):
            fitting = free.get(_plain(word))
            if fitting is not None and fitting not in found.values():
                found[one.name] = fitting
                break
    return found


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _plain(heading: str) -> str:
    """Reduce a heading to its letters and digits: "Kunden-Nr." and "KundenNr" are alike."""
    return re.sub(r"[^a-z0-9%]", "", heading.casefold().translate(_UMLAUTS).replace("ß", "ss"))


def _without_unit(heading: str) -> str:
    """Drop a unit or currency behind a heading: "Einzelpreis (EUR)", "Netto in €"."""
    return re.sub(r"\s*(\(.*\)|\[.*\]|in €|€|in EUR|EUR)\s*$", "", heading)


def _words(kind: Layout, one: Field) -> tuple[str, ...]:
    """Name the headings of a field; a shop's export uses only its own."""
    return one.also if kind.spread else (one.de, one.en, one.name, *one.also)


def _score(kind: Layout, header: Sequence[str]) -> float:
    found = match(kind, header)
    lacking = missing(kind, set(found), packed=kind.packed in header)
    plain = {_plain(column) for column in header}
    marks = sum(1 for mark in kind.marks if _plain(mark) in plain)
    if not found or (kind.spread and marks < 2):
        return 0.0
    share = len(found) / len(header)
    if kind.spread:  # shops export much that we do not need
        share = min(1.0, 0.8 + share / 4)
    return min(1.0, (share + 0.05 * min(marks, 2)) * 0.4 ** len(lacking))
