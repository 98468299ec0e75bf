"""What a file is about: its layout, which column means what, and how dates and numbers are written."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from stammkunde.intake import layouts
from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.given import missing
from stammkunde.intake.check.kept import Kept
from stammkunde.intake.check.result import Problem
from stammkunde.intake.formats import Dialect, FileNotUsable, sniff
from stammkunde.intake.layouts import Layout
from stammkunde.intake.recognise import losing, repeating
from stammkunde.intake.recognise.choosing import LEAST, match, rank
from stammkunde.intake.recognise.settling import Settled, settle

__all__ = ["Answer", "Known", "Question", "Recognition", "match", "rank", "recognise"]


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """
    What we think a file is. A person may correct `layout`, `columns` and `options` and recognise again.

    As long as there are `questions`, or `missing` fields, nothing can be imported. `problems` are those of the first
    rows.
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
    asked: tuple[Question, ...]  # what only a person knows, answered or not
    assumed_net: bool  # prices are taken as net, which nothing in the file says
    candidates: tuple[tuple[str, float], ...]  # layouts with their score, best first
    problems: list[Problem] = field(repr=False)
    totals: dict[str, Any] = field(default_factory=dict)  # what a small file comes to, see `check.totals`
    named: tuple[tuple[str, int, int], ...] = ()  # who looks after customers: word, customers, first row

    @property
    def questions(self) -> tuple[Question, ...]:
        """Give what nobody has answered yet."""
        return tuple(one for one in self.asked if not one.is_answered(self.options))

    @property
    def usable(self) -> bool:
        return bool(self.layout) and not self.missing and not self.questions

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "dialect": self.dialect.as_dict(),
            "questions": [asdict(one) for one in self.questions],
            "usable": self.usable,
        }


class Before(Protocol):
    """How a file with the same headings was read: what holds whatever this one shows, and what it leaves open."""

    @property
    def layout(self) -> str: ...
    @property
    def columns(self) -> dict[str, str]: ...
    @property
    def said(self) -> dict[str, Any]: ...
    def left_open(self, found: Recognition) -> dict[str, Any]: ...


Known = Callable[[tuple[str, ...]], Before | None]


def recognise(  # noqa: PLR0913
    path: Path | str,
    *,
    today: date,
    layout: str | None = None,
    columns: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    also: tuple[Question, ...] = (),
    known: Known | None = None,
    kept: Kept | None = None,
    memory_mb: int = 512,
) -> Recognition:
    """
    Recognise a file from its first rows; what is given (a person's correction, a saved mapping) is kept.

    What only the whole file left open when it was checked is asked `also`; `known` says of headings how they were read
    before, where nothing is given. Of a small file, what the import will come to is `kept`.

    :raises FileNotUsable: if it cannot be read at all
    """
    options = {name: value for name, value in (options or {}).items() if value not in (None, "")}
    dialect = sniff(path, options=options)
    one = partial(_recognise, path, dialect, today=today, also=also, kept=kept, memory_mb=memory_mb)
    before = known(dialect.header) if known else None
    if before is None:
        return one(layout=layout, columns=columns, options=options)
    options = before.said | options
    found = one(layout=before.layout, columns=before.columns, options=options)
    left = before.left_open(found)
    return one(layout=before.layout, columns=before.columns, options=left | options) if left else found


def _recognise(  # noqa: PLR0913
    path: Path | str,
    dialect: Dialect,
    *,
    today: date,
    layout: str | None,
    columns: dict[str, str] | None,
    options: dict[str, Any],
    also: tuple[Question, ...],
    kept: Kept | None,
    memory_mb: int,
) -> Recognition:
    candidates = rank(dialect.header)
    name = layout or (candidates[0][0] if candidates and candidates[0][1] >= LEAST else "")
    if not name:
        return _unknown(dialect, candidates, options)
    kind = layouts.get(name)
    if kind.refused and not layout:
        raise FileNotUsable(kind.refused)
    found_columns = (
        dict(columns) if columns is not None else repeating.as_totals(kind, match(kind, dialect.header), dialect)
    )
    given = losing.as_answered(kind, found_columns, dialect, options)
    lacking = missing(kind, set(given), dialect.header)
    with TemporaryDirectory() as work:
        found = Settled(options={"origin": "files"} | kind.options | options)
        if not lacking:
            found = settle(
                path, dialect, kind, given, found.options, work=Path(work), today=today, memory_mb=memory_mb, kept=kept
            )
    asked = (*losing.questions(kind, found_columns, dialect), *found.asked)
    return Recognition(
        layout=name,
        columns=given,
        options=found.options,
        confidence=round(dict(candidates).get(name, 0.0), 2),
        dialect=dialect,
        header=dialect.header,
        sample=dialect.sample[:_SHOWN_ROWS],
        missing=lacking,
        unused=_unused(kind, given, dialect, found.options),
        asked=(*asked, *(one for one in also if one.option not in {each.option for each in asked})),
        assumed_net=found.assumed_net,
        candidates=tuple(candidates),
        problems=found.problems,
        totals=found.totals,
        named=found.named,
    )


def _unused(kind: Layout, given: dict[str, str], dialect: Dialect, options: dict[str, Any]) -> tuple[str, ...]:
    _, used = layouts.with_attributes(kind, given, header=dialect.header, options=options)
    return tuple(one for one in dialect.header if one not in used.values())


_SHOWN_ROWS = 20


def _unknown(dialect: Dialect, candidates: list[tuple[str, float]], options: dict[str, Any]) -> Recognition:
    return Recognition(
        layout="", columns={}, options=options, confidence=0.0, dialect=dialect, header=dialect.header,
        sample=dialect.sample[:_SHOWN_ROWS], missing=(), unused=dialect.header, asked=(Question(option="layout"),),
        assumed_net=False, candidates=tuple(candidates), problems=[],
    )  # fmt: skip
