"""
What is worth doing about customers: derived anew every time from figures and contact persons.

The cycle of an overdue customer is the day of the last purchase, that of a warned one the day of the warning: after a
new one, a new cycle begins (`tasks.worklist` keeps what was dealt with).
"""

from stammkunde.customers.models import Customer
from stammkunde.signals.suggestions.item import (
    ANNIVERSARY,
    BIRTHDAY,
    OVERDUE,
    RANKED,
    RISK,
    SILENT,
    signals_of,
)
from stammkunde.signals.suggestions.ranked import key_of, may_be_lost, months_before, ranked_again
from stammkunde.signals.suggestions.wishes import anniversaries, birthday_again, birthdays, since_again
from stammkunde.tasks.worklist import Asked, Item, not_taken_up

__all__ = [
    "ANNIVERSARY", "BIRTHDAY", "OVERDUE", "RANKED", "RISK", "SILENT", "anniversaries", "birthday_again",
    "birthdays", "key_of", "may_be_lost", "months_before", "of_customer", "ranked_again", "signals_of", "since_again",
]  # fmt: skip


def of_customer(customer: Customer, asked: Asked) -> Item | None:
    """Give what the figures suggest for one customer, unless it has been dealt with."""
    found = ranked_again(customer.pk, asked)
    standing = not_taken_up([found], today=asked.today) if found else []
    return standing[0] if standing else None
