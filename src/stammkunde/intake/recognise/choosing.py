"""Which layout a file has, and which of its columns fills which field, by the headings."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from stammkunde.intake import layouts
from stammkunde.intake.check.given import missing
from stammkunde.intake.layouts import Field, Layout, vocabulary

LEAST = 0.25  # below it we do not guess
_LACKING, _LOST = 0.4, 0.35  # what is left of a score for each needed field that is not there, for each loss
_LOST_BY_SALES = 0.2  # sales without product, buyer or money are no mere loss: their sums are wrong
_MARKS = 3  # so many headings of its own tell another program's file
_OWN_WORDS = 0.05  # as much more sure is a file with headings that only one kind has


def rank(header: Sequence[str]) -> list[tuple[str, float]]:
    """
    Rank the layouts by what would be lost, best first; 1 is a perfect fit.

    A layout loses by each field that it needs and the file does not have, and by each thing that matters (who, what,
    how much, which document) of which it would leave all columns unused. Columns that nobody knows count for nothing.
    """
    found = {kind.name: match(kind, header) for kind in layouts.known()}
    known = {column for columns in found.values() for column in columns.values()}
    scores = [(kind.name, _score(kind, header, found[kind.name], known)) for kind in layouts.known()]
    ranked = sorted(((name, score) for name, score in scores if score > 0), key=lambda item: -item[1])
    return [(name, round(min(1.0, score), 3)) for name, score in ranked]


def match(kind: Layout, header: Sequence[str]) -> dict[str, str]:
    """Find the columns of a layout's fields by their headings, German or English; each column serves one field."""
    free: dict[str, str] = {}
    for column in header:
        free.setdefault(plain(column), column)
    for column in header:
        free.setdefault(plain(_without_unit(column)), column)
    found: dict[str, str] = {}
    for one in kind.fields:
        for word in _words(kind, one):
            fitting = free.get(plain(word))
            if fitting is not None and fitting not in found.values():
                found[one.name] = fitting
                break
    alone = [one.name for one in kind.fields if one.only_with and not found.keys() & set(one.only_with)]
    return {name: column for name, column in found.items() if name not in alone}


def lost(header: Sequence[str], used: Iterable[str]) -> dict[str, list[str]]:
    """Name what matters and would be lost: each with its columns in the file, of which none is used."""
    used = set(used)
    told = {
        what: [one for one in header if {plain(one), plain(_without_unit(one))} & words]
        for what, words in _what_matters().items()
    }
    return {what: columns for what, columns in told.items() if columns and not used & set(columns)}


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@lru_cache(maxsize=20_000)
def plain(heading: str) -> str:
    """Reduce a heading to its letters and digits: "Kunden-Nr." and "KundenNr" are alike."""
    return re.sub(r"[^a-z0-9%]", "", heading.casefold().translate(_UMLAUTS).replace("ß", "ss"))


def _without_unit(heading: str) -> str:
    """Drop a unit or currency behind a heading: "Einzelpreis (EUR)", "Netto in €"."""
    return re.sub(r"\s*(\((?!(?i:ansprech|asp|ap\)|kontakt|contact)).*\)|\[.*\]|in €|€|in EUR|EUR)\s*$", "", heading)


@cache
def _what_matters() -> dict[str, frozenset[str]]:
    return {what: frozenset(map(plain, words)) for what, words in vocabulary.what_matters().items()}


def _words(kind: Layout, one: Field) -> tuple[str, ...]:
    """Name the headings of a field; what another program writes has only its own."""
    return one.also if kind.foreign else (one.de, one.en, one.name, *one.also)


def _score(kind: Layout, header: Sequence[str], found: dict[str, str], known: set[str]) -> float:
    lacking, used = missing(kind, set(found), header), set(found.values())
    marks = {plain(mark) for mark in kind.marks} & {plain(column) for column in header}
    if not used or (kind.foreign and len(marks) < min(_MARKS, len(kind.marks))):
        return 0.0
    if kind.foreign:  # it knows the columns of its program, also those that it leaves out
        left = _LOST_BY_SALES if _has_lines(set(header) - used) and _is_of_documents(kind) else 1
        return (1 + len(marks) / 100) * _LACKING ** len(lacking) * left
    share = len(used) / len(known)
    fit = 0.8 + 0.2 * share + _OWN_WORDS * min(len(marks), 1)
    left = _LOST_BY_SALES if kind.documents else _LOST
    return fit * _LACKING ** len(lacking) * left ** len(lost(header, used))


def _has_lines(header: Iterable[str]) -> bool:
    return any(plain(column) in _what_matters()["product"] for column in header)


def _is_of_documents(kind: Layout) -> bool:
    """Tell whether rows are whole documents: the totals of lines would count once for each."""
    return kind.documents and not kind.refused and "products" not in {table.name for table in kind.tables}
