"""
The open warnings, each with what hangs on it and what has been done about it; paged by key.

What somebody does about a warning is kept under the key that the page "Today" has for the customer: who was put off or
is not relevant here is so there, too, and comes back after the next purchase, or with the next warning.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import CharField, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.queries import people_to_call
from stammkunde.signals import suggestions
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation
from stammkunde.store import kept
from stammkunde.tasks.models import Task
from stammkunde.tasks.queries import OWN
from stammkunde.tasks.services import Suggestion
from stammkunde.ui import lists
from stammkunde.ui.lists import Keys, Page, Place

PAGE_ROWS = 25
FEW = 2000  # that are sorted exactly; with more, the index is walked
KEEP_SECONDS = 7 * 86400
WARNED = (CustomerSignal.Level.RED, CustomerSignal.Level.AMBER)
SORTS: dict[str, tuple[str, bool]] = {  # name → column, descending
    "at_risk": ("margin_at_risk_cents", True),
    "risk": ("risk", True),
    "since": ("warned_on", False),
    "silent": ("last_on", False),
}
OF_WARNINGS = ("since", "silent")  # of which the warnings have indexes: an open one knows the last purchase, too
TODO, ASIDE, EVERY = "todo", "aside", "all"
STATES = (TODO, ASIDE, EVERY)
Thing = TypeVar("Thing")
AnyRow = TypeVar("AnyRow", CustomerSignal, EarlyWarning)


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
    called = people_to_call(customer_ids, today=generation.as_of_on)
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
    """
    Count the open warnings that are asked for, and sum up what is at stake.

    All of them are counted once a data refresh; what has been dealt with since is few, and taken off.
    """
    if filters.state == ASIDE:
        return _total(_by_level(_matching(_open(generation), filters, on=on)))
    found = _every(filters, generation=generation, on=on)
    if filters.state == EVERY:
        return _total(found)
    aside = _by_level(_matching(_open(generation), replace(filters, state=ASIDE), on=on))
    return _total({level: of.less(aside.get(level, Sums())) for level, of in found.items()})


@dataclass(frozen=True)
class Sums:
    """How many warnings, of how many of them the stake is known, and how much that is."""

    warnings: int = 0
    known: int = 0
    cents: int = 0

    def less(self, others: "Sums") -> "Sums":
        return Sums(self.warnings - others.warnings, self.known - others.known, self.cents - others.cents)


def _every(filters: Filters, *, generation: Generation, on: date) -> dict[str, Sums]:
    """Count all open warnings; kept until a warning or the generation changes, but not by whose they are."""

    def count() -> dict[str, Sums]:
        return _by_level(_matching(_open(generation), replace(filters, state=EVERY), on=on))

    return count() if filters.owner else _kept(generation, f"open:{filters.level}:{filters.abc}", count)


def _kept(generation: Generation, name: str, make: Callable[[], Thing]) -> Thing:
    """Make it once per generation, and anew where warnings are gone: an import undone takes them along."""
    warnings = EarlyWarning.objects.filter(outcome=EarlyWarning.Outcome.OPEN).count()
    key = f"warnings:{generation.pk}:{generation.started_at.timestamp()}:{warnings}:{name}"
    return kept.or_made(key, make, seconds=KEEP_SECONDS)


def _by_level(rows: QuerySet[CustomerSignal]) -> dict[str, Sums]:
    stake = "margin_at_risk_cents"
    found = rows.order_by().values_list("risk_level").annotate(Count("pk"), Count(stake), Sum(stake, default=0))
    return {level: Sums(*of) for level, *of in found}


def _total(found: Mapping[str, Sums]) -> Total:
    known = sum(of.known for of in found.values())
    return Total(
        levels={level: of.warnings for level, of in found.items() if of.warnings},
        at_risk_cents=sum(of.cents for of in found.values()) if known else None,
    )


def ended_as_left(generation: Generation) -> int:
    """Count who is red or amber without a warning: one in the same silence has ended as "left"."""
    left = EarlyWarning.objects.filter(
        customer=OuterRef("customer"), outcome=EarlyWarning.Outcome.LEFT, last_on=OuterRef("last_on")
    )
    rows = CustomerSignal.objects.filter(generation=generation, risk_level__in=WARNED)
    return _kept(generation, "left", lambda: rows.filter(Exists(left)).count())


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
    """Sort the warnings; where few are left by the filters, exactly those, or else along the index."""
    column, descending = SORTS[sort]
    rows: QuerySet[Any] = _matching(_open(generation), filters, on=on)
    few = _few(rows) if filters != Filters() else None
    if few is None and sort in OF_WARNINGS:
        rows = _along_warnings(filters, generation=generation, on=on).annotate(sorted=F(column))
    elif few is None:
        rows = rows.annotate(sorted=F(column))
    else:  # as an expression, so that no index tempts the database to walk it
        rows = _open(generation).filter(customer__in=few).annotate(sorted=Coalesce(column, column))
    return [
        Keys(
            rows=rows.filter(**{f"{column}__isnull": False}), key="customer_id", column="sorted", descending=descending
        ),
        Keys(rows=rows.filter(**{f"{column}__isnull": True}), key="customer_id"),
    ]


def _along_warnings(filters: Filters, *, generation: Generation, on: date) -> QuerySet[EarlyWarning]:
    """Find the warnings themselves, row by row, so that an index of theirs is walked until the page is full."""
    theirs = CustomerSignal.objects.filter(_of_signals(filters), generation=generation, customer=OuterRef("customer"))
    opened = EarlyWarning.objects.filter(Exists(theirs), outcome=EarlyWarning.Outcome.OPEN)
    return _dealt_with(opened, filters, on=on)


def _few(rows: QuerySet[CustomerSignal]) -> list[int] | None:
    """Find whom they are about where they are few; None where they are many."""
    ids = list(rows.order_by().values_list("customer_id", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None


def _matching(rows: QuerySet[CustomerSignal], filters: Filters, *, on: date) -> QuerySet[CustomerSignal]:
    return _dealt_with(rows.filter(_of_signals(filters)), filters, on=on)


def _of_signals(filters: Filters) -> Q:
    asked = {"risk_level": filters.level, "abc_class": filters.abc}
    return Q(**{column: value for column, value in asked.items() if value})


def _dealt_with(rows: QuerySet[AnyRow], filters: Filters, *, on: date) -> QuerySet[AnyRow]:
    """Choose among signals or warnings by whose they are, and by what has been done about them."""
    if filters.owner:
        rows = rows.filter(customer__owner=None if filters.owner == "nobody" else int(filters.owner))
    if filters.state == EVERY:
        return rows
    aside = Exists(_about_it().filter(_set_aside(on)))
    if filters.state == TODO:
        return rows.filter(~aside)
    about = Task.objects.filter(_set_aside(on), customer__isnull=False).values("customer")
    return rows.filter(aside, customer__in=about)  # so that these few are looked at, and not all


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
