"""
Up to which day the facts are complete, by what imports have told.

Spans of days count back from there: a customer is not silent because nobody has brought the file of her last week.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import cast

import duckdb

from stammkunde.intake.models import Import, Told
from stammkunde.intake.staging.difference import Difference, Part

LIVE = "is_live"  # an option of imports: rows are handed in as they happen
REMEMBERED = timedelta(days=31)  # a source that was silent for longer has ended, or was brought in once


def note(incoming: Import, difference: Difference, *, now: datetime) -> None:
    """Keep up to which day an import tells of its tables; inside the transaction that ends it."""
    origin, is_live = str(incoming.options.get("origin", ""))[:100], bool(incoming.options.get(LIVE))
    Told.objects.filter(at__lt=now - REMEMBERED).delete()
    for part in difference.parts:
        on = None if is_live else _last_day(difference, part)
        if part.spec.month_of and (is_live or on):
            Told.objects.filter(origin=origin, table=part.table, on=on).delete()
            Told.objects.create(incoming=incoming, origin=origin, table=part.table, on=on, at=now)


def _last_day(difference: Difference, part: Part) -> date | None:
    files = [str(difference.path(part, what)) for what in ("created", "changed")]
    there = [file for file, rows in zip(files, (part.counts.created, part.changes), strict=True) if rows]
    if not there or part.spec.month_of not in part.provided:
        return None
    latest = f"SELECT max({part.spec.month_of})::DATE FROM read_parquet($files, union_by_name = true)"  # noqa: S608
    with closing(duckdb.connect(":memory:")) as home:
        ((last,),) = home.execute(latest, {"files": there}).fetchall()
    return cast("date | None", last)


def until(*, today: date, now: datetime) -> dict[str, date]:
    """
    Tell for tables with imports of late the last day for which all their sources are complete.

    A source whose days lie far behind those of the others was brought in once, and does not hold them up.
    """
    found: dict[str, dict[str, date]] = {}
    for origin, table, on in _told(now=now):
        last = min(on or today, today)
        found.setdefault(table, {})
        found[table][origin] = max(last, found[table].get(origin, last))
    return {table: _all_told(list(by_origin.values())) for table, by_origin in found.items()}


def _told(*, now: datetime) -> Iterator[tuple[str, str, date | None]]:
    rows = Told.objects.filter(at__gte=now - REMEMBERED)
    yield from rows.filter(incoming__status=Import.Status.DONE).values_list("origin", "table", "on")


def _all_told(days: list[date]) -> date:
    return min(day for day in days if day > max(days) - REMEMBERED)
