"""
What was said of every customer, day by day: one Parquet file a day beside the mirror.

It cannot be worked out again: on a later day, more is known. Kept are the days of a quarter and the last one of every
month before. A file is written beside and renamed, so that a reader sees all of a day or nothing.
"""

import json
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from stammkunde.mirror.damage import has_both_ends, is_readable
from stammkunde.mirror.engine import connection

log = logging.getLogger(__name__)

DAILY_DAYS = 92
MONTH_DAYS = 31  # between two days of the history, at most, where none is missing
LEAST_APART_DAYS = 7  # "since last time": from one day to the next, next to nothing changes
COLUMNS = (
    "customer_id", "risk", "risk_level", "stage", "margin_at_risk_cents", "expected_cents", "silent_days", "reasons",
    "horizon_days",
)  # fmt: skip
_POINTS = (
    "SELECT customer_id, risk::FLOAT AS risk, risk_level, stage, margin_at_risk_cents, expected_cents, silent_days, "
    "risk_reasons AS reasons, $horizon_days::INTEGER AS horizon_days FROM rows WHERE risk_level <> '' "
    "ORDER BY customer_id"
)
_NOTHING = "SELECT NULL::BIGINT AS customer_id, NULL::DOUBLE AS risk_before WHERE false"


def write(
    rows: duckdb.DuckDBPyRelation,  # noqa: ARG001 (in _POINTS)
    *,
    as_of: date,
    horizon_days: int | None,
) -> Path | None:
    """
    Write what is said on a day of all who are customers; `keep` makes it part of the history.

    None: the disk takes nothing. The day is missing from the history then, and figures are shown all the same.
    """
    beside = settings.HISTORY_DIR / f"{as_of}.{os.getpid()}.new"
    points = connection().sql(_POINTS, params={"horizon_days": horizon_days})
    try:
        settings.HISTORY_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        points.to_parquet(str(beside), compression="zstd", overwrite=True)
    except (OSError, duckdb.IOException) as problem:
        if isinstance(problem, duckdb.Error) and str(beside) not in str(problem):
            raise  # what is read is damaged
        log.warning("day=%s is missing from the history: %s", as_of, problem)
        _remove(beside)
        return None
    return beside


def keep(beside: Path | None, *, as_of: date) -> None:
    """Make a written day part of the history, and forget days that are too many. Repeating is harmless."""
    if beside is None:
        return
    beside.replace(_file(as_of))
    for day in _too_many(days(), as_of=as_of):
        _file(day).unlink(missing_ok=True)
    for left in settings.HISTORY_DIR.glob("*.new"):
        left.unlink(missing_ok=True)


def _remove(beside: Path) -> None:
    with suppress(OSError):
        beside.unlink(missing_ok=True)


def days() -> list[date]:
    """List the days of the history, oldest first."""
    files = Path(settings.HISTORY_DIR).glob("????-??-??.parquet")
    return sorted(date.fromisoformat(file.stem) for file in files if has_both_ends(file))


def before(as_of: date) -> date | None:
    """Choose the day to compare with: the last one at least a week ago or, where there is none yet, the first."""
    earlier = [day for day in days() if day < as_of]
    long_ago = [day for day in earlier if day <= as_of - timedelta(days=LEAST_APART_DAYS)]
    return next(iter(long_ago[-1:] or earlier[:1]), None)


def risks(on: date | None, *, horizon_days: int | None) -> duckdb.DuckDBPyRelation:
    """Read the risks of a day (customer_id, risk_before), where they meant the same horizon."""
    if on is None or horizon_days is None or _set_aside([on]):
        return connection().sql(_NOTHING)
    told = connection().read_parquet(str(_file(on)))
    return told.filter(f"horizon_days = {int(horizon_days)}").project("customer_id, risk::DOUBLE AS risk_before")


def said(on: date, *, at_most_days: int) -> duckdb.DuckDBPyRelation | None:
    """Read what was said of everybody on a day, or on the last one before it that is kept; None: on none of so many."""
    first = on - timedelta(days=at_most_days)
    told_on = next((day for day in reversed(days()) if first <= day <= on and not _set_aside([day])), None)
    return connection().read_parquet(str(_file(told_on))) if told_on else None


def points(customer_id: int, *, until: date) -> list[dict[str, Any]]:
    """Read what was said of one customer, day by day, oldest first, each with its day as `on` and reasons as codes."""
    told_on = [day for day in days() if day <= until]
    try:
        return _points(customer_id, told_on)
    except duckdb.Error:
        if not _set_aside(told_on):
            raise
        return _points(customer_id, [day for day in days() if day <= until])


def _set_aside(some: Iterable[date]) -> bool:
    """Put days that cannot be read under another name, and tell whether there were any: the others still tell."""
    damaged = [file for file in map(_file, some) if not is_readable(file)]
    for file in damaged:
        file.replace(file.with_suffix(".damaged"))
    return bool(damaged)


def _points(customer_id: int, told_on: list[date]) -> list[dict[str, Any]]:
    files = [str(_file(day)) for day in told_on]
    if not files:
        return []
    told = connection().read_parquet(files, filename=True, union_by_name=True)
    columns = ", ".join(COLUMNS[1:])
    found = told.filter(f"customer_id = {int(customer_id)}").project(f"filename, {columns}").fetchall()
    named = [dict(zip(("on", *COLUMNS[1:]), row, strict=True)) for row in found]
    return sorted([point | {"on": _day(point), "reasons": _reasons(point)} for point in named], key=_on)


def _day(point: dict[str, Any]) -> date:
    return date.fromisoformat(Path(point["on"]).stem)


def _reasons(point: dict[str, Any]) -> list[dict[str, Any]] | None:
    told = point["reasons"]
    return None if told is None else json.loads(told)


def _on(point: dict[str, Any]) -> date:
    on: date = point["on"]
    return on


def _file(on: date) -> Path:
    return Path(settings.HISTORY_DIR) / f"{on}.parquet"


def _too_many(held: list[date], *, as_of: date) -> list[date]:
    last_of_month = {(day.year, day.month): day for day in held}
    old = [day for day in held if day < as_of - timedelta(days=DAILY_DAYS)]
    return [day for day in old if day != last_of_month[day.year, day.month]]
