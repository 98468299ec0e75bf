"""
Moments: what happened with a customer, from every app, on one timeline.

An app declares its own in `moments.py` (`MOMENTS`); whoever shows a timeline knows none of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from stammkunde.ui.asking import Asker

PAGE = 12


@dataclass(frozen=True, kw_only=True)
class Moments:
    """
    One kind of moment.

    Args:
        kind: its name.
        order: of what is of one moment, the higher stands further down; no two kinds have one number.
        rows: a customer's id → what happened.
        moment: the field that says when.
        by_day: whether the field is a day; such a moment stands at the day's beginning.
        template: how one is shown, as `thing`, with `at` and `words`.
        hides: another kind → a customer's id → the ids of its rows that this kind tells of itself.
        words: puts some of them into words for whoever asks, all at once; a template without needs none.
    """

    kind: str
    order: int
    rows: Callable[[int], QuerySet[Any]]
    moment: str
    template: str
    by_day: bool = False
    hides: Mapping[str, Callable[[int], QuerySet[Any]]] = field(default_factory=dict)
    words: Callable[[Sequence[Any], Asker], Sequence[str]] | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One entry of the timeline."""

    at: datetime
    of: Moments
    thing: Any

    @property
    def kind(self) -> str:
        return self.of.kind

    @property
    def place(self) -> tuple[datetime, int, int]:
        return self.at, -self.of.order, self.thing.pk


@dataclass(frozen=True, kw_only=True)
class Timeline:
    events: list[Moment]
    next_place: str = ""

    def worded(self, request: Asker) -> list[tuple[Moment, str]]:
        """Give the entries, each with its words."""
        words: dict[tuple[str, Any], str] = {}
        for of in {one.of.kind: one.of for one in self.events}.values():
            things = [one.thing for one in self.events if one.of.kind == of.kind]
            said = of.words(things, request) if of.words else [""] * len(things)
            words |= {(of.kind, thing.pk): text for thing, text in zip(things, said, strict=True)}
        return [(one, words[one.kind, one.thing.pk]) for one in self.events]


@cache
def kinds() -> tuple[Moments, ...]:
    """Give the kinds of moments that the apps declare, in their order."""
    return tuple(sorted(_declared(), key=lambda one: one.order))


def timeline(customer_id: int, *, place: str = "", size: int = PAGE) -> Timeline:
    """Give what happened, latest first, from a place on."""
    before = _read(place)
    found = [
        Moment(at=_moment(getattr(thing, of.moment)), of=of, thing=thing)
        for of in kinds()
        for thing in _latest(of, customer_id, before=before, limit=size + 1)
    ]
    found.sort(key=lambda one: one.place, reverse=True)
    if len(found) <= size:
        return Timeline(events=found)
    at, order, pk = found[size - 1].place
    return Timeline(events=found[:size], next_place=f"{at.isoformat()}|{-order}|{pk}")


def _moment(when: date) -> datetime:
    """Give a moment; what is known of a day only stands at its beginning."""
    return when if isinstance(when, datetime) else timezone.make_aware(datetime.combine(when, time.min))


def _read(place: str) -> tuple[datetime, int, int] | None:
    try:
        moment, order, pk = place.split("|")
        return datetime.fromisoformat(moment), int(order), int(pk)
    except ValueError:
        return None


def _latest(of: Moments, customer_id: int, *, before: tuple[datetime, int, int] | None, limit: int) -> QuerySet[Any]:
    rows = of.rows(customer_id)
    for other in kinds():
        if of.kind in other.hides:
            rows = rows.exclude(pk__in=other.hides[of.kind](customer_id))
    if before:
        rows = rows.filter(_earlier(of, *before))
    return rows.order_by(f"-{of.moment}", "-pk")[:limit]


def _earlier(of: Moments, at: datetime, order: int, pk: int) -> Q:
    end: date = timezone.localdate(at) if of.by_day else at
    earlier = Q(**{f"{of.moment}__lt": end})
    if at > _moment(end):  # later on a day that such an entry begins
        earlier |= Q(**{of.moment: end})
    elif of.order >= order:
        same = Q(**{of.moment: end})
        earlier |= same & Q(pk__lt=pk) if of.order == order else same
    return earlier


def _declared() -> Iterator[Moments]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.moments"):
            yield from getattr(import_module(f"{app.name}.moments"), "MOMENTS", ())
