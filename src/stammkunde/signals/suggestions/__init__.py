"""
What is worth doing about customers: derived anew every time from figures, contact persons, tasks and imports.

A suggestion has a key of kind, subject and cycle; once somebody has acted on it, the key keeps it from coming back
(`tasks`). The cycle of an overdue customer is the day of the last purchase, that of a warned one the day of the
warning: after a new one, a new cycle begins.
"""

from stammkunde.customers.models import Customer
from stammkunde.signals.suggestions import noted
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
)
from stammkunde.signals.suggestions.ranked import key_of, may_be_lost, months_before, ranked_again
from stammkunde.signals.suggestions.wishes import anniversaries, birthday_again, birthdays, since_again

__all__ = [
    "ANNIVERSARY", "BIRTHDAY", "OVERDUE", "RANKED", "RISK", "SECTIONS", "SILENT", "TASK", "Asked", "Item",
    "anniversaries", "birthdays", "item", "key_of", "may_be_lost", "months_before", "not_taken_up", "of_customer",
]  # fmt: skip


def item(key: str, asked: Asked) -> Item | None:
    """Find one suggestion again by its key; None where it no longer stands."""
    kind, _colon, rest = key.partition(":")
    subject, _colon, cycle = rest.partition(":")
    if not subject.isdecimal() or not cycle:
        return None
    finders = dict.fromkeys(RANKED, ranked_again) | {BIRTHDAY: birthday_again, ANNIVERSARY: since_again}
    if kind == IMPORT:
        return next((one for one in noted.imports(asked) if one.key == key), None)
    found = finders[kind](int(subject), asked) if kind in finders else None
    return found if found and found.key == key else None


def of_customer(customer: Customer, asked: Asked) -> Item | None:
    """Give what the figures suggest for one customer, unless it has been dealt with."""
    found = ranked_again(customer.pk, asked)
    standing = not_taken_up([found], today=asked.today) if found else []
    return standing[0] if standing else None
