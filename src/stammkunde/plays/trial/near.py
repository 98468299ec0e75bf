"""Who nearly is in the group of a play: how many more there would be without one of its conditions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stammkunde.customers.models import Customer
from stammkunde.segments import counts, telling, vocabulary
from stammkunde.segments.wording import Said

NAMES = 3
MOST_PARTS = 6  # each is a question of its own


@dataclass(frozen=True, kw_only=True)
class Near:
    """Those who keep to all conditions but one, which `says` what it is."""

    says: str
    n: int
    people: tuple[Customer, ...]


def of(rule: Any, ids: Collection[int], *, now: datetime) -> tuple[Near, ...]:
    """
    Tell who is near, by the condition that they miss, the most first; nobody where there is only one condition.

    :raises InvalidRule: as `counts.who`, with all that it raises
    """
    parts = rule.get("all", ()) if isinstance(rule, dict) else ()
    if not 2 <= len(parts) <= MOST_PARTS:
        return ()
    found = list(_near(parts, set(ids), now=now))
    return tuple(sorted((one for one in found if one.n), key=lambda one: -one.n))


def _near(parts: Collection[Any], ids: set[int], *, now: datetime) -> Iterator[Near]:
    known, said = vocabulary.known(), Said.current()
    for place, missed in enumerate(parts):
        others = {"all": [one for at, one in enumerate(parts) if at != place]}
        more = [pk for one in counts.who(others, now=now) if (pk := int(one)) not in ids]
        people = Customer.objects.in_bulk(more[:NAMES])
        text = telling.in_words(missed, said=said, known=known)
        yield Near(says=text, n=len(more), people=tuple(people[pk] for pk in more[:NAMES] if pk in people))
