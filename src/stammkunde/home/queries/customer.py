"""Everything about one customer, in a fixed number of queries, however much they bought."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Count, F, Min, Prefetch, Q, QuerySet, Sum, When
from django.db.models.functions import Abs, ExtractYear
from django.utils import timezone

from stammkunde.calls.models import Call
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.insight.money import Money
from stammkunde.sales.models import Line, Order
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation, StageChange
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry

ORDERS_PAGE = 10
TIMELINE_PAGE = 12
MOST_FAVOURITES = 5
RECENT_YEARS = 6
NOT_CANCELLED = ~Q(order__status=Order.Status.CANCELLED)
GIVEN_BACK = (Line.Kind.RETURN, Line.Kind.CANCELLATION)


def customer(customer_id: int) -> Customer | None:
    return Customer.objects.select_related("owner").filter(pk=customer_id).first()


def people(customer_id: int) -> list[ContactPerson]:
    """Give the contact persons with what matters to each, latest first, and who wrote it."""
    matters = Note.objects.filter(kind=Note.Kind.MATTERS).select_related("author")
    persons = ContactPerson.objects.filter(customer=customer_id)
    return list(persons.prefetch_related(Prefetch("notes", queryset=matters, to_attr="matters")))


def matters_to_customer(customer_id: int) -> list[Note]:
    """Give what matters to the customer as a whole (a private person has no contact persons)."""
    notes = Note.objects.filter(customer=customer_id, kind=Note.Kind.MATTERS, contact_person=None)
    return list(notes.select_related("author"))


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    orders: list[Order]  # each with `all_lines`, `revenue_cents` and `given_back_cents`
    next_place: str = ""


def orders(customer_id: int, *, place: str = "", size: int = ORDERS_PAGE) -> OrderPage:
    """Give a page of orders, latest first, with their lines; cancelled orders are shown and count nothing."""
    lines = Line.objects.select_related("product").order_by("pk")
    found = Order.objects.filter(customer=customer_id).order_by("-ordered_at", "-pk")
    before = _read_place(place)
    if before:
        at, pk = before
        found = found.filter(Q(ordered_at__lt=at) | Q(ordered_at=at, pk__lt=pk))
    page = list(found.prefetch_related(Prefetch("lines", queryset=lines, to_attr="all_lines"))[: size + 1])
    more, page = len(page) > size, page[:size]
    for order in page:
        order.revenue_cents = sum(line.revenue_cents for line in order.all_lines)
        for line in order.all_lines:
            line.margin_cents = None if line.cost_cents is None else line.revenue_cents - line.cost_cents
        order.given_back_cents = sum(line.revenue_cents for line in order.all_lines if line.kind in GIVEN_BACK)
    last = f"{page[-1].ordered_at.isoformat()}|{page[-1].pk}" if more else ""
    return OrderPage(orders=page, next_place=last)


def _read_place(place: str) -> tuple[datetime, int] | None:
    moment, _bar, pk = place.partition("|")
    try:
        return datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Year:
    year: int
    revenue_cents: int
    margin_cents: int | None
    orders: int


def years(customer_id: int) -> list[Year]:
    """Give revenue and margin of the latest years, oldest first; a year between without orders is there with zero."""
    found = {
        row["year"]: row
        for row in _lines(customer_id)
        .annotate(year=ExtractYear("order__ordered_on"))
        .values("year")
        .annotate(orders=Count("order", distinct=True), **_sums())
    }
    if not found:
        return []
    last = max(found)
    span = range(max(min(found), last - RECENT_YEARS + 1), last + 1)
    return [_year(year, found.get(year)) for year in span]


def _year(year: int, row: dict[str, Any] | None) -> Year:
    if row is None:
        return Year(year=year, revenue_cents=0, margin_cents=None, orders=0)
    return Year(year=year, revenue_cents=row["revenue"], margin_cents=_margin(row), orders=row["orders"])


def _sums() -> dict[str, Any]:
    known = Q(cost_cents__isnull=False)
    return {
        "revenue": Sum("revenue_cents"),
        "turned": Sum(Abs("revenue_cents")),
        "costed": Sum(Abs("revenue_cents"), filter=known, default=0),
        "margin": Sum(F("revenue_cents") - F("cost_cents"), filter=known, default=0),
    }


def _margin(row: dict[str, Any]) -> int | None:
    """Give the margin where the cost of nearly all is known, as everywhere in the product."""
    money = Money(
        revenue_cents=row["revenue"],
        turned_cents=row["turned"],
        costed_cents=row["costed"],
        margin_cents=row["margin"],
    )
    return money.margin_cents if money.margin_known else None


@dataclass(frozen=True, kw_only=True)
class Purchase:
    on: date
    revenue_cents: int


def purchases(customer_id: int) -> list[Purchase]:
    """Give the days with a sale, oldest first, with what was sold."""
    days = (
        _lines(customer_id)
        .filter(kind=Line.Kind.SALE)
        .values_list("order__ordered_on")
        .annotate(Sum("revenue_cents"))
        .order_by("order__ordered_on")
    )
    return [Purchase(on=on, revenue_cents=cents) for on, cents in days]


@dataclass(frozen=True, kw_only=True)
class Favourite:
    name: str
    revenue_cents: int
    days: int  # on how many days it was bought
    product_id: int | None = None


def favourite_products(customer_id: int) -> list[Favourite]:
    sold = _lines(customer_id).filter(kind=Line.Kind.SALE, product__kind="product")
    rows = sold.values("product", "product__name").annotate(cents=Sum("revenue_cents"), days=_DAYS)
    return [
        Favourite(name=row["product__name"], revenue_cents=row["cents"], days=row["days"], product_id=row["product"])
        for row in rows.order_by("-days", "-cents", "product")[:MOST_FAVOURITES]
    ]


def favourite_categories(customer_id: int) -> list[Favourite]:
    sold = _lines(customer_id).filter(kind=Line.Kind.SALE, product__kind="product").exclude(product__category="")
    rows = sold.values("product__category").annotate(cents=Sum("revenue_cents"), days=_DAYS)
    return [
        Favourite(name=row["product__category"], revenue_cents=row["cents"], days=row["days"])
        for row in rows.order_by("-cents", "product__category")[:MOST_FAVOURITES]
    ]


_DAYS = Count("order__ordered_on", distinct=True)


@dataclass(frozen=True, kw_only=True)
class Service:
    """How we served this customer: what was late, what came back."""

    promised: int
    late: int
    returned_lines: int
    returned_cents: int
    first_on: date | None


def service(customer_id: int) -> Service:
    late = Q(delivered_on__gt=F("promised_on"))
    deliveries = (
        Order.objects.filter(customer=customer_id)
        .exclude(status=Order.Status.CANCELLED)
        .aggregate(
            promised=Count("pk", filter=Q(promised_on__isnull=False, delivered_on__isnull=False)),
            late=Count("pk", filter=late),
            first_on=Min("ordered_on"),
        )
    )
    back = _lines(customer_id).filter(kind__in=GIVEN_BACK).aggregate(lines=Count("pk"), cents=Sum("revenue_cents"))
    return Service(**deliveries, returned_lines=back["lines"], returned_cents=-(back["cents"] or 0))


def _lines(customer_id: int) -> QuerySet[Line]:
    return Line.objects.filter(NOT_CANCELLED, order__customer=customer_id).order_by()


def known_rank(signal: CustomerSignal | None, generation: Generation | None) -> int | None:
    """Tell among how many the rank counts: all who ever bought. The last rank is their number."""
    if signal is None or signal.value_rank is None:
        return None
    ranked = CustomerSignal.objects.filter(generation=generation, value_rank__isnull=False)
    return ranked.order_by("-value_rank").values_list("value_rank", flat=True).first()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of the timeline: an order, a note, a task, a change, another stage, a warning, or a call."""

    at: datetime
    source: int  # which of them it comes from: what is of one moment keeps one order
    thing: Any

    @property
    def kind(self) -> str:
        return self.thing.kind if self.source == NOTES else KINDS[self.source]

    @property
    def place(self) -> tuple[datetime, int, int]:
        return self.at, -self.source, self.thing.pk


ORDERS, NOTES, TASKS, CHANGES, STAGES, WARNINGS, CALLS = range(7)
KINDS = ("order", "", "task", "change", "stage", "warning", "call")


@dataclass(frozen=True, kw_only=True)
class Timeline:
    events: list[Event]
    next_place: str = ""


SHOWN_ACTIONS = (
    "customer.created",
    "customer.changed",
    "contact_person.created",
    "contact_person.changed",
    "contact_person.removed",
    "contact_person.restored",
    "consent.asked",
    "consent.confirmed",
    "consent.recorded",
    "consent.withdrawn",
    "preference.changed",
)


def timeline(customer_id: int, *, place: str = "", size: int = TIMELINE_PAGE) -> Timeline:
    """Give what happened, latest first, from a place on."""
    events = [
        Event(at=_moment(getattr(thing, moment)), source=source, thing=thing)
        for source, (rows, moment) in enumerate(_sources(customer_id))
        for thing in _latest(rows, moment, source, before=_read_moment(place), limit=size + 1)
    ]
    events.sort(key=lambda event: event.place, reverse=True)
    if len(events) <= size:
        return Timeline(events=events)
    at, source, pk = events[size - 1].place
    return Timeline(events=events[:size], next_place=f"{at.isoformat()}|{-source}|{pk}")


def _moment(when: date) -> datetime:
    """Give a moment; what is known of a day only stands at its beginning."""
    return when if isinstance(when, datetime) else timezone.make_aware(datetime.combine(when, time.min))


def _read_moment(place: str) -> tuple[datetime, int, int] | None:
    try:
        moment, source, pk = place.split("|")
        return datetime.fromisoformat(moment), int(source), int(pk)
    except ValueError:
        return None


def _sources(customer_id: int) -> list[tuple[QuerySet, str]]:
    """Give what the timeline is made of, with the moment that counts; in the order of their numbers."""
    orders = Order.objects.filter(customer=customer_id)
    notes = Note.objects.filter(customer=customer_id).select_related("author", "contact_person")
    calls = Call.objects.filter(customer=customer_id, undone_at=None)
    tasks = Task.objects.filter(customer=customer_id).exclude(pk__in=calls.exclude(task=None).values("task"))
    tasks = tasks.select_related("owner", "finished_by")  # those finished by a call are told by it
    changes = AuditEntry.objects.filter(thing="customer", thing_id=customer_id, action__in=SHOWN_ACTIONS)
    return [
        (orders.annotate(cents=Sum("lines__revenue_cents"), given_back=_BACK), "ordered_at"),
        (notes, "created_at"),
        (tasks.annotate(moment=Case(When(finished_at=None, then="created_at"), default="finished_at")), "moment"),
        (changes.select_related("staff"), "at"),
        (StageChange.objects.filter(customer=customer_id), "changed_on"),
        (EarlyWarning.objects.filter(customer=customer_id), "warned_on"),
        (calls.select_related("staff", "contact_person", "task"), "happened_at"),
    ]


_BACK = Sum("lines__revenue_cents", filter=Q(lines__kind__in=GIVEN_BACK))


def _latest(
    rows: QuerySet, moment: str, source: int, *, before: tuple[datetime, int, int] | None, limit: int
) -> QuerySet:
    if before:
        at, at_source, pk = before
        end = timezone.localdate(at) if source in {STAGES, WARNINGS} else at
        earlier = Q(**{f"{moment}__lt": end})
        if at > _moment(end):  # later on a day that such an entry begins
            earlier |= Q(**{moment: end})
        elif source >= at_source:
            same = Q(**{moment: end})
            earlier |= same & Q(pk__lt=pk) if source == at_source else same
        rows = rows.filter(earlier)
    return rows.order_by(f"-{moment}", "-pk")[:limit]
