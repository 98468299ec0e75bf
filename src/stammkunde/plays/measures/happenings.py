"""Rows of facts as what begins a measure, what somebody waits for, and what is the goal."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stammkunde.contacts import queries as contacts
from stammkunde.plays import groups
from stammkunde.plays.contents import Happening
from stammkunde.sales import history
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from stammkunde.store.facts import FactTable, NotDeclared

ORDERS, TASKS = "orders", "tasks"
_ALL = Q()
_OF_BOTH_SIDES = {"contacts": contacts.OF_BOTH_SIDES}
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened with a customer; `at` is known where more than the day is."""

    customer_id: int
    source: str
    on: date
    at: datetime | None
    row: int
    of: str = ""  # the play that made it: one of its own tasks

    def is_after(self, moment: datetime) -> bool:
        """Tell whether it happened after a moment: on a later day, or later on the same if its own moment is known."""
        day = timezone.localdate(moment)
        return self.on > day or (self.on == day and self.at is not None and self.at > moment)

    def moment(self) -> datetime:
        """Give when it happened; where only the day is known, its end."""
        return self.at or _begin(self.on + timedelta(days=1)) - timedelta(microseconds=1)


def can_be_asked(name: str) -> bool:
    """Tell whether a table's rows are about customers and have a day."""
    try:
        table = facts.table(name)
    except NotDeclared:
        return False
    return bool(table.month_of and _is_about_customers(table))


def theirs(what: Happening, *, on: date, now: datetime, customer_ids: Collection[int]) -> Iterator[Fact]:
    """
    Give what happened with some customers on a day or later that they had a part in, as `since` gives it.

    What we send is a contact, too; as a goal it would be reached by contacting alone.
    """
    counts = _OF_BOTH_SIDES.get(what.table, Q())
    yield from since(what, on=on, now=now, customer_ids=customer_ids, counts=counts)


def since(
    what: Happening,
    *,
    on: date,
    now: datetime,
    customer_ids: Collection[int] | None = None,
    counts: Q = _ALL,
) -> Iterator[Fact]:
    """
    Give what happened on a day or later, with some customers or with all, the earliest first.

    What is dated ahead, as an order for next week, has not happened yet.
    """
    table = facts.table(what.table)
    span = (on, timezone.localdate(now))
    rows = _counting(table).filter(**{f"{table.month_of}__range": span, "customer__isnull": False})
    rows = rows.filter(counts)
    if customer_ids is not None:
        rows = rows.filter(customer__in=customer_ids)
    found = _facts(table, rows.order_by(table.month_of, "pk"))
    yield from _that(what, list(found), now=now) if what.where else found


def _that(what: Happening, found: Sequence[Fact], *, now: datetime) -> Iterator[Fact]:
    """Keep the rows that the conditions ask for."""
    ids = sorted({fact.customer_id for fact in found})
    fitting: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        fitting |= groups.rows_that(what.table, what.where, ids[start : start + AT_ONCE], now=now)
    yield from (fact for fact in found if fact.row in fitting)


def dated(
    table: FactTable, column: str, days: Collection[date], *, customer_ids: Collection[int] | None = None
) -> Iterator[Fact]:
    """Give the rows with one of these days in a column; the customers themselves are rows, too."""
    rows = table.rows().filter(**{f"{column}__in": days}).order_by("pk")
    whose = "pk" if table.name == "customers" else "customer_id"
    rows = rows if customer_ids is None else rows.filter(**{f"{whose}__in": customer_ids})
    for one in rows.exclude(**{whose: None}).iterator():
        yield Fact(
            customer_id=getattr(one, whose), source=_source(table, one), on=getattr(one, column), at=None, row=one.pk
        )


def there(name: str, sources: Collection[str]) -> set[str]:
    """Tell which rows, by their source, are still there and count."""
    table = facts.table(name)
    rows = _counting(table)
    if table.has_source:
        return {f"{name}:{one}" for one in rows.filter(source__in=_bare(sources)).values_list("source", flat=True)}
    numbers = [int(one) for one in _bare(sources) if one.isdecimal()]
    return {f"{name}:{one}" for one in rows.filter(pk__in=numbers).values_list("pk", flat=True)}


def table_of(source: str) -> str:
    """Name the table of what began something; empty where that is no fact."""
    name = source.partition(":")[0]
    return name if name in facts.every() else ""


def values(name: str, row: int, columns: Iterable[str]) -> dict[str, str]:
    """Write down columns of a row that travel along."""
    there = {one.name for one in facts.table(name).model._meta.concrete_fields}  # noqa: SLF001 (how Django is asked)
    wanted = [one for one in columns if one in there]
    found = facts.table(name).rows().filter(pk=row).values(*wanted).first() if wanted else None
    return {column: str(value) for column, value in (found or {}).items() if value is not None}


def _counting(table: FactTable) -> "QuerySet[Any]":
    """Give the rows that count as having happened: of orders those that sold something and were not cancelled."""
    rows = table.rows().filter(table.counting)
    if table.name != ORDERS:
        return rows
    sold = Line.objects.filter(history.SOLD, order=OuterRef("pk"))
    return rows.filter(Exists(sold)).exclude(status=Order.Status.CANCELLED)


def _facts(table: FactTable, rows: "QuerySet[Any]") -> Iterator[Fact]:
    moment = _moment_of(table)
    columns = [
        "pk",
        "customer_id",
        table.month_of,
        *([moment] if moment else []),
        *(["source"] if table.has_source else []),
        *(["key"] if table.name == TASKS else []),
    ]
    for one in rows.values(*columns).iterator(chunk_size=AT_ONCE):
        at = one.get(moment) if moment else None
        yield Fact(
            customer_id=one["customer_id"],
            source=f"{table.name}:{one.get('source') or one['pk']}",
            on=one[table.month_of],
            at=at if at and timezone.localtime(at).time() != time() else None,  # midnight: only the day is known
            row=one["pk"],
            of=_play_of(one.get("key") or ""),
        )


def _play_of(key: str) -> str:
    """Name the play whose task has a key, as `Play.origin` does; empty: it is none of a play."""
    name, number, *_rest = [*key.split(":"), ""]
    return f"{name}:{number}" if name == "play" else ""


def _moment_of(table: FactTable) -> str:
    """Name the column with the moment beside the column with the day; empty where there is none."""
    name = f"{table.month_of.removesuffix('_on')}_at"
    return name if name in {one.name for one in table.model._meta.concrete_fields} else ""  # noqa: SLF001 (how Django is asked)


def _is_about_customers(table: FactTable) -> bool:
    return any(one.name == "customer" for one in table.model._meta.concrete_fields)  # noqa: SLF001 (how Django is asked)


def _source(table: FactTable, row: Any) -> str:
    return f"{table.name}:{row.source if table.has_source else row.pk}"


def _bare(sources: Collection[str]) -> list[str]:
    return [one.partition(":")[2] for one in sources]


def _begin(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
