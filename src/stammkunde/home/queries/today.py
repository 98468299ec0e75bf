"""Whom to call today, and what else is to be done: in the order of the day, as far as the time goes."""

from dataclasses import replace

from stammkunde.customers import queries as customers
from stammkunde.signals.suggestions import (
    SECTIONS,
    Asked,
    Item,
    anniversaries,
    birthdays,
    may_be_lost,
    not_taken_up,
    noted,
)
from stammkunde.tasks.policy import LEAST_PER_DAY

MOST_WISHES = 2  # birthdays, and anniversaries, at a time: the list is for those who may be lost


def items(asked: Asked, *, limit: int) -> list[Item]:
    """Give what is to do: tasks, then who may be lost, and a few wishes and imports in any case."""
    pressing = [*noted.due(asked, limit=limit), *noted.awake_again(asked, limit=limit), *noted.imports(asked)]
    found = {item.key: item for item in not_taken_up(pressing, today=asked.today)}
    for wishes in (birthdays(asked), anniversaries(asked)):
        standing = [item for item in not_taken_up(wishes, today=asked.today) if item.key not in found]
        found |= {item.key: item for item in standing[:MOST_WISHES]}
    for item in may_be_lost(asked, limit=max(limit - len(found), 0)):
        found.setdefault(item.key, item)
    chosen = list(found.values())[:limit]
    return _with_people(sorted(chosen, key=lambda item: SECTIONS.index(item.section)))


def that_fit(found: list[Item], *, minutes: int, least: int) -> list[Item]:
    """
    Keep what fits into so many minutes: what has its day first, then who may be lost, from the top.

    The last one is given what is left, if that is a useful length. A few names stand here even on a full day.
    """
    left, kept = minutes, dict[str, Item]()
    for item in sorted(found, key=lambda item: item.is_ranked):
        if left < min(least, item.minutes) and len(kept) >= LEAST_PER_DAY:
            break
        kept[item.key] = replace(item, minutes=min(item.minutes, max(left, least)))
        left -= item.minutes
    return [kept[item.key] for item in found if item.key in kept]


def _with_people(found: list[Item]) -> list[Item]:
    """Add whom to call."""
    best = customers.people_to_call({item.customer.pk for item in found if item.customer and item.person is None})
    return [
        replace(item, person=best.get(item.customer.pk)) if item.customer and item.person is None else item
        for item in found
    ]
