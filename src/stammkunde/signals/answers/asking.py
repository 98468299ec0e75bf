"""How a question is asked: from which facts, up to which day, and looked up before it is worked out."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import duckdb
from django.core.cache import cache

from stammkunde import mirror
from stammkunde.insight import periods
from stammkunde.insight.frames import Facts
from stammkunde.mirror import NoMirror
from stammkunde.signals import compute, frames, margins, queries, shelf, spent
from stammkunde.signals.frames import Slice
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.team import queries as team

READ = ("lines", "orders", "customers", "products")  # what answers are worked out from, and time where it counts
Answer = TypeVar("Answer")


class NoFacts(Exception):
    """There are no orders yet, so there is nothing to count."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a question is answered from."""

    facts: Facts
    as_of: date
    activity_days: int


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The mirror and what is shown, looked up once for all questions of a request."""

    tables: mirror.Tables
    stamp: str
    shown: Generation | None
    margin: margins.Terms
    chosen_days: int | None

    @property
    def shelf(self) -> str:
        """Name what is kept of the facts that are shown; empty before any are."""
        shown = self.shown
        if shown is None:
            return ""
        return shelf.name(generation_id=shown.pk, stamp=self.stamp, until=shown.as_of_on, margin=self.margin)

    @property
    def until(self) -> date:
        """
        Give the day of the shown figures; before there are any, the last day of the facts.

        :raises NoFacts: if there are no orders
        """
        return self.shown.as_of_on if self.shown else _last_day(self.tables)


_held: ContextVar[list[Opened] | None] = ContextVar("opened", default=None)


@contextmanager
def at_once() -> Iterator[None]:
    """Answer whatever is asked within from the same facts, opened with the first question."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def _opened() -> Opened:
    held = _held.get()
    if held:
        return held[0]
    opened = _open()
    if held is not None:
        held.append(opened)
    return opened


def _open() -> Opened:
    tables, shown = mirror.tables(), queries.current()
    margin = margins.of(shown) or margins.wanted()
    return Opened(
        tables=tables,
        stamp=tables.stamp(*READ, *(spent.TABLES if margin.counts_time else ())),
        shown=shown,
        margin=margin,
        chosen_days=FigureSettings.of(team.company()).activity_days,
    )


def answer(
    name: str,
    work_out: Callable[[Base], Answer],
    *question: object,
    by: str | None = None,
    activity_days: int | None = None,
    as_of: date | None = None,
    within: Slice | None = None,
) -> Answer:
    """
    Look the answer up, or work it out and remember it for this version of the facts.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """
    opened = _opened()
    until = as_of or opened.until
    days = activity_days or _activity_days(opened, as_of=until)
    asked = (opened.stamp, name, question, by, days, until, within, opened.margin)
    return _remembered(asked, lambda: _worked_out(opened, work_out, by=by, days=days, until=until, within=within))


def is_known(name: str) -> bool:
    """
    Say whether a question without choices is answered already, so that looking it up takes no time.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """
    opened = _opened()
    until = opened.until
    days = _activity_days(opened, as_of=until)
    return _key((opened.stamp, name, (), None, days, until, None, opened.margin)) in cache


def _worked_out(
    opened: Opened,
    work_out: Callable[[Base], Answer],
    *,
    by: str | None,
    days: int,
    until: date,
    within: Slice | None,
) -> Answer:
    classed = frames.CLASSES.intersection({by, within.by if within else None})

    def counted() -> Answer:
        with mirror.noticed(), _facts(opened, until=until, is_classed=bool(classed), within=within) as facts:
            return work_out(Base(facts=facts, as_of=until, activity_days=days))

    try:
        return counted()
    except duckdb.Error:
        if not shelf.forget_damaged(opened.shelf):
            raise
        return counted()  # from the lines, as the shelf was damaged


def _key(asked: tuple[object, ...]) -> str:
    return "answers:" + hashlib.sha256(repr(asked).encode()).hexdigest()


def _remembered(asked: tuple[object, ...], work_out: Callable[[], Answer]) -> Answer:
    key = _key(asked)
    kept: tuple[Answer] | None = cache.get(key)
    found = (work_out(),) if kept is None else kept
    if kept is None:
        cache.set(key, found)
    return found[0]


@contextmanager
def _facts(opened: Opened, *, until: date, is_classed: bool, within: Slice | None) -> Iterator[Facts]:
    known = frames.open_facts(opened.tables, margin=opened.margin).until(until)
    if opened.shown and until == opened.shown.as_of_on:
        known = shelf.opened(known, name=opened.shelf)
    if is_classed:
        known = frames.with_class(known, as_of=until)
    part = frames.within(known, within)
    try:
        yield part
    finally:
        part.release()
        known.release()


def keep_shelf() -> None:
    """
    Keep what each customer bought by day and month, so that free questions about the shown figures read no line.

    :raises NoMirror: if nothing was mirrored yet
    """
    opened = _opened()
    if opened.shown is None:
        return
    known = frames.open_facts(opened.tables, margin=opened.margin).until(opened.shown.as_of_on)
    try:
        with mirror.noticed():
            shelf.keep(known, name=opened.shelf)
    finally:
        known.release()


def shown_until() -> date:
    """
    Give the day of the shown figures; before there are any, the last day of the facts.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """
    return _opened().until


def _last_day(tables: mirror.Tables) -> date:
    with mirror.noticed():
        ((last,),) = tables.lines.aggregate("max(ordered_on)").fetchall()
    if last is None:
        raise NoFacts
    return periods.day(last)


def _activity_days(opened: Opened, *, as_of: date) -> int:
    """Take the company's window, or the one of the shown figures, or the one that its rhythm suggests."""
    chosen = opened.chosen_days or (opened.shown.activity_days if opened.shown else 0)
    return chosen or _remembered(
        ("window", opened.stamp, as_of),
        lambda: _suggested_days(opened, as_of=as_of),
    )


def _suggested_days(opened: Opened, *, as_of: date) -> int:
    with mirror.noticed():
        return compute.suggested_days(frames.open_facts(opened.tables, margin=opened.margin), as_of=as_of)


def history(base: Base, *, grain: periods.Grain) -> list[periods.Period]:
    """List the periods that the facts touch, oldest first."""
    days = base.facts.until(base.as_of).days()
    return periods.between(periods.day(days[0]), base.as_of, grain=grain) if days else []


__all__ = ["Base", "NoFacts", "NoMirror", "answer", "at_once", "history", "is_known", "keep_shelf", "shown_until"]
