"""How a question is asked: from which facts, up to which day, and looked up before it is worked out."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.cache import cache

from stammkunde import mirror
from stammkunde.insight import periods
from stammkunde.insight.frames import Facts
from stammkunde.mirror import NoMirror
from stammkunde.signals import compute, frames, margins, queries
from stammkunde.signals.frames import Slice
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.team import queries as team

READ = ("lines", "orders", "customers", "products")  # what answers are worked out from
Answer = TypeVar("Answer")


class NoFacts(Exception):
    """There are no orders yet, so there is nothing to count."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a question is answered from."""

    facts: Facts
    as_of: date
    activity_days: int


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
    tables = mirror.tables()
    shown = queries.current()
    until = as_of or _until(tables, shown)
    margin = margins.of(shown) or margins.wanted()
    days = activity_days or _activity_days(tables, shown, as_of=until, margin=margin)
    asked = (tables.stamp(*READ), name, question, by, days, until, within, margin)
    return _remembered(
        asked, lambda: _worked_out(tables, work_out, by=by, days=days, until=until, within=within, margin=margin)
    )


def is_known(name: str) -> bool:
    """
    Say whether a question without choices is answered already, so that looking it up takes no time.

    :raises NoMirror: if nothing was mirrored yet
    :raises NoFacts: if there are no orders
    """
    tables = mirror.tables()
    shown = queries.current()
    until, margin = _until(tables, shown), margins.of(shown) or margins.wanted()
    days = _activity_days(tables, shown, as_of=until, margin=margin)
    return _key((tables.stamp(*READ), name, (), None, days, until, None, margin)) in cache


def _worked_out(
    tables: mirror.Tables,
    work_out: Callable[[Base], Answer],
    *,
    by: str | None,
    days: int,
    until: date,
    within: Slice | None,
    margin: margins.Terms,
) -> Answer:
    classed = frames.CLASSES.intersection({by, within.by if within else None})
    with _facts(tables, classed_on=until if classed else None, within=within, margin=margin) as facts:
        return work_out(Base(facts=facts, as_of=until, activity_days=days))


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
def _facts(
    tables: mirror.Tables, *, classed_on: date | None, within: Slice | None, margin: margins.Terms
) -> Iterator[Facts]:
    known = frames.open_facts(tables, margin=margin)
    if classed_on:
        known = frames.with_class(known, as_of=classed_on)
    part = frames.within(known, within)
    try:
        yield part
    finally:
        part.release()
        known.release()


def shown_until(tables: mirror.Tables) -> date:
    """
    Give the day of the shown figures; before there are any, the last day of the facts.

    :raises NoFacts: if there are no orders
    """
    return _until(tables, queries.current())


def _until(tables: mirror.Tables, shown: Generation | None) -> date:
    return shown.as_of_on if shown else _last_day(tables)


def _last_day(tables: mirror.Tables) -> date:
    ((last,),) = tables.lines.aggregate("max(ordered_on)").fetchall()
    if last is None:
        raise NoFacts
    return periods.day(last)


def _activity_days(tables: mirror.Tables, shown: Generation | None, *, as_of: date, margin: margins.Terms) -> int:
    """Take the company's window, or the one of the shown figures, or the one that its rhythm suggests."""
    chosen = FigureSettings.of(team.company()).activity_days or (shown.activity_days if shown else 0)
    return chosen or _remembered(
        ("window", tables.stamp(*READ), as_of),
        lambda: compute.suggested_days(frames.open_facts(tables, margin=margin), as_of=as_of),
    )


def history(base: Base, *, grain: periods.Grain) -> list[periods.Period]:
    """List the periods that the facts touch, oldest first."""
    days = base.facts.until(base.as_of).days()
    return periods.between(periods.day(days[0]), base.as_of, grain=grain) if days else []


__all__ = ["Base", "NoFacts", "NoMirror", "answer", "history", "is_known", "shown_until"]
