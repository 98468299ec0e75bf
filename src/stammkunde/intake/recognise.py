"""What a file is about: its layout, which column means what, and how dates and numbers are written."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stammkunde.intake import layouts, parsing
from stammkunde.intake.check.given import missing
from stammkunde.intake.check.priced import tax_known
from stammkunde.intake.check.result import Problem
from stammkunde.intake.check.run import check
from stammkunde.intake.formats import Dialect, Source, engine, open_source, sniff
from stammkunde.intake.layouts import Field, Layout


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """
    What we think a file is. A person may correct `layout`, `columns` and `options` and recognise again.

    `questions` are codes for what only a person knows (worded by `wording.question_text`); as long as there are any, or
    `missing` fields, nothing can be imported. `problems` are those of the first rows.
    """

    layout: str  # empty: we cannot tell
    columns: dict[str, str]  # our field → the file's column
    options: dict[str, Any]
    confidence: float  # 0..1
    dialect: Dialect
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]  # the first rows, as text, in the order of `header`
    missing: tuple[str, ...]  # fields that the layout needs and the file does not have
    unused: tuple[str, ...]  # columns that are not imported
    questions: tuple[str, ...]
    ambiguous_dates: tuple[str, ...]  # columns whose dates read as day first and as month first
    candidates: tuple[tuple[str, float], ...]  # layouts with their score, best first
    problems: list[Problem] = field(repr=False)

    @property
    def usable(self) -> bool:
        return bool(self.layout) and not self.missing and not self.questions

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"dialect": self.dialect.as_dict(), "usable": self.usable}


def recognise(
    path: Path | str,
    *,
    today: date,
    layout: str | None = None,
    columns: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    memory_mb: int = 512,
) -> Recognition:
    """
    Recognise a file from its first rows; what is given (a person's correction, a saved mapping) is kept.

    :raises FileNotUsable: if it cannot be read at all
    """
    options = {name: value for name, value in (options or {}).items() if value not in (None, "")}
    dialect = sniff(path, options=options)
    candidates = rank(dialect.header)
    name = layout or (candidates[0][0] if candidates and candidates[0][1] >= _LEAST else "")
    if not name:
        return _unknown(dialect, candidates, options)
    kind = layouts.get(name)
    given = dict(columns) if columns is not None else match(kind, dialect.header)
    with TemporaryDirectory() as work:
        found = _settle(path, kind, given, options, dialect, work=Path(work), memory_mb=memory_mb)
        recognition = Recognition(
            layout=name,
            columns=given,
            options=found.options,
            confidence=round(dict(candidates).get(name, 0.0), 2),
            dialect=dialect,
            header=dialect.header,
            sample=dialect.sample[:_SHOWN_ROWS],
            missing=missing(kind, set(given), packed=kind.packed in dialect.header),
            unused=_unused(kind, given, dialect, found.options),
            questions=() if not kind.documents or tax_known(set(given), found.options) else ("tax_rate",),
            ambiguous_dates=found.ambiguous,
            candidates=tuple(candidates),
            problems=[],
        )
        if not recognition.usable:
            return recognition
        first = check(
            path, layout=name, columns=given, options=found.options, out_dir=Path(work), today=today,
            memory_mb=memory_mb, limit=_LOOK_ROWS,
        )  # fmt: skip
    return replace(recognition, problems=first.problems)


def _unused(kind: Layout, given: dict[str, str], dialect: Dialect, options: dict[str, Any]) -> tuple[str, ...]:
    _, used = layouts.with_attributes(kind, given, header=dialect.header, options=options)
    return tuple(one for one in dialect.header if one not in used.values())


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


_LEAST = 0.25  # below it we do not guess
_LOOK_ROWS = 2000
_SHOWN_ROWS = 20
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


@dataclass(frozen=True, kw_only=True)
class _Settled:
    options: dict[str, Any]
    ambiguous: tuple[str, ...]


def _settle(
    path: Path | str,
    kind: Layout,
    given: dict[str, str],
    options: dict[str, Any],
    dialect: Dialect,
    *,
    work: Path,
    memory_mb: int,
) -> _Settled:
    """Propose how values are written, from the first rows; leave open what they do not show."""
    proposed = kind.options | {"origin": kind.options.get("origin", "files")}
    if kind.documents:
        proposed.setdefault("price_basis", _basis(given))
    known = proposed | options
    source = open_source(path, work_dir=work, options=options, limit=_LOOK_ROWS)
    with engine.connect(memory_mb=memory_mb, work_dir=work) as db:
        db.execute(parsing.MACROS)
        numbers = _texts(kind, given, dialect, source, {"number", "money"})
        if "decimal" not in known and numbers:
            found = parsing.decimal_evidence(db, " UNION ".join(numbers.values()))
            if found[","] != found["."]:
                proposed["decimal"] = max(found, key=found.__getitem__)
        days = {
            column: parsing.date_evidence(db, texts)
            for column, texts in _texts(kind, given, dialect, source, {"moment", "day"}).items()
        }
    first, second = (sum(one[order] for one in days.values()) for order in ("dmy", "mdy"))
    if "date_order" not in known and first != second:
        proposed["date_order"] = "dmy" if first > second else "mdy"
    known = proposed | options
    ambiguous = () if "date_order" in known else tuple(column for column, one in days.items() if one["either"])
    return _Settled(options=known, ambiguous=ambiguous)


def _basis(given: dict[str, str]) -> str:
    """Guess from the heading of the price whether it includes VAT; without a hint it does not."""
    headings = " ".join(given.get(name, "") for name in ("unit_price", "line_total")).casefold()
    return "gross" if re.search(r"brutto|gross|inkl|incl", headings) else "net"


def _texts(kind: Layout, given: dict[str, str], dialect: Dialect, source: Source, types: set[str]) -> dict[str, str]:
    """Give, by column, the query for its distinct texts among the first rows."""
    fields = {one.name: one for one in kind.fields}
    queries = {}
    for name, column in given.items():
        if name in fields and fields[name].type in types and column in dialect.header:
            cell = f"trim(c{dialect.header.index(column)})"
            queries[column] = (
                f"SELECT DISTINCT {cell} AS text FROM {source.table} WHERE {cell} <> '' AND strlen({cell}) < 400"
            )
    return queries


def _unknown(dialect: Dialect, candidates: list[tuple[str, float]], options: dict[str, Any]) -> Recognition:
    return Recognition(
        layout="", columns={}, options=options, confidence=0.0, dialect=dialect, header=dialect.header,
        sample=dialect.sample[:_SHOWN_ROWS], missing=(), unused=dialect.header, questions=("layout",),
        ambiguous_dates=(), candidates=tuple(candidates), problems=[],
    )  # fmt: skip
