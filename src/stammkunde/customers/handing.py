"""
What goes along when somebody else looks after a customer: the open tasks.

Whoever has something that belongs to the one responsible declares it in its `handing.py` (`GO_ALONG`); it is called in
the transaction that changes the owner, so that both change or neither.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.apps import apps

from stammkunde.team.models import Staff


class Hand(Protocol):
    """Hands something over; `customers` says by id who looked after each before, `because` what may be undone."""

    def __call__(
        self, *, customers: Mapping[int, int | None], owner: Staff, now: datetime, staff: Staff | None, because: str
    ) -> None: ...


class GiveBack(Protocol):
    """
    Gives back what was handed over because of something that is being undone, and what came up for the owner since.

    `customers` says by id who looked after each until now, and who does again.
    """

    def __call__(
        self, *, customers: Mapping[int, tuple[int | None, int | None]], now: datetime, because: str
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class GoesAlong:
    """One kind of thing that goes along; no two have one name."""

    name: str
    hand: Hand
    back: GiveBack


@cache
def kinds() -> tuple[GoesAlong, ...]:
    """Give the kinds that the apps declare, by name."""
    return tuple(sorted(_declared(), key=lambda one: one.name))


def over(
    *, customers: Mapping[int, int | None], owner: Staff | None, now: datetime, staff: Staff | None, because: str = ""
) -> None:
    """Hand everything over; where nobody is responsible from now on, it stays with whoever has it."""
    if owner is not None and customers:
        for kind in kinds():
            kind.hand(customers=customers, owner=owner, now=now, staff=staff, because=because)


def back(*, customers: Mapping[int, tuple[int | None, int | None]], now: datetime, because: str) -> None:
    """Give back what went along because of something that is undone, and what came up since; repeating is harmless."""
    for kind in kinds():
        kind.back(customers=customers, now=now, because=because)


def _declared() -> Iterator[GoesAlong]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.handing"):
            yield from getattr(import_module(f"{app.name}.handing"), "GO_ALONG", ())
