"""Rows of facts as what begins a measure, what somebody waits for, and what is the goal."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stammkunde.contacts import queries as contacts
from stammkunde.plays import groups
from stammkunde.plays.contents import Happening
from stammkunde.plays.contents.parts import CUSTOMERS
from stammkunde.plays.measures import days
from stammkunde.sales import history
from stammkunde.sales.models import Line, Order
from stammkunde.store import facts
from stammkunde.store.facts import FactTable, NotDeclared
from stammkunde.tasks.models import Task

ORDERS = "orders"
_ALL = Q()
_OF_BOTH_SIDES = {"contacts": contacts.OF_BOTH_SIDES}
AT_ONCE = 500
OLDEST_THING = timedelta(days=800)  # what is about what began a measure is looked for so far back


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened with a customer; `at` is known where more than the day is."""

    customer_id: int
    source: str
    on: date
    at: datetime | None
    row: int
    of: str = ""  # the play that made it: one of its own tasks
    column: str = ""  # the day of the row, where it is another one than usual
    about: str = ""  # the source of the row that it is about, where that was asked

    def is_after(self, moment: datetime) -> bool:
        """Tell whether it happened after a moment: on a later day, or later on the same if its own moment is known."""
        day = timezone.localdate(moment)
        return self.on > day or (self.on == day and self.at is not None and self.at > moment)

    def moment(self) -> datetime:
        """Give when it happened; where only the day is known, its end."""
        return self.at or days.begin(self.on + timedelta(days=1)) - timedelta(microseconds=1)


def can_be_asked(what: Happening) -> bool:
    """Tell whether a table's rows are about customers and have the day on which it happens."""
    try:
        table = facts.table(what.table)
    except NotDeclared:
        return False
    return bool(table.name != CUSTOMERS and table.to_customer and days.are_known(table, what.column))


def can_begin(what: Happening) -> bool:
    """Tell whether a table's new rows can begin something: they have a day of their own."""
    return can_be_asked(what) and not facts.table(what.table).within


def theirs(
    what: Happening, *, on: date, now: datetime, customer_ids: Collection[int], thing: str = ""
) -> Iterator[Fact]:
    """
    Give what happened with some customers on a day or later that they had a part in, as `since` gives it.

    What we send is a contact, too; as a goal it would be reached by contacting alone.
    """
    counts = _OF_BOTH_SIDES.get(what.table, Q())
    yield from since(what, on=on, now=now, customer_ids=customer_ids, counts=counts, thing=thing)


def since(
    what: Happening,
    *,
    on: date,
    now: datetime,
    customer_ids: Collection[int] | None = None,
    counts: Q = _ALL,
    thing: str = "",
) -> Iterator[Fact]:
    """
    Give what happened on a day or later, with some customers or with all, the earliest first.

    What is dated ahead, as an order for next week, has not happened yet. `thing` is the table of the rows that it must
    be about where it asks for that.
    """
    table = facts.table(what.table)
    rows = _counting(table).filter(**{f"{table.to_customer}__isnull": False}).filter(counts)
    if customer_ids is not None:
        rows = rows.filter(**{f"{table.to_customer}__in": customer_ids})
    found = _facts(what, table, rows, on=on, now=now, thing=thing if what.same else "")
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


def there(name: str, sources: Collection[str], *, column: str = "") -> set[str]:
    """Tell which rows, by their source, are still there and count; with a day in a column, where one is named."""
    table = facts.table(name)
    rows = _counting(table)
    rows = rows.filter(**{f"{column}__isnull": False}) if column in table.kinds else rows
    if table.has_source:
        return {f"{name}:{one}" for one in rows.filter(source__in=bare(sources)).values_list("source", flat=True)}
    numbers = [int(one) for one in bare(sources) if one.isdecimal()]
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


def _facts(
    what: Happening, table: FactTable, rows: "QuerySet[Any]", *, on: date, now: datetime, thing: str
) -> Iterator[Fact]:
    about = to_thing(table, thing) if thing else ""
    key = ["key"] if table.model is Task else []
    source = ["source"] if table.has_source else []
    column = "" if what.column == table.month_of else what.column
    for one, day, at in days.since(
        table, rows, what.column, on=on, now=now, more=[*source, *key, *([about] * bool(about))]
    ):
        yield Fact(
            customer_id=one[table.to_customer],
            source=f"{table.name}:{one.get('source') or one['pk']}",
            on=day,
            at=at,
            row=one["pk"],
            of=_play_of(one.get("key") or ""),
            column=column,
            about=f"{thing}:{one[about]}" if about and one[about] is not None else "",
        )


def to_thing(table: FactTable, thing: str) -> str:
    """Say how Django leads from a row to the source of the row that it is about."""
    lead, has_source = table.leads_to(thing), facts.table(thing).has_source
    if lead == "pk":
        return "source" if has_source else "pk"
    return f"{lead.removesuffix('_id')}__source" if has_source else lead


def _play_of(key: str) -> str:
    """Name the play whose task has a key, as `Play.origin` does; empty: it is none of a play."""
    name, number, *_rest = [*key.split(":"), ""]
    return f"{name}:{number}" if name == "play" else ""


def _source(table: FactTable, row: Any) -> str:
    return f"{table.name}:{row.source if table.has_source else row.pk}"


def bare(sources: Collection[str]) -> list[str]:
    return [one.partition(":")[2] for one in sources]
