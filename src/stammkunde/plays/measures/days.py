"""
On which day a row happened: its own, that of a moment, or that of the row that it belongs to.

A row of another one, as an order's line, came with it. One that came with a later file became known then, and counts
from that moment: nobody says when the goods of an order came back but the file with the return.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from stammkunde.intake.models import Import
from stammkunde.store import facts
from stammkunde.store.facts import FactTable

AT_ONCE = 500
Dated = tuple[dict[str, Any], date, datetime | None]


def are_known(table: FactTable, column: str) -> bool:
    """Tell whether a table's rows have a day: in a column where one is named, or as usual."""
    if column:
        return table.kinds.get(column) == "day"
    return bool(table.happened_at or facts.parent(table).month_of)


def since(
    table: FactTable, rows: "QuerySet[Any]", column: str, *, on: date, now: datetime, more: Sequence[str]
) -> Iterator[Dated]:
    """Give rows that happened from a day until now, with their day and moment, the earliest first."""
    columns = dict.fromkeys(["pk", table.to_customer, *more])
    if column or table.month_of:
        yield from _by_day(table, rows, column or table.month_of, columns, on=on, now=now)
    elif table.happened_at:
        yield from _by_moment(table, rows, columns, on=on, now=now)
    else:
        yield from _by_parent(table, rows, columns, on=on, now=now)


def begin(on: date) -> datetime:
    """Give the moment at which a day begins."""
    return timezone.make_aware(datetime.combine(on, time()))


def _by_day(
    table: FactTable, rows: "QuerySet[Any]", day: str, columns: Collection[str], *, on: date, now: datetime
) -> Iterator[Dated]:
    moment = f"{day.removesuffix('_on')}_at"
    moments = [moment] if table.kinds.get(moment) == "moment" else []
    found = rows.filter(**{f"{day}__range": (on, timezone.localdate(now))}).order_by(day, "pk")
    for one in found.values(*dict.fromkeys([*columns, day, *moments])).iterator(chunk_size=AT_ONCE):
        yield one, one[day], _exact(one[moment]) if moments else None


def _by_moment(
    table: FactTable, rows: "QuerySet[Any]", columns: Collection[str], *, on: date, now: datetime
) -> Iterator[Dated]:
    moment = table.happened_at
    found = rows.filter(**{f"{moment}__gte": begin(on), f"{moment}__lte": now}).order_by(moment, "pk")
    for one in found.values(*columns, moment).iterator(chunk_size=AT_ONCE):
        yield one, timezone.localdate(one[moment]), _exact(one[moment])


def _by_parent(
    table: FactTable, rows: "QuerySet[Any]", columns: Collection[str], *, on: date, now: datetime
) -> Iterator[Dated]:
    link, above = table.within, facts.parent(table)
    day = f"{link.removesuffix('_id')}__{above.month_of}"
    moment = f"{day.removesuffix('_on')}_at"
    own = Q(**{f"{day}__range": (on, timezone.localdate(now))})
    found = list(rows.filter(own | _brought_since(on)).values(*columns, link, day, moment, "imported_by"))
    first = _first_imports(table, {one[link] for one in found})
    later = {one["pk"]: one["imported_by"] for one in found if (one["imported_by"] or 0) > first.get(one[link], 0)}
    known = _known(set(later.values()), now=now)
    dated = [_dated(one, one[day], one[moment], known.get(later.get(one["pk"], 0))) for one in found]
    yield from sorted((one for one in dated if on <= one[1] <= timezone.localdate(now)), key=_turn)


def _brought_since(on: date) -> Q:
    """Find what files brought that came on a day or later, and perhaps something before."""
    came = Import.objects.filter(Q(finished_at=None) | Q(finished_at__gte=begin(on))).exclude(started_at=None)
    first = came.aggregate(first=Min("pk"))["first"]
    return Q(imported_by__gte=first) if first else Q(pk__in=())


def _known(imports: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """Tell when it was known what imports brought; of one that is under way, now."""
    found = Import.objects.filter(pk__in=imports).values_list("pk", "finished_at")
    return {pk: finished or now for pk, finished in found}


def _dated(one: dict[str, Any], day: date, moment: datetime, known: datetime | None) -> Dated:
    if known is not None and known > moment:
        return one, timezone.localdate(known), known
    return one, day, _exact(moment)


def _first_imports(table: FactTable, parents: Collection[int]) -> dict[int, int]:
    """Tell with which import the first of each row's lines came."""
    found: dict[int, int] = {}
    several = sorted(parents)
    for start in range(0, len(several), AT_ONCE):
        rows = table.rows().filter(**{f"{table.within}__in": several[start : start + AT_ONCE]}).order_by()
        found |= {
            one["above"]: one["first"]
            for one in rows.values(above=F(table.within)).annotate(first=Min("imported_by"))
            if one["first"] is not None
        }
    return found


def _turn(one: Dated) -> tuple[date, datetime, int]:
    row, day, at = one
    return day, at or begin(day + timedelta(days=1)), row["pk"]


def _exact(at: datetime | None) -> datetime | None:
    """Give a moment; midnight: only the day is known."""
    return at if at and timezone.localtime(at).time() != time() else None
