"""
Pages by key: from the start, after a row, or before one. Nothing is counted, and no row is skipped over.

A sorted list is a row of stretches, each in the order of one index: those with a value, then those without. A place is
where a row stands in it; the address carries it as text.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.timezone import is_naive


class NoPlace(Exception):
    """What the address says is no place in this list."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a row stands in a list."""

    stretch: int = 0
    value: Any = None
    key: int

    def __str__(self) -> str:
        if self.stretch == 0 and self.value is None:
            return str(self.key)
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        value = str(value) if isinstance(value, Decimal) else value
        return json.dumps([self.stretch, value, self.key], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Place":
        """
        Read a place back from its text.

        :raises NoPlace: if it is not one
        """
        try:
            told = json.loads(text)
            stretch, value, key = (0, None, told) if isinstance(told, int) else told
            return cls(stretch=int(stretch), value=value, key=int(key))
        except (TypeError, ValueError, OverflowError, RecursionError) as problem:
            raise NoPlace(text[:100]) from problem


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a list that one index sorts: by `column` (a field or an annotation), then by `key`."""

    rows: QuerySet[Any]
    key: str = "pk"
    column: str = ""
    descending: bool = False
    key_descends: bool = False

    def nearest(self, *, limit: int, beyond: Place | None, backwards: bool) -> Iterator[tuple[Any, int, Any]]:
        """Give (value, key, row) of the rows beyond a place, nearest first."""
        rows = self.rows if beyond is None else self.rows.filter(self._beyond(beyond, backwards=backwards))
        order = [_order(self.key, descending=self.key_descends != backwards)]
        if self.column:
            order.insert(0, _order(self.column, descending=self.descending != backwards))
        return self._read(rows.order_by(*order), limit=limit)

    def _read(self, rows: QuerySet[Any], *, limit: int) -> Iterator[tuple[Any, int, Any]]:
        for row in rows[:limit]:
            yield _attribute(row, self.column) if self.column else None, _attribute(row, self.key), row

    def _beyond(self, place: Place, *, backwards: bool) -> Q:
        past_key = Q(**{f"{self.key}__{'lt' if self.key_descends != backwards else 'gt'}": place.key})
        if not self.column:
            return past_key
        value = self._value(place.value)
        side = "lt" if self.descending != backwards else "gt"
        return Q(**{f"{self.column}__{side}e": value}) & (Q(**{f"{self.column}__{side}": value}) | past_key)

    def _value(self, told: Any) -> Any:
        """Read a value of the column as the column holds it."""
        field = F(self.column).resolve_expression(self.rows.query.chain()).output_field
        try:
            value = field.to_python(told)
        except (ValidationError, TypeError, ValueError, OverflowError) as problem:
            raise NoPlace(told) from problem
        if value is None or "\0" in str(value) or (isinstance(value, datetime) and is_naive(value)):
            raise NoPlace(told)
        return value


@dataclass(frozen=True, kw_only=True)
class Keys(Stretch):
    """A stretch of which only the keys are read: its rows are loaded together, once it is clear which."""

    def _read(self, rows: QuerySet[Any], *, limit: int) -> Iterator[tuple[Any, int, Any]]:
        if not self.column:
            return ((None, key, key) for key in rows.values_list(self.key, flat=True)[:limit])
        return ((value, key, key) for value, key in rows.values_list(self.column, self.key)[:limit])


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a list. `rows` are rows, or keys where the stretches give keys."""

    rows: list[Any]
    first: Place | None = None
    last: Place | None = None
    has_previous: bool = False
    has_next: bool = False
    count: int | None = None  # only where it is known without scanning

    @property
    def before(self) -> str:
        """Give the place before which the previous page ends; empty where there is none."""
        return str(self.first) if self.has_previous and self.first else ""

    @property
    def after(self) -> str:
        """Give the place after which the next page begins; empty where there is none."""
        return str(self.last) if self.has_next and self.last else ""


def sorted_by(rows: QuerySet[Any], *, column: str, descending: bool = False) -> list[Stretch]:
    """Sort rows by a column; those without a value come last."""
    stretches = [Stretch(rows=rows, column=column, descending=descending, key_descends=descending)]
    if not _may_be_empty(rows, column):
        return stretches
    known = Stretch(
        rows=rows.filter(**{f"{column}__isnull": False}),
        column=column,
        descending=descending,
        key_descends=descending,
    )
    return [known, Stretch(rows=rows.filter(**{f"{column}__isnull": True}))]


def one_page(
    stretches: Sequence[Stretch], *, after: Place | str | None = None, before: Place | str | None = None, size: int
) -> Page:
    """
    Give one page of a list: from the start, after a place, or before one.

    :raises NoPlace: if what is given is none
    """
    backwards = bool(before)
    found = list(_walk(stretches, start=_place(before or after), backwards=backwards, limit=size + 1))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=[row for _place, row in found],
        first=found[0][0] if found else None,
        last=found[-1][0] if found else None,
        has_previous=more if backwards else bool(after),
        has_next=more or backwards,
    )


def every(stretches: Sequence[Stretch], *, size: int = 1000) -> Iterator[list[Any]]:
    """Give the whole list in pieces; each is read by key, so that nothing is held meanwhile, whatever is written."""
    place = None
    while found := list(_walk(stretches, start=place, backwards=False, limit=size)):
        place = found[-1][0]
        yield [row for _place, row in found]


def _walk(
    stretches: Sequence[Stretch], *, start: Place | None, backwards: bool, limit: int
) -> Iterator[tuple[Place, Any]]:
    """Give the places beyond a start with their rows, nearest first, one stretch after the other."""
    order = range(len(stretches))
    for number in reversed(order) if backwards else order:
        if start and ((number > start.stretch) if backwards else (number < start.stretch)):
            continue
        beyond = start if start and start.stretch == number else None
        for value, key, row in stretches[number].nearest(limit=limit, beyond=beyond, backwards=backwards):
            yield Place(stretch=number, value=value, key=key), row
            limit -= 1
        if limit <= 0:
            return


def _place(told: Place | str | None) -> Place | None:
    return Place.read(told) if isinstance(told, str) and told else told or None


def _order(name: str, *, descending: bool) -> Any:
    return F(name).desc() if descending else F(name).asc()


def _attribute(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _may_be_empty(rows: QuerySet[Any], column: str) -> bool:
    """Say whether a column may have no value: a field of the table itself tells, of anything else nobody knows."""
    known = {field.name: field.null for field in rows.model._meta.concrete_fields}  # noqa: SLF001 - Django's own name
    return bool(known.get(column, True))
