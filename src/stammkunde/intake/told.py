"""
Up to which day the facts are complete, by what imports have told.

Spans of days count back from there: a customer is not silent because nobody has brought the file of her last week.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any, cast

import duckdb
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.utils.timezone import localdate

from stammkunde.intake.check.given import LIVE
from stammkunde.intake.models import Import, Told
from stammkunde.intake.staging.difference import Difference, Part

ONCE = timedelta(days=31)  # a source that told on one day alone, and lies further behind, was brought in once
ENDED = timedelta(days=92)  # a source that told again and again has ended when it is silent for a quarter


def note(incoming: Import, difference: Difference, *, now: datetime) -> None:
    """Keep up to which day an import tells of its tables; inside the transaction that ends it."""
    origin, is_live = str(incoming.options.get("origin", ""))[:100], bool(incoming.options.get(LIVE))
    Told.objects.filter(at__lt=now - ENDED).delete()
    for part in difference.parts:
        on = None if is_live else _last_day(difference, part, today=localdate(now))
        if part.spec.month_of and (is_live or on):
            said = {"origin": origin, "on": on, "at": now}
            Told.objects.update_or_create(incoming=incoming, table=part.table, defaults=said)


def _last_day(difference: Difference, part: Part, *, today: date) -> date | None:
    """Find the last day of which a part tells; what is dated ahead tells nothing of the days before it."""
    files = [str(difference.path(part, what)) for what in ("created", "changed")]
    there = [file for file, rows in zip(files, (part.counts.created, part.changes), strict=True) if rows]
    if not there or part.spec.month_of not in part.provided:
        return None
    day = f"{part.spec.month_of}::DATE"
    latest = f"SELECT max({day}) FROM read_parquet($files, union_by_name = true) WHERE {day} <= $today"  # noqa: S608
    with closing(duckdb.connect(":memory:")) as home:
        ((last,),) = home.execute(latest, {"files": there, "today": today}).fetchall()
    return cast("date | None", last)


def until(*, today: date, now: datetime) -> dict[str, date]:
    """
    Tell for tables with imports of late the last day for which all their sources are complete.

    A source that told on one day alone, and lies far behind the others, was brought in once and does not hold them up;
    one that told again and again does, until it has been silent for a quarter.
    """
    found: dict[str, list[tuple[date, timedelta]]] = {}
    for one in _told(now=now):
        patience = ONCE if one["n"] == 1 else ENDED
        if one["last_at"] >= now - patience:
            found.setdefault(one["table"], []).append((_last(one, today=today, now=now), patience))
    return {table: _all_told(days) for table, days in found.items()}


def _told(*, now: datetime) -> Iterable[Mapping[str, Any]]:
    rows = Told.objects.filter(at__gte=now - ENDED, at__lte=now, incoming__status=Import.Status.DONE)
    occasions = Count(TruncDate("at"), distinct=True)
    found = rows.order_by().values("origin", "table")
    yield from found.annotate(last=Max("on"), last_at=Max("at"), live_at=Max("at", filter=Q(on=None)), n=occasions)


def _last(one: Mapping[str, Any], *, today: date, now: datetime) -> date:
    """Give the last day of which a source has told; a program that hands rows in as they happen tells of today."""
    days: list[date] = [one["last"]] if one["last"] else []
    if one["live_at"] is not None:
        days.append(today if one["live_at"] >= now - ONCE else localdate(one["live_at"]))
    return min(today, max(days))


def _all_told(days: list[tuple[date, timedelta]]) -> date:
    latest = max(day for day, _patience in days)
    return min(day for day, patience in days if day > latest - patience)
