"""
The work list: what is to do today, from every app.

An app declares its entries in `entries.py` (`ENTRIES`); whoever arranges the list, or acts on what stands there, knows
none of them. Each item has a key of kind, subject and cycle: it is found again by it, and once somebody has acted on
it, the key of the task keeps it from coming back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise

from stammkunde.customers import caretakers
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.tasks import queries, services
from stammkunde.tasks.models import Task
from stammkunde.tasks.policy import Lengths, at_stake
from stammkunde.tasks.queries import OWN
from stammkunde.tasks.services import Suggestion
from stammkunde.team.models import Staff
from stammkunde.team.policy import NO_MONEY, Sight
from stammkunde.ui import given

NOON = time(12)


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands together under one heading; no two have one number."""

    name: str
    heading: str | Promise
    order: int
    beside: bool = False  # stands beside the list and takes no room on it


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why somebody may not be called now; by some other way they may still be reached."""

    why: str
    may_be_written_to: bool = False


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: what about, why, what is at stake and whom to call."""

    kind: str
    key: str
    under: Section
    reason: Mapping[str, Any] = field(default_factory=dict)  # numbers, worded when shown
    customer: Customer | None = None
    person: ContactPerson | None = None
    signal: Any = None  # what figures say of the customer
    task: Task | None = None
    name: str = ""  # of what is no customer's
    url: str = ""  # where it is
    minutes: int = 0  # that it is given
    is_ranked: bool = False  # whether it stands here for what may be lost
    refusal: Refusal | None = None  # why nobody may be called about it

    @property
    def section(self) -> str:
        return self.under.name

    @property
    def icon(self) -> str:
        return kinds()[self.kind].icon

    @property
    def stake_cents(self) -> int | None:
        """The worth of a year: margin where costs are known, otherwise revenue."""
        return self.signal.yearly_cents if self.signal else None

    @property
    def at_risk_cents(self) -> int | None:
        """What of it is in danger; None where no risk is known."""
        return self.signal.margin_at_risk_cents if self.signal else None

    def rate(self, *, usual_days: int) -> float:
        """Give the cents in danger for each minute that the contact is given."""
        need: float | None = self.at_risk_cents
        if need is None and self.signal:
            silent_days, gap_days = self.signal.silent_days or 0, self.signal.gap_days or usual_days
            need = at_stake(self.stake_cents or 0, silent_days=silent_days, usual_days=gap_days)
        return (need or 0) / max(self.minutes, 1)

    @property
    def phone(self) -> str:
        return (self.person.rings_at if self.person else "") or (self.customer.rings_at if self.customer else "")

    def suggestion(self, title: str) -> Suggestion:
        kind, subject, cycle = self.key.split(":", 2)
        customer_id = self.customer.pk if self.customer else None
        owner_id = None
        if customer_id is not None:
            recipient = (customer_id, self.person.pk if self.person else None)
            owner_id = caretakers.of([recipient])[recipient]
        return Suggestion(
            kind=kind, customer_id=customer_id, subject=int(subject), cycle=cycle, title=title, owner_id=owner_id
        )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """For whom and when the list is made."""

    today: date
    generation: Any  # the newest figures; None: there are none
    owner: Staff | None  # empty: everybody's
    most_ranked: int = 10**6  # names of those who may be lost, at most
    months: int  # without purchase, after which a customer without rhythm is suggested
    lengths: Lengths  # how long a contact is useful
    may: Callable[[str], bool] = lambda _right: False  # whether whoever asks has a right
    refused: Callable[[list[Item]], Mapping[str, Refusal]] = lambda _items: {}  # who may not be called: key → why
    now: datetime | None = None  # the moment, where it matters; otherwise noon of the day
    plan: Mapping[int, int] = field(default_factory=dict)  # minutes a month, by customer

    @property
    def moment(self) -> datetime:
        return self.now or timezone.make_aware(datetime.combine(self.today, NOON))

    def contact_minutes(self, customer_id: int) -> int:
        return self.lengths.contact(self.plan.get(customer_id, 0))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    How one kind of item is told, and found again.

    Args:
        name: the beginning of its keys; no two kinds have one.
        icon: what stands before it.
        words: why it is there, for eyes that may see so much of the money.
        title: the same for the day it becomes a task.
        again: subject and whoever asks → the item as it stands now; None where it does not.
        comes_back: whether one that was put off comes back as a task, though its own days are over by then.
    """

    name: str
    icon: str
    words: Callable[[Item, Sight], str]
    title: Callable[[Item], str]
    again: Callable[[int, Asked], Item | None] = lambda _subject, _asked: None
    comes_back: bool = False


@dataclass(frozen=True, kw_only=True)
class Entries:
    """
    What one app brings.

    Args:
        name: its name; no two have one.
        order: whose turn is first where room is scarce; no two have one number.
        kinds: of what kinds its items are.
        rows: whoever asks, and for how many there is room → what stands, without what has been dealt with.
        most: so many at a time; None: as there is room.
        right: what whoever sees them must be allowed to do; empty: working the list is enough.
    """

    name: str
    order: int
    kinds: tuple[Kind, ...]
    rows: Callable[[Asked, int], list[Item]]
    most: int | None = None
    right: str = ""

    def are_for(self, asked: Asked) -> bool:
        return not self.right or asked.may(self.right)


@cache
def entries() -> tuple[Entries, ...]:
    """Give what the apps declare, in their order."""
    return tuple(sorted(_declared(), key=lambda one: one.order))


@cache
def kinds() -> dict[str, Kind]:
    """Give all kinds of items by name."""
    return {kind.name: kind for one in entries() for kind in one.kinds}


def not_taken_up(found: list[Item], *, today: date) -> list[Item]:
    """Leave out what has been dealt with; one query."""
    done_with = queries.taken_up([item.key for item in found], today=today)
    return [item for item in found if item.key not in done_with]


def words(item: Item, *, sight: Sight = NO_MONEY) -> str:
    """Say why something stands on the list."""
    return kinds()[item.kind].words(item, sight)


def again(key: str, asked: Asked) -> Item | None:
    """Find one item again by its key; None where it no longer stands, or whoever asks may not see it."""
    name, _colon, rest = key.partition(":")
    subject, _colon, cycle = rest.partition(":")
    if not (number := given.row(subject)) or not cycle:
        return None
    mine = (kind for one in entries() if one.are_for(asked) for kind in one.kinds if kind.name == name)
    found = next((kind.again(number, asked) for kind in mine), None)
    return found if found and found.key == key else None


def known_task(key: str) -> Task | None:
    """Find a task by its key, or by its number where a person wrote it."""
    known = Task.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    kind, _colon, rest = key.partition(":")
    pk = rest.partition(":")[0]
    return Task.objects.filter(pk=given.row(pk), key=None).first() if kind == OWN else None


def task(key: str, asked: Asked, *, now: datetime, staff: Staff) -> Task | None:
    """Give what a key stands for as a task, made now if it was a suggestion; None where it no longer stands."""
    known = known_task(key)
    if known is not None or key.startswith(f"{OWN}:"):
        return known
    found = again(key, asked)
    if found is None:
        return None
    return services.take_up(found.suggestion(kinds()[found.kind].title(found)), now=now, staff=staff)


def _declared() -> Iterator[Entries]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.entries"):
            yield from getattr(import_module(f"{app.name}.entries"), "ENTRIES", ())
