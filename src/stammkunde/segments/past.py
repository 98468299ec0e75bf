"""
Whom a rule held for on past days, without leaks: nothing is seen that happened later, or that was first seen later.

Facts count from their day, or from the day on which they were first seen where that is recorded. Of what the history
keeps, that day's word counts; all other fields say what they say today (`marks`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.insight.frames import Frame, arrow
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Rule, World
from stammkunde.mirror.engine import connection
from stammkunde.segments import membership, vocabulary, worlds
from stammkunde.segments.bits import Ids
from stammkunde.segments.models import Segment
from stammkunde.segments.worlds import Asking
from stammkunde.signals import diary
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.store import facts
from stammkunde.store.facts import FactTable
from stammkunde.ui import writing

STORED = {  # fields that the history keeps → its columns
    "signal.risk": "risk",
    "signal.level": "risk_level",
    "signal.stage": "stage",
    "signal.at_stake": "margin_at_risk_cents",
    "signal.expected": "expected_cents",
    "signal.silent": "silent_days",
}
STORED_DAYS = 31  # beyond a quarter the history keeps the last day of each month
SEEN = "seen_on"
RECORDED = "recorded_at"
MOST = 100_000
HASHED = 2654435761  # Knuth's multiplier: numbers given in blocks are spread evenly
RANGE = 2**32


@dataclass(frozen=True, kw_only=True)
class Past:
    """Customers, all or a sample, as they were seen on past days."""

    rule: Rule | None
    world: World
    ids: Ids
    of: int

    @property
    def factor(self) -> int:
        """Tell for how many customers each one of the sample stands."""
        return _factor(self.of)

    def inside(self, on: date, *, among: Ids | None = None) -> Ids | None:
        """Give who kept to the rule on a day; None: the history has nothing of what it asks for."""
        if self.rule is None:
            return self.ids if among is None else np.intersect1d(self.ids, among)
        world = self.world if among is None else worlds.some(self.world, among)
        uses = rules.uses(self.rule)
        stored = sorted(uses.fields & STORED.keys())
        if stored and (world := _as_stored(world, stored, on)) is None:  # type: ignore[assignment]
            return None
        then = _seen(world, day_number(on)).as_of(day_number(on))
        members = {name: _members_on(name, on) for name in uses.members}
        return worlds.answers({"it": self.rule}, worlds.with_members(then, members))["it"]


def opened(rule: Any, *, since: date, now: datetime) -> Past:
    """
    Look back with a rule (empty: everybody keeps to it), as far as a day.

    :raises InvalidRule: if it is none (any more)
    :raises NoMirror: before the first refresh
    :raises NotKept: if the worker has not written down yet what is known as of last night
    """
    known = vocabulary.known()
    read = rules.read(rule, known) if rule else None
    uses = [rules.uses(read)] if read else []
    members = membership.of_names(name for one in uses for name in one.members)
    asking = Asking(known=known, uses=uses, days=worlds.days(now=now), members=members)
    with mirror.noticed():
        world = worlds.of_all(asking, tables=mirror.tables(), generation=signals.current())
        everybody = np.sort(arrow(world.customers.select("customer_id"))["customer_id"].to_numpy())
        ids = everybody[sampled(everybody, _factor(len(everybody)))]
        kept = _held(worlds.some(world, ids), since=since)
    return Past(rule=read, world=kept, ids=ids, of=len(everybody))


def sampled(ids: Ids, factor: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Tell who is in the sample: by number, spread evenly, and always the same."""
    return (ids * HASHED) % RANGE < RANGE // factor


def _factor(customers: int) -> int:
    factor = 1
    while customers / factor > MOST:
        factor *= 2
    return factor


def _held(world: World, *, since: date) -> World:
    """Hold the rows in memory, each with the day on which it was first seen where that is after its own."""
    tables = {name: _frame(arrow(_dated(frame, facts.table(name), since))) for name, frame in world.tables.items()}
    return replace(world, customers=_frame(arrow(world.customers)), tables=tables)


def _dated(frame: Frame, table: FactTable, since: date) -> Frame:
    found = first_seen(table, after=since)
    if not found:
        return frame
    columns = {"id": pa.array(found.keys(), pa.int64()), SEEN: pa.array(map(day_number, found.values()), pa.int32())}
    return frame.join(_frame(pa.table(columns)), on="id", how="left")


def first_seen(table: FactTable, *, after: date) -> dict[int, date]:
    """
    Tell of a table's rows on which day they were first seen, where that is recorded and after a day.

    What was brought before the first figures is the history that the company began with: it counts from its own day.
    """
    began = Generation.objects.aggregate(at=Min("started_at"))["at"]
    if RECORDED not in table.dated or began is None:
        return {}
    after = max(after, timezone.localdate(began))
    rows = table.rows().filter(**{f"{RECORDED}__gt": began}).values_list("pk", RECORDED).order_by()
    days = ((pk, timezone.localdate(at)) for pk, at in rows.iterator())
    return {pk: on for pk, on in days if on > after}


def _seen(world: World, day: int) -> World:
    """Leave out what was not seen yet on a day: rows, and customers of whom nothing was known."""
    tables = {name: _seen_by(frame, day) for name, frame in world.tables.items()}
    since, first = nw.col("customer__since"), nw.col("signal__first")
    there = (since <= day) | (first <= day) | (since.is_null() & first.is_null())
    return replace(world, tables=tables, customers=world.customers.filter(there))


def _seen_by(frame: Frame, day: int) -> Frame:
    if SEEN not in frame.collect_schema().names():
        return frame
    return frame.filter((nw.col(SEEN) <= day) | nw.col(SEEN).is_null())


def _as_stored(world: World, names: list[str], on: date) -> World | None:
    told = diary.said(on, at_most_days=STORED_DAYS)
    if told is None:
        return None
    columns = ", ".join(f"{STORED[name]} AS {rules.column_of(name)}" for name in names)
    then = _frame(told.project(f"customer_id, {columns}").to_arrow_table())
    others = world.customers.drop([rules.column_of(name) for name in names])
    return replace(world, customers=others.join(then, on="customer_id", how="left"))


def _members_on(name: str, on: date) -> Ids:
    """Give who was in a group on a day; today's members where that was not recorded yet."""
    segment_id = int(name.removeprefix(membership.PREFIX))
    then = membership.members_on(segment_id, on)
    return membership.members(segment_id) if then is None else then


def _frame(rows: pa.Table) -> Frame:
    frame: Frame = nw.from_native(connection().from_arrow(rows)).lazy()
    return frame


def marks(rule: Any) -> list[str]:
    """
    Say of which fields a rule asks what they said on a past day, and nobody knows, or not of every day.

    :raises InvalidRule: if it is none
    """
    if not rule:
        return []
    uses = rules.uses(rules.read(rule, vocabulary.known()))
    fields = {one.name: one for one in vocabulary.fields()}
    stored = [fields[name].label for name in sorted(uses.fields) if name in STORED]
    now = [fields[name].label for name in sorted(uses.fields) if name in fields and name not in STORED]
    now += [column_label(table, name) for table, name in sorted(uses.columns) if not has_history(table, name)]
    return [*map(as_of_today, now), *map(_as_kept, stored), *_of_members(uses.members)]


def as_of_today(label: str) -> str:
    """Say that a field has no history."""
    return _("%(field)s: as of today, no history") % {"field": label}


def _as_kept(label: str) -> str:
    return _("%(field)s: as stored on that day; beyond a quarter, at the end of the month before") % {"field": label}


def _of_members(names: "frozenset[str]") -> Iterator[str]:
    for name in sorted(names):
        number = int(name.removeprefix(membership.PREFIX))
        label = Segment.objects.values_list("name", flat=True).get(pk=number)
        began = membership.began_at(number)
        if began is None:
            yield as_of_today(label)
        else:
            said = {"group": label, "day": writing.day(timezone.localdate(began))}
            yield _("Group “%(group)s”: recorded since %(day)s, before that as of today") % said


def has_history(table: str, column: str) -> bool:
    """Tell whether it is known what a column of a table said on a past day."""
    return all(one.history for one in facts.table(table).asked if one.name == column)


def column_label(table: str, column: str) -> str:
    """Name a column of a table."""
    found = facts.table(table)
    return next((f"{found.label}: {one.label}" for one in found.asked if one.name == column), column)
