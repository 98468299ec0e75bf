"""
What rules are held against: everybody, over the mirror, or a few customers, over the database, in the same columns.

Both are put together by the tables' own declarations (`store.facts.Asked`). Spans count back from the last day for
which a table's sources are complete, so that silence is never mistaken for the absence of a file.
"""

# ruff: noqa: S608 (our own table and column names, and whole numbers)

import hashlib
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
from django.conf import settings

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.insight.frames import Frame, arrow
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Known, Rule, Uses, World
from stammkunde.intake import told
from stammkunde.mirror import few
from stammkunde.mirror.engine import connection
from stammkunde.segments import files, nightly, vocabulary
from stammkunde.segments.bits import Ids
from stammkunde.segments.vocabulary import CUSTOMERS, DAY
from stammkunde.signals import policy
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.store import facts, kept
from stammkunde.store.facts import FactTable
from stammkunde.store.quoting import quoted

Source = Callable[[str], str]
Moments = Collection[tuple[int, str, date]]  # of customers: after which a span may begin, by name
Same = Mapping[str, Collection[int]]  # of tables: the rows that are about what a rule is about, by number


@dataclass(frozen=True, kw_only=True)
class Days:
    """
    The day from which fields are counted, and for each table the last day for which its sources are complete.

    What was counted up to last night has such a day, too, by the name of its family: that of the purchases at the time.
    """

    today: date
    until: Mapping[str, date] = field(default_factory=dict)

    def as_dict(self) -> dict[str, str]:
        """Write the days of tables that are not today's."""
        return {name: on.isoformat() for name, on in sorted(self.until.items())}


def days(*, now: datetime) -> Days:
    """Tell up to which days facts are complete; where orders lie far back, today is the day of the last one."""
    today, shown = policy.today(now=now, zone=settings.TIME_ZONE), signals.current()
    if shown and shown.as_of_on < policy.today(now=shown.started_at, zone=settings.TIME_ZONE):
        today = shown.as_of_on
    complete = told.until(today=today, now=now)
    of_tables = {one.name: complete.get(facts.parent(one).name, today) for one in vocabulary.tables()}
    of_signals = {vocabulary.SIGNAL: nightly.counted_to(shown)} if shown else {}
    return Days(today=today, until={name: on for name, on in (of_tables | of_signals).items() if on != today})


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What is asked: the vocabulary, what the rules read, from which days, and who is a member of what."""

    known: Known
    uses: Collection[Uses]
    days: Days
    members: Mapping[str, Ids] = field(default_factory=dict)
    bounds: Mapping[str, Any] = field(default_factory=dict)
    me: str | None = None
    moments: Moments = ()
    same: Same = field(default_factory=dict)

    @property
    def tables(self) -> list[FactTable]:
        names = set().union(*(one.tables for one in self.uses))
        return [one for one in vocabulary.tables() if one.name in names]

    @property
    def needed(self) -> list[str]:
        """Name the mirrored tables that must be read."""
        return [CUSTOMERS, *(name for one in self.tables for name in [one.name, *joined(one)])]


def of_all(asking: Asking, *, tables: mirror.Tables, generation: Generation | None) -> World:
    """
    Give everybody, as the mirror has them and as of the last night.

    :raises NotKept: if the worker has not written down yet what is known as of the generation
    """
    home = connection()
    last_night = nightly.source(generation) if generation else nightly.NOTHING

    def rows(table: FactTable) -> str:
        name = prepared(table, tables)
        return files.source(name) if joined(table) and files.is_kept(name) else select(table, tables.source)

    together = everybody(tables, generation)
    who = files.source(together) if files.is_kept(together) else _customers(tables.source, last_night)
    return _world(asking, home, rows=rows, customers=who)


@contextmanager
def of_few(asking: Asking, *, customer_ids: Collection[int], generation: Generation | None) -> Iterator[World]:
    """
    Give a few customers, as the database has them in this transaction, and as of the last night.

    :raises NotKept: as `of_all`
    """
    ids = ", ".join(map(str, map(int, customer_ids))) or "NULL"
    last_night = nightly.source(generation) if generation else nightly.NOTHING
    of_these = f"(SELECT * FROM {last_night} WHERE customer_id IN ({ids}))"
    with few.opened(customer_ids, asking.needed) as home:
        yield _world(asking, home, rows=lambda one: select(one, _itself), customers=_customers(_itself, of_these))


def _itself(name: str) -> str:
    return name


def _world(
    asking: Asking,
    home: duckdb.DuckDBPyConnection,
    *,
    rows: Callable[[FactTable], str],
    customers: str,
) -> World:
    today = day_number(asking.days.today)
    return World(
        known=asking.known,
        customers=_frame(home.sql(f"SELECT * FROM {customers}")),
        tables={one.name: _frame(home.sql(f"SELECT * FROM {rows(one)}")) for one in asking.tables},
        today=today,
        until={name: day_number(on) for name, on in asking.days.until.items()},
        members={name: _members(home, ids) for name, ids in asking.members.items()},
        bounds=asking.bounds,
        me=asking.me,
        moments=_moments(home, asking.moments) if asking.moments else None,
        same=asking.same,
    )


def _moments(home: duckdb.DuckDBPyConnection, moments: Moments) -> Frame:
    customers, names, days = zip(*moments, strict=True)
    numbers = pa.array([day_number(day) for day in days], pa.int32())
    columns = {"customer_id": pa.array(customers, pa.int64()), "name": pa.array(names), "day": numbers}
    return _frame(home.from_arrow(pa.table(columns)))


def _frame(rows: duckdb.DuckDBPyRelation) -> Frame:
    frame: Frame = nw.from_native(rows).lazy()
    return frame


def _members(home: duckdb.DuckDBPyConnection, ids: Ids) -> Frame:
    return _frame(home.from_arrow(pa.table({"customer_id": pa.array(ids, pa.int64())})))


def _customers(source: Source, last_night: str) -> str:
    own = [word for word in vocabulary.fields() if word.family == vocabulary.CUSTOMER]
    columns = ", ".join(f"{_read(word.asked)} AS {quoted(rules.column_of(word.name))}" for word in own)
    return (
        f"(SELECT t.customer_id, {columns}, n.* EXCLUDE (customer_id) "
        f"FROM {source(CUSTOMERS)} t LEFT JOIN {last_night} n ON n.customer_id = t.customer_id)"
    )


def select(table: FactTable, source: Source) -> str:
    """Say in SQL what rules see of a table's rows."""
    what, asked = table.mirrored, table.asked_rows
    assert what is not None  # only what is mirrored can be asked
    columns = [f"t.{column}" for column in vocabulary.below(table).values()]
    columns += [f"t.{table.asked_day}::INTEGER AS {DAY}"] if table.asked_day else []
    columns += [f"{_read(one)} AS {one.name}" for one in table.asked]
    join = asked.join.format_map({name: source(name) for name in joined(table)})
    where = f"t.customer_id IS NOT NULL AND ({asked.only or 'true'})"
    return (
        f"(SELECT t.customer_id, t.{what.key} AS id, {', '.join(columns)} "
        f"FROM {source(table.name)} t {join} WHERE {where})"
    )


def joined(table: FactTable) -> list[str]:
    """Name the mirrored tables that a table's rows are joined with."""
    return [name for _text, name, _spec, _how in string.Formatter().parse(table.asked_rows.join) if name]


def prepared(table: FactTable, tables: mirror.Tables) -> str:
    """Name the file with a table's rows as rules see them, for a table that is joined with others."""
    return _named(table.name, select(table, _itself), tables.stamp(table.name, *joined(table)))


def everybody(tables: mirror.Tables, generation: Generation | None) -> str:
    """Name the file with everybody as rules see them: what the mirror has, and what is known as of last night."""
    last_night = nightly.name(generation) if generation else ""
    return _named(CUSTOMERS, last_night, tables.stamp(CUSTOMERS))


def _named(table: str, *decides: str) -> str:
    return f"{table}-{digest((*decides, kept.program('segments')))[:16]}"


def prepare(tables: mirror.Tables, generation: Generation) -> list[str]:
    """
    Write down what would be joined each time that somebody asks, once for each mirror, and name the files.

    A customer's rows stand together: they are grouped more quickly so.

    :raises NotKept: if it is not written down yet what is known as of the generation
    """
    wanted = {everybody(tables, generation): _customers(tables.source, nightly.source(generation))}
    for table in filter(joined, vocabulary.tables()):
        wanted[prepared(table, tables)] = select(table, tables.source)
    for name, rows in wanted.items():
        if not files.is_kept(name):
            files.put(connection().sql(f"SELECT * FROM {rows} ORDER BY customer_id"), name)
    return list(wanted)


def _read(one: facts.Asked) -> str:
    return one.read or f"t.{one.name}"


def answers(asked: Mapping[str, Rule], world: World) -> dict[str, Ids]:
    """Give the numbers of all who keep to each rule, in order."""
    table = arrow(rules.flags(asked, world))
    ids = table["customer_id"].to_numpy()
    return {name: np.sort(ids[table[name].to_numpy()]) for name in asked}


def with_members(world: World, members: Mapping[str, Ids]) -> World:
    """Let a world know more members."""
    home = connection()
    return replace(world, members={**world.members, **{name: _members(home, ids) for name, ids in members.items()}})


def some(world: World, ids: Ids) -> World:
    """Keep some customers of a world, and what happened to them."""
    these = _members(connection(), ids)
    tables = {name: frame.join(these, on="customer_id", how="semi") for name, frame in world.tables.items()}
    return replace(world, customers=world.customers.join(these, on="customer_id", how="semi"), tables=tables)


def with_days(world: World, *, today: date, until: Mapping[str, str]) -> World:
    """Count from other days."""
    days = {name: day_number(date.fromisoformat(on)) for name, on in until.items()}
    return replace(world, today=day_number(today), until=days)


def digest(decides: object) -> str:
    """Name an answer by all that decides it."""
    return hashlib.sha256(repr(decides).encode()).hexdigest()[:32]
