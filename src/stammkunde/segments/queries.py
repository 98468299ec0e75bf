"""
The list of customers: filtered, sorted and paged by key, never counted by scanning.

Two ways lead to a page. Where few customers match (a bounded probe tells), exactly those are sorted. Where many match,
the index that has the order is walked, and the page is full soon. The stretches of a sorted list (`ui.lists`) are those
with a value, those without, and those who came after the figures were computed.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from stammkunde.customers import search
from stammkunde.customers.models import Customer
from stammkunde.segments import membership
from stammkunde.signals.models import CustomerSignal, Generation
from stammkunde.store import changes, kept
from stammkunde.team.policy import Sight
from stammkunde.ui import given, lists
from stammkunde.ui.lists import Keys, Page, Place

PAGE_ROWS = 50
FEW = 2000  # matches that are sorted exactly; with more, the list's own index is walked
MOST_CHOICES = 200
KEEP_SECONDS = 86400
TEXT_FILTERS = ("country", "region", "industry", "segment")

SORTS: dict[str, tuple[str, bool]] = {  # name → column, descending
    "value": ("value_rank", False),
    "turnover": ("revenue_rank", False),
    "at_risk": ("margin_at_risk_cents", True),
    "risk": ("risk", True),
    "expected": ("expected_cents", True),
    "revenue": ("revenue_year_cents", True),
    "last": ("last_on", True),
    "silent": ("last_on", False),
    "overdue": ("overdue_days", True),
    "name": ("name", False),
}
OPEN_SORTS = ("name", "last", "silent", "risk")  # that tell nothing about money


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which customers. Empty means: all of them."""

    q: str = ""
    stage: str = ""
    level: str = ""  # of risk
    abc: str = ""
    owner: str = ""  # the id of a member of staff, or "nobody"
    kind: str = ""
    multiplier: str = ""  # "yes"
    texts: tuple[tuple[str, str], ...] = ()  # country, region, industry, segment
    attributes: tuple[tuple[str, str], ...] = ()
    silent_before_on: date | None = None  # last purchase on this day or earlier
    ids: tuple[int, ...] | None = None  # those behind a figure
    group: str = ""  # the number of a group of customers
    group_on: date | None = None  # who was in it on the evening of this day; None: who is in it now

    @property
    def are_many_behind(self) -> bool:
        """Tell whether nothing is asked of customers but to stand behind a figure, and many do: no need to look."""
        return len(self.named or ()) > FEW and not self.q and not self.of_customers()

    @cached_property
    def named(self) -> Sequence[int] | None:
        """Name the customers that are meant one by one, behind a figure and in a group; None: all."""
        if not self.group:
            return self.ids
        found = self._members()
        return found if self.ids is None else sorted(set(found) & set(self.ids))

    def _members(self) -> list[int]:
        """Give who is in the group; nobody where there is none, and where it was not recorded yet."""
        segment_id = given.row(self.group)
        found = membership.members_on(segment_id, self.group_on) if self.group_on else membership.members(segment_id)
        return [] if found is None else [int(pk) for pk in found]

    def of_customers(self) -> Q:
        conditions = Q(**dict(self.texts)) if self.texts else Q()
        if self.kind:
            conditions &= Q(kind=self.kind)
        if self.multiplier:
            conditions &= Q(is_multiplier=True)
        if self.owner:
            conditions &= Q(owner=None) if self.owner == "nobody" else Q(owner=self.owner)
        for name, value in self.attributes:
            conditions &= Q(Exact(KeyTextTransform(name, "attributes"), value))
        return conditions

    def of_signals(self) -> Q:
        conditions = Q(stage=self.stage) if self.stage else Q()
        if self.level:
            conditions &= Q(risk_level=self.level)
        if self.abc:
            conditions &= Q(abc_class=self.abc)
        if self.silent_before_on:
            conditions &= Q(last_on__lte=self.silent_before_on)
        return conditions


@dataclass(frozen=True, kw_only=True)
class Row:
    customer: Customer
    signal: CustomerSignal | None


def sorts(sight: Sight) -> list[str]:
    """Give what the list may be sorted by: for whoever sees no figures, nothing that tells of money."""
    return [name for name in SORTS if sight.figures or name in OPEN_SORTS]


def page(
    filters: Filters,
    *,
    generation: Generation | None,
    sort: str = "value",
    after: Place | str | None = None,
    before: Place | str | None = None,
    size: int = PAGE_ROWS,
) -> Page:
    """
    Give one page of the list: from the start, after a place, or before one.

    :raises NoPlace: if what is given is none
    """
    matches = Matches.find(filters, generation=generation)
    found = lists.one_page(matches.stretches(sort), after=after, before=before, size=size)
    count = None if matches.ids is None else len(matches.ids)
    return replace(found, rows=load(found.rows, generation=generation), count=count)


def total(filters: Filters, *, generation: Generation | None) -> int:
    """Count the whole list."""
    matches = Matches.find(filters, generation=generation)
    return sum(stretch.rows.count() for stretch in matches.stretches("name"))


def every(filters: Filters, *, generation: Generation | None, sort: str, size: int = 1000) -> Iterator[list[Row]]:
    """Give the whole list in pieces; each is read by key, so that nothing is held meanwhile."""
    for some in ids(filters, generation=generation, sort=sort, size=size):
        yield load(some, generation=generation)


def ids(filters: Filters, *, generation: Generation | None, sort: str = "name", size: int = 500) -> Iterator[list[int]]:
    """Give the numbers of all who match, in pieces, whatever is written meanwhile."""
    return lists.every(Matches.find(filters, generation=generation).stretches(sort), size=size)


def load(ids: list[int], *, generation: Generation | None) -> list[Row]:
    """Read customers with their figures, in the order given."""
    customers = Customer.objects.select_related("owner").in_bulk(ids)
    signals = {
        signal.customer_id: signal for signal in CustomerSignal.objects.filter(generation=generation, customer__in=ids)
    }
    return [Row(customer=customers[pk], signal=signals.get(pk)) for pk in ids if pk in customers]


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Who matches: exactly these ids where they are few, otherwise the conditions themselves."""

    generation: Generation | None
    customers: QuerySet[Customer]
    signal_conditions: Q
    ids: list[int] | None = None
    conditions: Q = field(default_factory=Q)

    @classmethod
    def find(cls, filters: Filters, *, generation: Generation | None) -> "Matches":
        customers = search.matching(Customer.objects.filter(filters.of_customers()), filters.q)
        if filters.named is not None:
            customers = customers.filter(pk__in=among(filters.named))
        of_signals = filters.of_signals()
        narrows = bool(filters.q or filters.of_customers() or filters.named is not None)
        ids = None
        if of_signals or not filters.are_many_behind:
            ids = _few(customers if narrows else None, of_signals, generation=generation)
        return cls(generation=generation, customers=customers, signal_conditions=of_signals, ids=ids)

    def stretches(self, sort: str) -> list[Keys]:
        column, descending = SORTS[sort]
        if column == "name":
            return [Keys(rows=self._sortable(self._of_customers(), column), column="sorted")]
        signals = self._of_signals()
        valued = Keys(
            rows=self._sortable(signals.filter(**{f"{column}__isnull": False}), column),
            key="customer_id",
            column="sorted",
            descending=descending,
            key_descends=sort == "silent",  # the index is read from its end
        )
        others = Keys(rows=signals.filter(**{f"{column}__isnull": True}), key="customer_id")
        return [valued, others] if self.signal_conditions else [valued, others, self._newcomers()]

    def _newcomers(self) -> Keys:
        """Find the customers who came after the figures were computed."""
        last = _signals(self.generation).aggregate(last=Max("customer_id"))["last"] or 0
        return Keys(rows=self._of_customers().filter(pk__gt=last))

    def _of_customers(self) -> QuerySet[Customer]:
        if self.ids is not None:
            return Customer.objects.filter(pk__in=among(self.ids))
        if not self.signal_conditions:
            return self.customers
        theirs = _signals(self.generation).filter(self.signal_conditions, customer=OuterRef("pk"))
        return self.customers.filter(Exists(theirs))

    def _of_signals(self) -> QuerySet[CustomerSignal]:
        signals = _signals(self.generation)
        if self.ids is not None:
            return signals.filter(customer__in=among(self.ids))
        signals = signals.filter(self.signal_conditions)
        if not self.customers.query.where:
            return signals
        # Row by row: the page is full before all are read.
        return signals.filter(Exists(self.customers.filter(pk=OuterRef("customer_id"))))

    def _sortable(self, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
        """Name what sorts; among few, as an expression, so that no index tempts the database to walk it."""
        value = F(column) if self.ids is None else Coalesce(column, column)
        found: QuerySet[Any] = rows.annotate(sorted=value)
        return found


def _few(customers: QuerySet[Customer] | None, of_signals: Q, *, generation: Generation | None) -> list[int] | None:
    """Find those who match where they are few; None where they are many, or where nothing is asked."""
    ids = None if customers is None else _probe(customers.values_list("pk", flat=True))
    if not of_signals:
        return ids
    signals = _signals(generation).filter(of_signals).values_list("customer_id", flat=True)
    if ids is not None:
        return list(signals.filter(customer__in=among(ids)))
    ids = _probe(signals)
    if ids is None or customers is None:
        return ids
    return list(customers.filter(pk__in=among(ids)).values_list("pk", flat=True))


def _probe(keys: QuerySet[Any, int]) -> list[int] | None:
    ids = list(keys[: FEW + 1])
    return ids if len(ids) <= FEW else None


def _signals(generation: Generation | None) -> QuerySet[CustomerSignal]:
    return CustomerSignal.objects.filter(generation=generation) if generation else CustomerSignal.objects.none()


def among(ids: Iterable[int]) -> RawSQL:
    """Give ids as a table, however many they are."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))
    return RawSQL("SELECT value FROM json_each(%s)", (json.dumps(list(ids)),))


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What can be filtered by: the values that occur."""

    texts: dict[str, list[str]]
    attributes: dict[str, list[str]]


def choices() -> Choices:
    """Give the values that occur; kept until customers change. Attributes are those of the latest thousand."""
    version = changes.version("customers")
    return kept.or_made(f"customers:choices:{version}", _choices, seconds=KEEP_SECONDS)


def _choices() -> Choices:
    texts = {}
    for name in TEXT_FILTERS:
        values = Customer.objects.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
        texts[name] = list(values[:MOST_CHOICES])
    seen: dict[str, set[str]] = {}
    for attributes in Customer.objects.order_by("-pk").values_list("attributes", flat=True)[:1000]:
        for name, value in attributes.items():
            seen.setdefault(name, set()).add(str(value))
    attributes = {name: sorted(values)[:MOST_CHOICES] for name, values in sorted(seen.items())}
    return Choices(texts=texts, attributes=attributes)
