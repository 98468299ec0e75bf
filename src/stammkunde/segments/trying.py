"""A rule tried on today's customers while somebody writes it: in a sentence, how many, how reached, ten of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from stammkunde.customers.models import Channel, Customer
from stammkunde.insight import rules
from stammkunde.insight.errors import InvalidRule
from stammkunde.mirror import NoMirror, replacing
from stammkunde.segments import counts, nightly, worlds
from stammkunde.segments.counts import Counted
from stammkunde.segments.draft import Laid, LaidLeaf
from stammkunde.segments.wording import Complete, Said, problems, sentence

NAMES = 10


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of it; without `counted`, `trouble` says why, and nothing is wrong where both are empty."""

    sentence: str = ""
    counted: Counted | None = None
    trouble: str = ""
    complete: Sequence[Complete] = ()  # where spans do not count back from today
    is_early: bool = False  # before the first refresh, or until what is known as of last night is written down

    @property
    def reach(self) -> list[tuple[str, int]]:
        """Give by which way how many may get offers."""
        reach = self.counted.reach if self.counted else {}
        return [(str(Channel(name).label), n) for name, n in reach.items()]


def of(rule: dict[str, Any], *, said: Said, known: rules.Known, now: datetime, asker: str) -> Tried:
    """
    Try a rule; what is wrong with it is said.

    :raises Replaced: if the same asker tries another one meanwhile
    """
    try:
        read = rules.read(rule, known)
    except InvalidRule as refused:
        return Tried(trouble=problems.text(refused))
    told = sentence(read, said)
    try:
        with replacing.former(asker):
            counted = counts.count(rule, now=now)
        complete = said.complete(counted.until, rule=rule, today=worlds.days(now=now).today)
        return Tried(sentence=told, counted=counted, complete=complete)
    except (NoMirror, nightly.NotKept):
        return Tried(sentence=told, is_early=True)


def some(rule: dict[str, Any], *, now: datetime, asker: str) -> list[Customer]:
    """
    Give ten who keep to a rule; nobody where it cannot be told.

    :raises Replaced: as `of`
    """
    try:
        with replacing.former(asker):
            ids = [int(pk) for pk in counts.who(rule, now=now)[:NAMES]]
    except (InvalidRule, NoMirror, nightly.NotKept):
        return []
    found = Customer.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def leaves(laid: Laid) -> Iterator[LaidLeaf]:
    """Give the questions of a group as they are laid out, in their order."""
    for part in laid.parts:
        if isinstance(part, Laid):
            yield from leaves(part)
        else:
            yield part


def with_unknown(laid: Laid, tried: Tried) -> Laid:
    """Say at each question of how many customers its answer is unknown."""
    numbers = iter(tried.counted.unknown) if tried.counted else iter(())
    return _told(laid, numbers)


def _told(laid: Laid, numbers: Iterator[int]) -> Laid:
    parts = tuple(
        _told(part, numbers)
        if isinstance(part, Laid)
        else replace(part, unknown=max((next(numbers, 0) for _ in range(part.leaves)), default=0))
        for part in laid.parts
    )
    return replace(laid, parts=parts)
