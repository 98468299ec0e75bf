"""
Cards: what each app shows on a customer's page.

An app declares its own in `cards.py` (`CARDS`); whoever arranges the page knows none of them. A card's template finds
what its context gives, and beside it what the whole page knows: `customer`, `people`, `signal`, `generation`, `may`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps

from stammkunde.ui.asking import Asker

Answer = TypeVar("Answer")


class Place(StrEnum):
    """Where a card stands: in one look at the top, as a line below, in the main column or beside it."""

    ANSWER = "answer"
    LINE = "line"
    MAIN = "main"
    SIDE = "side"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    Whose page is asked for, by whom and when.

    Args:
        customer: the customer, and `people` who is known there.
        request: who asks, and for which pages of longer cards.
        now: the moment, and `today` its day.
        may: whether whoever asks has a right.
        generation: the newest figures, and `signal` what they say of the customer; None where they say nothing.
    """

    customer: Any
    people: Sequence[Any]
    request: Asker
    now: datetime
    today: date
    may: Callable[[str], bool]
    generation: Any = None
    signal: Any = None
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, ask: Callable[..., Answer], *subjects: Any) -> Answer:
        """Ask what several cards want to know, and ask it once."""
        if (ask, *subjects) not in self._known:
            self._known[ask, *subjects] = ask(*subjects)
        answer: Answer = self._known[ask, *subjects]
        return answer


@dataclass(frozen=True, kw_only=True)
class Card:
    """
    One card.

    Args:
        name: its name; no two cards have one.
        place: where it stands, and `order` how far down there; no two of a place have one number.
        template: how it is shown.
        context: what its template needs; None: there is nothing to show.
        right: what whoever sees it must be allowed to do; empty: seeing customers is enough.
    """

    name: str
    place: Place
    order: int
    template: str
    context: Callable[[Asked], Mapping[str, Any] | None]
    right: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    template: str
    context: Mapping[str, Any]


@cache
def cards() -> tuple[Card, ...]:
    """Give the cards that the apps declare, in their order."""
    return tuple(sorted(_declared(), key=lambda one: one.order))


def arranged(asked: Asked) -> dict[str, list[Shown]]:
    """Give what there is to show, by place."""
    shown: dict[str, list[Shown]] = {place.value: [] for place in Place}
    for card in cards():
        if card.right and not asked.may(card.right):
            continue
        context = card.context(asked)
        if context is not None:
            shown[card.place].append(Shown(template=card.template, context=context))
    return shown


def _declared() -> Iterator[Card]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.cards"):
            yield from getattr(import_module(f"{app.name}.cards"), "CARDS", ())
