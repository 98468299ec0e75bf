"""
For whom of a few customers a rule holds, and which of their rows keep to conditions: by the facts in the database.

Whoever acts on some customers at a time asks here, in the transaction in which it acts.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import narwhals as nw

from stammkunde.insight import rules
from stammkunde.insight.frames import arrow
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import Rule, World
from stammkunde.segments import membership, scores, vocabulary, worlds
from stammkunde.segments.vocabulary import DAY
from stammkunde.segments.worlds import Asking, Moments, Same
from stammkunde.signals import queries as signals

_NONE: Same = {}
STAYS = "customer."  # before the names of fields that no night works out anew


def check(rule: Any, *, moments: Collection[str], same: Collection[str] = ()) -> Rule:
    """
    Read a rule that may count from moments by their names: `entry`, `step:letter`.

    `same` are tables of whose rows it may count those alone that are about the thing that it is about.

    :raises InvalidRule: if it is none, with the place and the cure
    """
    return rules.read(rule, vocabulary.known(moments=moments, same=same))


def holds(
    rule: Any, *, customer_ids: Collection[int], now: datetime, moments: Moments = (), same: Same = _NONE
) -> set[int]:
    """
    Tell for whom a rule holds now; `same` are the rows that are about what it is about, by their tables.

    :raises InvalidRule: if it is none (any more)
    :raises NotKept: if the worker has not written down yet what is known as of last night
    """
    with _read(rule, customer_ids=customer_ids, now=now, moments=moments, same=same) as (read, world):
        return _who(read, world)


def held(rule: Any, *, customer_ids: Collection[int], now: datetime, on: date) -> set[int]:
    """
    Tell for whom a rule held on a day, by all that is known of that day by now: with or without the day's own facts.

    :raises InvalidRule: as `holds`, with all that it raises
    """
    with _read(rule, customer_ids=customer_ids, now=now) as (read, world):
        seen = world.as_of(day_number(on)) if day_number(on) < world.today else world
        return _who(read, seen) | _who(read, _without(seen, day_number(on)))


def is_known_of_then(rule: Any) -> bool:
    """
    Tell whether what a rule asks for is known of past days: facts, and what customers are, as no purchase changes it.

    :raises InvalidRule: as `check`
    """
    uses = rules.uses(check(rule, moments=()))
    return not uses.members and all(name.startswith(STAYS) for name in uses.fields)


def tables(rule: Any, *, moments: Collection[str], same: Collection[str] = ()) -> frozenset[str]:
    """
    Name the tables that a rule asks.

    :raises InvalidRule: as `check`
    """
    return rules.uses(check(rule, moments=moments, same=same)).tables


def same_asked(rule: Any, *, moments: Collection[str], same: Collection[str] = ()) -> frozenset[str]:
    """
    Name the tables of which a rule counts only what is about the thing that it is about.

    :raises InvalidRule: as `check`
    """
    return rules.uses(check(rule, moments=moments, same=same)).same


@contextmanager
def _read(
    rule: Any, *, customer_ids: Collection[int], now: datetime, moments: Moments = (), same: Same = _NONE
) -> Iterator[tuple[Rule, World]]:
    known = vocabulary.known(moments={name for _customer, name, _day in moments}, same=same)
    read = rules.read(rule, known)
    uses = rules.uses(read)
    asking = Asking(
        known=known,
        uses=[uses],
        days=worlds.days(now=now),
        members=membership.of_names(uses.members) | scores.members(scores.leaves([read])),
        bounds=membership.bounds(read),
        moments=moments,
        same=same,
    )
    with worlds.of_few(asking, customer_ids=customer_ids, generation=signals.current()) as world:
        yield scores.held({"it": read})["it"], world


def _who(read: Rule, world: World) -> set[int]:
    return {int(one) for one in worlds.answers({"it": read}, world)["it"]}


def _without(world: World, day: int) -> World:
    """See a world as if nothing had happened on a day, or after it; spans count from the same days."""
    tables = {
        name: frame.filter((nw.col(DAY) < day) | nw.col(DAY).is_null()) if world.table(name).day else frame
        for name, frame in world.tables.items()
    }
    return replace(world, tables=tables)


def rows_that(
    table: str, where: Collection[Mapping[str, Any]], *, customer_ids: Collection[int], now: datetime
) -> set[int]:
    """
    Tell which of some customers' rows of a table keep to conditions, by their numbers.

    Each row is asked as if it were a customer to whom nothing else happened.

    :raises InvalidRule: if the conditions are none
    """
    known = vocabulary.known()
    read = rules.read({"happened": table, "where": list(where)}, known)
    asking = Asking(known=known, uses=[rules.uses(read)], days=worlds.days(now=now))
    with worlds.of_few(asking, customer_ids=customer_ids, generation=signals.current()) as world:
        rows = world.tables[table].with_columns(customer_id=nw.col("id"))
        alone = replace(world, customers=rows.select("customer_id"), tables={**world.tables, table: rows})
        found = arrow(rules.flags({"it": read}, alone)).to_pylist()
    return {int(one["customer_id"]) for one in found if one["it"]}
