"""
What apps above know of customers, and messages say: each declares it in its `fields.py`, so that nobody here asks.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import QuerySet


@dataclass(frozen=True, kw_only=True)
class Knowing:
    """
    What one app knows.

    Args:
        fields: the fields of messages that rest on it.
        about: customers' ids → what is known of each, by the names of `persons.About`; whoever is unknown is left out.
        count: fields → for how many customers each has a value.
        since: a day → the ids of the customers whose first purchase lies no later.
    """

    fields: frozenset[str]
    about: Callable[[Collection[int]], Mapping[int, Mapping[str, Any]]]
    count: Callable[[Collection[str]], Mapping[str, int]]
    since: Callable[[date], QuerySet[Any]] | None = None


@cache
def sources() -> tuple[Knowing, ...]:
    """Give what the apps declare."""
    return tuple(_declared())


def about(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give all that is known of some customers; one question for each app, whatever their number."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in ids}
    for source in sources():
        for pk, known in source.about(ids).items():
            found[pk] |= known
    return found


def counts(fields: Collection[str]) -> dict[str, int]:
    """Say for how many customers each of these fields has a value; fields that no app knows are left out."""
    return {
        name: count
        for source in sources()
        if (asked := source.fields & set(fields))
        for name, count in source.count(asked).items()
    }


def _declared() -> Iterator[Knowing]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.fields"):
            yield from getattr(import_module(f"{app.name}.fields"), "FIELDS", ())
