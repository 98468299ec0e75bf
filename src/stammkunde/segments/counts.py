"""
How many keep to a rule that is not kept yet, how they may be reached, and of how many something is unknown.

Asked while somebody types: over the mirror and what is known as of last night. Answers are kept by the rule and by what
the tables hold, so that the same question is answered once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.insight.rules import Rule, World
from stammkunde.segments import membership, nightly, vocabulary, worlds
from stammkunde.segments.bits import Ids
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.store import kept

KEEP_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class Counted:
    """
    The answer to a rule.

    Args:
        n: how many keep to it.
        of: how many customers there are.
        reach: channel → how many of them offers may reach by it, as of last night.
        unknown: for each leaf, in their order, of how many it is unknown.
        until: table → the day from which its spans count back, where it is not today.
        as_of: the day of last night's answers; None before the first refresh.
    """

    n: int
    of: int
    reach: Mapping[str, int]
    unknown: tuple[int, ...]
    until: Mapping[str, date]
    as_of: date | None


def count(rule: Any, *, now: datetime, me: str | None = None) -> Counted:
    """
    Count who keeps to a rule.

    :raises InvalidRule: if it is none
    :raises NoMirror: before the first refresh
    :raises NotKept: if the worker has not written down yet what is known as of last night
    """
    known = vocabulary.known()
    read = rules.read(rule, known)
    asking = _asking(read, known=known, now=now, me=me)
    tables, generation = mirror.tables(), signals.current()
    key = _key(read, asking, tables, generation)

    def made() -> Counted:
        with mirror.noticed():
            return _counted(read, worlds.of_all(asking, tables=tables, generation=generation), asking, generation)

    return kept.or_made(key, made, seconds=KEEP_SECONDS)


def who(rule: Any, *, now: datetime, me: str | None = None) -> Ids:
    """
    Give the numbers of all who keep to a rule that is not kept, in order.

    :raises InvalidRule: as `count`, with all that it raises
    """
    known = vocabulary.known()
    read = rules.read(rule, known)
    asking = _asking(read, known=known, now=now, me=me)
    with mirror.noticed():
        world = worlds.of_all(asking, tables=mirror.tables(), generation=signals.current())
        return worlds.answers({"it": read}, world)["it"]


def _asking(rule: Rule, *, known: rules.Known, now: datetime, me: str | None) -> worlds.Asking:
    uses = rules.uses(rule)
    members = membership.of_names(uses.members)
    return worlds.Asking(known=known, uses=[uses], days=worlds.days(now=now), members=members, me=me)


def _key(rule: Rule, asking: worlds.Asking, tables: mirror.Tables, generation: Generation | None) -> str:
    last_night = nightly.standing(generation) if generation else ""
    members = [(name, worlds.digest(ids.tobytes())) for name, ids in sorted(asking.members.items())]
    days = (asking.days.today, asking.days.as_dict())
    decides = (rules.digest(rule), tables.stamp(*asking.needed), last_night, days, members, asking.me)
    return f"segments:count:{worlds.digest(decides)}"


def _counted(rule: Rule, world: World, asking: worlds.Asking, generation: Generation | None) -> Counted:
    ways = {str(one.name): f"reach__{one.name}" for one in nightly.REACH}
    found = rules.tally(rule, world, among=list(ways.values()))
    return Counted(
        n=found.members,
        of=found.customers,
        reach={way: found.among[column] for way, column in ways.items()},
        unknown=found.unknown,
        until={name: on for name, on in asking.days.until.items() if name in rules.uses(rule).tables},
        as_of=generation.as_of_on if generation else None,
    )
