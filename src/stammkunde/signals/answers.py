"""
Answers to free questions, computed from the mirror through insight and cached by the version of the facts.

Every answer counts up to `as_of` and with the activity window of the shown generation, unless the question says
otherwise. There is no mirror before the first refresh: `NoMirror` then says so.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.cache import cache

from stammkunde.insight import kpis, periods
from stammkunde.insight.frames import Facts
from stammkunde.signals import compute, frames, mirror, queries
from stammkunde.signals.frames import OTHER, Slice
from stammkunde.signals.mirror import NoMirror
from stammkunde.team import queries as team

__all__ = ["OTHER", "NoFacts", "NoMirror", "Slice", "SliceColumn", "figures", "last_complete", "slices"]


class NoFacts(Exception):
    """There are no orders yet, so there is nothing to count."""


FORMAT = 1  # of what is cached; count up when an answer changes its shape
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class SliceColumn:
    """Something to slice by, with its values (largest first) and how many customers (channel: lines) each has."""

    by: str
    values: list[tuple[str, int]]


def figures(
    *,
    periods: Collection[str],
    by: str | None = None,
    activity_days: int | None = None,
    names: Collection[str] | None = None,
    as_of: date | None = None,
) -> list[kpis.Figure]:
    """
    Count figures for free periods, slices and activity windows.

    :raises CannotAnswer: if a period, a slice or a figure is unknown; the message says which
    """

    def count(base: Base) -> list[kpis.Figure]:
        known = frames.cut(base.facts, by=by) if by in compute.SLICES else base.facts
        return kpis.figures(
            known, periods=periods, activity_days=base.activity_days, by=by, names=names, as_of=base.as_of
        )

    return _answer(
        "figures", count, tuple(periods), by, names and tuple(names), activity_days=activity_days, as_of=as_of
    )


def slices() -> list[SliceColumn]:
    """List what figures can be sliced by, and the values that occur; columns that say nothing are left out."""

    def look(base: Base) -> list[SliceColumn]:
        names = [*compute.SLICES, *(name for name in base.facts.attributes() if name.startswith("attr_"))]
        columns = [SliceColumn(by=name, values=frames.values(base.facts, by=name)[:200]) for name in names]
        return [column for column in columns if any(value for value, _ in column.values)]

    return _answer("slices", look)


def last_complete(*, grain: periods.Grain = "quarter", as_of: date | None = None) -> str:
    """Name the last period that the facts cover whole; the running one if there is no other."""
    until = as_of or _as_of(mirror.tables())
    running = periods.containing(until, grain=grain)
    return str(running if running.end_on == until else running.previous())


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a question is answered from."""

    facts: Facts
    as_of: date
    activity_days: int


def _answer(
    name: str,
    work_out: Callable[["Base"], Answer],
    *question: object,
    activity_days: int | None = None,
    as_of: date | None = None,
    within: Slice | None = None,
) -> Answer:
    """Look the answer up, or work it out and remember it for this version of the facts."""
    manifest = mirror.read()
    if manifest is None:
        raise NoMirror
    tables = mirror.tables(manifest)
    until = as_of or _as_of(tables)
    days = activity_days or _activity_days()
    asked = (FORMAT, manifest.version, manifest.built_at, name, question, days, until, within)
    key = "answers:" + hashlib.sha256(repr(asked).encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        with _base(tables, as_of=until, activity_days=days, within=within) as base:
            found = work_out(base)
        cache.set(key, found)
    return found


@contextmanager
def _base(tables: mirror.Tables, *, as_of: date, activity_days: int, within: Slice | None) -> Iterator[Base]:
    known = frames.open_facts(tables)
    part = frames.within(known, within)
    try:
        yield Base(facts=part, as_of=as_of, activity_days=activity_days)
    finally:
        part.release()
        known.release()


def _as_of(tables: mirror.Tables) -> date:
    """Give the day of the shown figures; before there are any, the last day of the facts."""
    shown = queries.as_of()
    if shown:
        return shown
    ((last,),) = tables.lines.aggregate("max(ordered_on)").fetchall()
    if last is None:
        raise NoFacts
    return periods.day(last)


def _activity_days() -> int:
    shown = queries.current()
    return team.company().activity_days or (shown.activity_days if shown else 0) or 180
