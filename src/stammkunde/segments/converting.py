"""Rules from what was chosen otherwise: filters of the list of customers, ticked rows, numbers in a file."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from stammkunde.customers.models import Customer
from stammkunde.segments import queries
from stammkunde.segments.queries import Filters
from stammkunde.signals.models import Generation
from stammkunde.team.models import Staff
from stammkunde.ui import given

MOST = 1000  # numbers in one rule
_BETWEEN = re.compile(r"[\s,;]+")
Rule = dict[str, Any]


class TooMany(Exception):
    """More customers than a rule can name one by one; `count` says how many, at least."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


def of_numbers(numbers: Sequence[str]) -> Rule:
    """Name customers one by one."""
    return {"all": [{"field": "customer.number", "is": "is", "value": sorted(set(numbers))}]}


def numbers(pasted: str, *, of_file: str = "") -> list[str]:
    """Read numbers as people paste them, and the first column of a file, each once in their order."""
    lines = (re.split(r"[,;\t]", line)[0].strip().strip('"') for line in of_file.splitlines())
    found = [*_BETWEEN.split(pasted), *lines]
    return list(dict.fromkeys(one for one in found if one))


def known_numbers(wanted: Collection[str]) -> set[str]:
    """Tell which of some numbers belong to a customer."""
    some, found = list(wanted), set[str]()
    for first in range(0, len(some), MOST):
        rows = Customer.objects.filter(number__in=some[first : first + MOST])
        found |= set(rows.values_list("number", flat=True))
    return found


def others(ids: Collection[int], numbers: Collection[str]) -> int:
    """Count other customers with the same numbers, as two sources may give the same ones."""
    return Customer.objects.filter(number__in=numbers).exclude(pk__in=ids).count()


def of_filters(filters: Filters, *, generation: Generation | None) -> Rule:
    """
    Say by a rule what the list of customers is filtered by; whom only a search, a figure or a past day of a group finds
    is named one by one.

    :raises TooMany: if these are too many
    """
    parts = list(_parts(filters, generation))
    if filters.q or filters.ids is not None or filters.group_on:
        found = _ids(filters, generation=generation)
        numbers = list(Customer.objects.filter(pk__in=found).values_list("number", flat=True))
        return of_numbers(numbers)
    return {"all": parts or [{"field": ""}]}


def _ids(filters: Filters, *, generation: Generation | None) -> list[int]:
    found: list[int] = []
    for some in queries.ids(filters, generation=generation):
        found += some
        if len(found) > MOST:
            raise TooMany(len(found))
    return found


def _parts(filters: Filters, generation: Generation | None) -> Iterator[Rule]:
    chosen = {
        "signal.stage": filters.stage,
        "signal.level": filters.level,
        "signal.class": filters.abc,
        "customer.kind": filters.kind,
        **{f"customer.{name}": value for name, value in filters.texts},
        **{f"customer.attr_{name}": value for name, value in filters.attributes},
    }
    yield from ({"field": name, "is": "is", "value": value} for name, value in chosen.items() if value)
    if filters.multiplier:
        yield {"field": "customer.multiplier", "is": "is", "value": True}
    if filters.owner:
        yield _owner(filters.owner)
    if filters.silent_before_on and generation:
        days = (generation.as_of_on - filters.silent_before_on).days
        yield {"happened": "orders", "measure": "last", "is": "within", "value": {"ago": [max(days, 0), None]}}
    if filters.group:
        yield {"segment": given.row(filters.group), "is": "in"}


def _owner(wanted: str) -> Rule:
    if wanted == "nobody":
        return {"field": "customer.owner", "is": "is unknown"}
    staff = Staff.objects.filter(pk=given.row(wanted)).first()
    return {"field": "customer.owner", "is": "is", "value": staff.email if staff else "?"}
