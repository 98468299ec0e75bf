"""
The open warnings, each with what hangs on it and what has been done about it; paged by key.

What somebody does about a warning is kept under the key that the page "Today" has for the customer: who was put off or
is not relevant here is so there, too, and comes back after the next purchase, or with the next warning.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.queries import people_to_call
from stammkunde.signals import suggestions
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import OWN
from stammkunde.tasks.services import Suggestion
from stammkunde.ui import lists
from stammkunde.ui.lists import Keys, Page, Place

PAGE_ROWS = 25
WARNED = (CustomerSignal.Level.RED, CustomerSignal.Level.AMBER)
SORTS: dict[str, tuple[str, bool]] = {  # name → column, descending
    "at_risk": ("margin_at_risk_cents", True),
    "risk": ("risk", True),
    "since": ("warned_on", False),
    "silent": ("silent_days", True),
}
TODO, ASIDE, EVERY = "todo", "aside", "all"
STATES = (TODO, ASIDE, EVERY)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which warnings. Empty means: all of them."""

    level: str = ""
    abc: str = ""
    owner: str = ""  # the id of a member of staff, or "nobody"
    state: str = TODO


@dataclass(frozen=True, kw_only=True)
class Row:
    """One open warning: about whom, why, since when, and what has been done."""

    customer: Customer
    signal: CustomerSignal
    warning: EarlyWarning
    person: ContactPerson | None = None  # whom to call
    task: Task | None = None

    @property
    def phone(self) -> str:
        return (self.person.phone if self.person else "") or self.customer.phone

    def state(self, *, on: date) -> str:
        """Say what has been done: "" (nothing), task, snoozed, done or dismissed."""
        if self.task is None:
            return ""
        if self.task.state != Task.State.OPEN:
            return self.task.state
        if self.task.snoozed_until_on and self.task.snoozed_until_on > on:
            return "snoozed"
        return "task" if self.task.kind == OWN else ""

    def suggestion(self, title: str) -> Suggestion:
        """Give what becomes a task once somebody acts on the warning."""
        kind, _pk, cycle = suggestions.key_of(self.signal, warned_on=self.warning.warned_on).split(":")
        return Suggestion(
            kind=kind, customer_id=self.customer.pk, cycle=cycle, title=title, owner_id=self.customer.owner_id
        )


@dataclass(frozen=True, kw_only=True)
class Total:
    """How many warnings are open, by level, and what is at stake."""

    levels: dict[str, int]
    at_risk_cents: int | None

    @property
    def customers(self) -> int:
        return sum(self.levels.values())


def page(
    filters: Filters,
    *,
    generation: Generation,
    on: date,
    sort: str = "at_risk",
    after: Place | str | None = None,
    before: Place | str | None = None,
    size: int = PAGE_ROWS,
) -> Page:
    """
    Give one page of the open warnings: from the start, after a place, or before one.

    :raises NoPlace: if what is given is none
    """
    stretches = _stretches(filters, generation=generation, on=on, sort=sort)
    found = lists.one_page(stretches, after=after, before=before, size=size)
    return replace(found, rows=load(found.rows, generation=generation))


def every(filters: Filters, *, generation: Generation, on: date, sort: str, size: int = 1000) -> Iterator[list[Row]]:
    """Give all of them in pieces."""
    for some in lists.every(_stretches(filters, generation=generation, on=on, sort=sort), size=size):
        yield load(some, generation=generation)


def load(customer_ids: list[int], *, generation: Generation) -> list[Row]:
    """Read open warnings with all that is shown of them, in the order given; five queries."""
    customers = Customer.objects.select_related("owner").in_bulk(customer_ids)
    warnings = _by_customer(EarlyWarning.objects.filter(customer__in=customer_ids, outcome=EarlyWarning.Outcome.OPEN))
    signals = _by_customer(CustomerSignal.objects.filter(customer__in=customer_ids, generation=generation))
    tasks = _by_customer(_tasks(signals, warnings))
    called = people_to_call(customer_ids)
    return [
        Row(
            customer=customers[pk],
            signal=signals[pk],
            warning=warnings[pk],
            person=called.get(pk),
            task=tasks.get(pk),
        )
        for pk in customer_ids
        if pk in customers and pk in warnings and pk in signals
    ]


def of_customer(customer_id: int, *, generation: Generation | None) -> Row | None:
    """Give the open warning about a customer."""
    found = load([customer_id], generation=generation) if generation else []
    return found[0] if found else None


def open_of(customer_id: int) -> EarlyWarning | None:
    """Give the open warning about a customer, and nothing else of it."""
    return EarlyWarning.objects.filter(customer=customer_id, outcome=EarlyWarning.Outcome.OPEN).first()


def summed(filters: Filters, *, generation: Generation, on: date) -> Total:
    """Count the open warnings that are asked for, and sum up what is at stake."""
    found = _matching(_open(generation), filters, on=on)
    rows = found.values("risk_level").annotate(n=Count("pk"), cents=Sum("margin_at_risk_cents"))
    levels, known = dict[str, int](), list[int]()
    for row in rows.order_by():
        levels[row["risk_level"]] = row["n"]
        known += [] if row["cents"] is None else [row["cents"]]
    return Total(levels=levels, at_risk_cents=sum(known) if known else None)


def ended_as_left(generation: Generation) -> int:
    """Count who is red or amber without a warning: one in the same silence has ended as "left"; one query."""
    left = EarlyWarning.objects.filter(
        customer=OuterRef("customer"), outcome=EarlyWarning.Outcome.LEFT, last_on=OuterRef("last_on")
    )
    rows = CustomerSignal.objects.filter(generation=generation, risk_level__in=WARNED)
    return rows.filter(Exists(left)).count()


def is_any_open(generation: Generation) -> bool:
    """Tell whether any warning is open; one query."""
    return _open(generation).exists()


@dataclass(frozen=True, kw_only=True)
class Since:
    """What has happened to warnings since an earlier day."""

    on: date
    opened: int
    closed: int
    bought: int  # of the closed

    @property
    def is_quiet(self) -> bool:
        return not self.opened and not self.closed


def since(generation: Generation) -> Since | None:
    """Count the warnings given and closed since last time; None on the first day; one query."""
    if generation.before_on is None:
        return None
    later = Q(closed_on__gt=generation.before_on, closed_on__lte=generation.as_of_on)
    given = Q(warned_on__gt=generation.before_on, warned_on__lte=generation.as_of_on)
    counts = EarlyWarning.objects.aggregate(
        opened=Count("pk", filter=given),
        closed=Count("pk", filter=later),
        bought=Count("pk", filter=later & Q(outcome=EarlyWarning.Outcome.BOUGHT)),
    )
    return Since(on=generation.before_on, **counts)


def _open(generation: Generation) -> QuerySet[CustomerSignal]:
    """Find the customers about whom a warning is open, with the day on which it was given."""
    about = Q(customer__warnings__outcome=EarlyWarning.Outcome.OPEN)
    signals = CustomerSignal.objects.filter(generation=generation)
    warned = signals.annotate(warning=FilteredRelation("customer__warnings", condition=about))
    return warned.filter(warning__isnull=False).annotate(warned_on=F("warning__warned_on"))


def _stretches(filters: Filters, *, generation: Generation, on: date, sort: str) -> list[Keys]:
    column, descending = SORTS[sort]
    rows = _matching(_open(generation), filters, on=on)
    known = rows.filter(**{f"{column}__isnull": False})
    return [
        Keys(rows=known, key="customer_id", column=column, descending=descending),
        Keys(rows=rows.filter(**{f"{column}__isnull": True}), key="customer_id"),
    ]


def _matching(rows: QuerySet[CustomerSignal], filters: Filters, *, on: date) -> QuerySet[CustomerSignal]:
    if filters.level:
        rows = rows.filter(risk_level=filters.level)
    if filters.abc:
        rows = rows.filter(abc_class=filters.abc)
    if filters.owner:
        rows = rows.filter(customer__owner=None if filters.owner == "nobody" else int(filters.owner))
    if filters.state == EVERY:
        return rows
    aside = Exists(_about_it().filter(_set_aside(on)))
    return rows.filter(aside if filters.state == ASIDE else ~aside)


def _about_it() -> QuerySet[Task]:
    """Find what was done about a warning: the key of a task ends with the last purchase, or with the warning's day."""
    ends = [Q(key__endswith=Cast(OuterRef(day), CharField())) for day in ("last_on", "warned_on")]
    return Task.objects.filter(ends[0] | ends[1], customer=OuterRef("customer"))


def _set_aside(on: date) -> Q:
    """Done, not relevant, or put off to a later day."""
    return ~Q(state=Task.State.OPEN) | Q(snoozed_until_on__gt=on)


def _tasks(signals: Mapping[int, CustomerSignal], warnings: Mapping[int, EarlyWarning]) -> list[Task]:
    keys = [
        f"{kind}:{pk}:{cycle}"
        for pk, signal in signals.items()
        for kind in suggestions.RANKED
        for cycle in (signal.last_on, warnings[pk].warned_on if pk in warnings else None)
    ]
    return list(Task.objects.filter(key__in=keys).select_related("owner", "finished_by").order_by("pk"))


def _by_customer(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.customer_id: row for row in rows}
