"""Whom to call today, and what else is to be done: in the order of the day, as far as the time goes."""

from collections.abc import Iterable
from dataclasses import replace

from stammkunde.customers import queries as customers
from stammkunde.signals import suggestions
from stammkunde.tasks import worklist
from stammkunde.tasks.policy import LEAST_PER_DAY, MOST_PER_DAY, reached
from stammkunde.tasks.worklist import Asked, Item


def items(asked: Asked, *, limit: int) -> list[Item]:
    """
    Give what is to do, from every app: each in its turn as there is room, then section by section.

    What stands beside the list takes no room on it.
    """
    found: dict[str, Item] = {}
    for one in worklist.entries():
        if one.are_for(asked):
            room = limit - len(named(found.values()))
            standing = [item for item in one.rows(asked, max(room, 0)) if item.key not in found]
            found |= {item.key: item for item in standing[: one.most]}
    kept = [*named(found.values())[:limit], *beside(found.values())]
    chosen = sorted(kept, key=lambda item: item.under.order)
    return _with_refusals(_with_people(_with_signals(chosen, asked), asked), asked)


def named(found: Iterable[Item]) -> list[Item]:
    """Give what stands on the list itself."""
    return [item for item in found if not item.under.beside]


def beside(found: Iterable[Item]) -> list[Item]:
    """Give what stands beside the list."""
    return [item for item in found if item.under.beside]


def that_fit(found: list[Item], *, minutes: int, least: int) -> list[Item]:
    """
    Keep what fits into so many minutes: what has its day first, then who may be lost, from the top.

    The last one is given what is left, if that is a useful length. A few names stand here even on a full day, and
    nobody who may be lost is the eleventh.
    """
    order = sorted(found, key=lambda item: item.is_ranked)
    most = max(MOST_PER_DAY, sum(not item.is_ranked for item in order))
    fit = reached(minutes, [item.minutes for item in order[:most]], least=least, fewest=LEAST_PER_DAY)
    left, kept = minutes, dict[str, Item]()
    for item in order[:fit]:
        kept[item.key] = replace(item, minutes=min(item.minutes, max(left, least)))
        left -= item.minutes
    return [kept[item.key] for item in found if item.key in kept]


def _with_signals(found: list[Item], asked: Asked) -> list[Item]:
    """Add what figures say of the customer."""
    wanting = {item.customer.pk for item in found if item.customer and item.signal is None}
    known = suggestions.signals_of(wanting, asked)
    return [
        replace(item, signal=known.get(item.customer.pk)) if item.customer and item.signal is None else item
        for item in found
    ]


def _with_refusals(found: list[Item], asked: Asked) -> list[Item]:
    """Say of wishes whether they may be told by phone; others who may not be called stand here no more."""
    refusals = asked.refused([item for item in beside(found) if item.refusal is None])
    return [replace(item, refusal=refusals[item.key]) if item.key in refusals else item for item in found]


def _with_people(found: list[Item], asked: Asked) -> list[Item]:
    """Add whom to call."""
    wanting = {item.customer.pk for item in found if item.customer and item.person is None}
    best = customers.people_to_call(wanting, today=asked.today)
    return [
        replace(item, person=best.get(item.customer.pk)) if item.customer and item.person is None else item
        for item in found
    ]
