"""Everything about one customer, in a fixed number of queries, however much they bought."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Abs, ExtractYear
from django.utils import timezone

from stammkunde.calls.models import Call
from stammkunde.contacts import queries as contacts
from stammkunde.customers.models import Note
from stammkunde.insight.money import Money
from stammkunde.sales import history
from stammkunde.sales.models import Order
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation, StageChange
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry

TIMELINE_PAGE = 12
RECENT_YEARS = 6


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
        for row in history.lines(customer_id)
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


def known_rank(signal: CustomerSignal | None, generation: Generation | None) -> int | None:
    """Tell among how many the rank counts: all who ever bought. The last rank is their number."""
    if signal is None or signal.value_rank is None:
        return None
    ranked = CustomerSignal.objects.filter(generation=generation, value_rank__isnull=False)
    return ranked.order_by("-value_rank").values_list("value_rank", flat=True).first()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of the timeline: an order, a note, a task, a change, another stage, a warning, a call, or a contact."""

    at: datetime
    source: int  # which of them it comes from: what is of one moment keeps one order
    thing: Any

    @property
    def kind(self) -> str:
        return self.thing.kind if self.source == NOTES else KINDS[self.source]

    @property
    def place(self) -> tuple[datetime, int, int]:
        return self.at, -self.source, self.thing.pk


ORDERS, NOTES, TASKS, CHANGES, STAGES, WARNINGS, CALLS, CONTACTS = range(8)
KINDS = ("order", "", "task", "change", "stage", "warning", "call", "contact")


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
        (contacts.of_customer(customer_id).exclude(source__in=calls.values("contact_source")), "happened_at"),
    ]


_BACK = Sum("lines__revenue_cents", filter=Q(lines__kind__in=history.GIVEN_BACK))


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
