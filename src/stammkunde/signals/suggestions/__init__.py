"""
Whom to call today: derived anew every time from figures, contact persons, tasks and imports.

A suggestion has a key of kind, subject and cycle; once somebody has acted on it, the key keeps it from coming back
(`tasks`). The cycle of an overdue customer is the day of the last purchase, that of a warned one the day of the
warning: after a new one, a new cycle begins.
"""

from dataclasses import replace
from datetime import timedelta

from django.db.models import Q

from stammkunde.customers import queries as customers
from stammkunde.customers.models import Customer
from stammkunde.intake.models import Import
from stammkunde.signals.suggestions.item import (
    ANNIVERSARY,
    BIRTHDAY,
    IMPORT,
    OVERDUE,
    RANKED,
    RISK,
    SECTIONS,
    SILENT,
    TASK,
    Asked,
    Item,
    not_taken_up,
    signals_of,
)
from stammkunde.signals.suggestions.ranked import key_of, may_be_lost, months_before, ranked_again
from stammkunde.signals.suggestions.wishes import anniversaries, birthday_again, birthdays, since_again
from stammkunde.tasks import queries as tasks
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import LEAST_PER_DAY

__all__ = [
    "ANNIVERSARY", "BIRTHDAY", "OVERDUE", "RANKED", "RISK", "SILENT", "TASK", "Asked", "Item",
    "anniversaries", "birthdays", "item", "items", "key_of", "may_be_lost", "months_before", "of_customer", "that_fit",
]  # fmt: skip

MOST_IMPORTS = 3
MOST_WISHES = 2  # birthdays, and anniversaries, at a time: the list is for those who may be lost
IMPORT_DAYS = 7


def items(asked: Asked, *, limit: int) -> list[Item]:
    """Give what is to do: tasks, then who may be lost, and a few wishes and imports in any case."""
    pressing = [*_tasks(asked, limit=limit), *_awake_again(asked, limit=limit), *_imports(asked)]
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
    left, kept = minutes, {}
    for item in sorted(found, key=lambda item: item.is_ranked):
        if left < min(least, item.minutes) and len(kept) >= LEAST_PER_DAY:
            break
        kept[item.key] = replace(item, minutes=min(item.minutes, max(left, least)))
        left -= item.minutes
    return [kept[item.key] for item in found if item.key in kept]


def item(key: str, asked: Asked) -> Item | None:
    """Find one suggestion again by its key; None where it no longer stands."""
    kind, _colon, rest = key.partition(":")
    subject, _colon, cycle = rest.partition(":")
    if not subject.isdecimal() or not cycle:
        return None
    finders = dict.fromkeys(RANKED, ranked_again) | {BIRTHDAY: birthday_again, ANNIVERSARY: since_again}
    if kind == IMPORT:
        return next((one for one in _imports(asked) if one.key == key), None)
    found = finders[kind](int(subject), asked) if kind in finders else None
    return found if found and found.key == key else None


def of_customer(customer: Customer, asked: Asked) -> Item | None:
    """Give what the figures suggest for one customer, unless it has been dealt with."""
    found = ranked_again(customer.pk, asked)
    standing = not_taken_up([found], today=asked.today) if found else []
    return standing[0] if standing else None


def _imports(asked: Asked) -> list[Item]:
    if not asked.with_imports:
        return []
    since = asked.today - timedelta(days=IMPORT_DAYS)
    status = Import.Status
    troubled = Q(status=status.FAILED) | Q(status=status.DONE, problem_count__gt=0)
    imports = Import.objects.filter(troubled, created_at__date__gte=since).order_by("-pk")[:MOST_IMPORTS]
    return [
        Item(
            kind=IMPORT,
            key=f"{IMPORT}:{incoming.pk}:{incoming.status}",
            reason={
                "code": f"import_{incoming.status}",
                "problems": incoming.problem_count,
                "file": incoming.file_name,
            },
            incoming=incoming,
            minutes=asked.lengths.least,
        )
        for incoming in imports
    ]


def _tasks(asked: Asked, *, limit: int) -> list[Item]:
    return _task_items(tasks.due(today=asked.today, staff=asked.owner, limit=limit), asked)


def _awake_again(asked: Asked, *, limit: int) -> list[Item]:
    """Give the wishes that were put off beyond their own days; what is silent is derived anew anyway."""
    awake = tasks.awake_again(today=asked.today, staff=asked.owner, limit=limit)
    return _task_items([task for task in awake if task.kind in {BIRTHDAY, ANNIVERSARY}], asked)


def _task_items(found: list[Task], asked: Asked) -> list[Item]:
    signals = signals_of([task.customer_id for task in found if task.customer_id], asked)
    return [
        Item(
            kind=TASK,
            key=task.key or f"{TASK}:{task.pk}:",
            reason={"code": TASK, "due_on": task.due_on, "note": task.note},
            customer=task.customer,
            signal=signals.get(task.customer_id),
            task=task,
            minutes=asked.lengths.usual,
        )
        for task in found
    ]


def _with_people(found: list[Item]) -> list[Item]:
    """Add whom to call."""
    best = customers.people_to_call({item.customer.pk for item in found if item.customer and item.person is None})
    return [
        replace(item, person=best.get(item.customer.pk)) if item.customer and item.person is None else item
        for item in found
    ]
