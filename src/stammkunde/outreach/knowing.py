"""
What messages may say of customers: fields that are our own (`persons`), and those of apps above.

Each app declares its own in `fields.py` (`FIELDS`), with words and values, so that nobody here asks or names them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils import translation

from stammkunde.customers.models import Customer
from stammkunde.outreach import claims, content, persons
from stammkunde.outreach.content import Field, Text

_TYPED = re.compile(r"\{([^\W\d_]\w*)(?:\|[^{}]*)?\}")
Values = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Knowing:
    """
    What one app knows.

    Args:
        fields: the fields that it fills.
        about: customers by id, some of its fields and the day → the values of each customer, by field; whoever has none
            may be left out. The number of queries does not grow with the customers.
        count: some of its fields and the day → for how many customers each has a value.
    """

    fields: tuple[Field, ...]
    about: Callable[[Mapping[int, Customer], Collection[str], date], Values]
    count: Callable[[Collection[str], date], Mapping[str, int]]


@cache
def sources() -> tuple[Knowing, ...]:
    """Give what the apps declare."""
    return tuple(_declared())


@cache
def fields() -> dict[str, Field]:
    """Give all fields by name, in their order."""
    declared = [one for source in sources() for one in source.fields]
    return {one.name: one for one in sorted([*persons.FIELDS, *declared], key=lambda one: one.order)}


def words(names: Collection[str]) -> list[str]:
    """Put some fields into words."""
    return [str(fields()[name].words) for name in names]


def unknown(text: Text) -> list[str]:
    """Name the fields in words that there are not, whatever somebody typed between braces."""
    typed = {name for part in claims.parts(text) for name in _TYPED.findall(part)}
    return sorted((content.fields(text).keys() | typed) - fields().keys())


def about(customers: Mapping[int, Customer], *, asked: Collection[str], today: date) -> dict[int, dict[str, Any]]:
    """Give what is known of some customers for the fields that are asked for; only apps that fill one are asked."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in customers}
    for source, own in _asked(asked):
        for pk, known in source.about(customers, own, today).items():
            found[pk] |= known
    return found


def said(known: Mapping[str, Any], *, language: str) -> dict[str, str]:
    """Write what is known in a language; what has no value is empty."""
    with translation.override(language):
        return {
            one.name: one.said(known[one.name]) if known.get(one.name) else ""
            for source in sources()
            for one in source.fields
        }


def counts(asked: Collection[str], *, today: date) -> dict[str, int]:
    """Say for how many customers each of these fields has a value; fields that no app fills are left out."""
    return {name: count for source, own in _asked(asked) for name, count in source.count(own, today).items()}


def _asked(names: Collection[str]) -> Iterator[tuple[Knowing, frozenset[str]]]:
    """Give the apps that fill some of these fields, and which."""
    for source in sources():
        own = frozenset(one.name for one in source.fields if one.name in names)
        if own:
            yield source, own


def _declared() -> Iterator[Knowing]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.fields"):
            yield from getattr(import_module(f"{app.name}.fields"), "FIELDS", ())
