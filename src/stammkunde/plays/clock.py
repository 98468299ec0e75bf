"""
When a wait ends: on the clock at the wall, so that a day with 23 or 25 hours is a day. Pure.

Days count from what really happened. What does not exist in the night when clocks go forward is an hour later.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stammkunde.plays.contents import Wait


def after_days(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Give the same time of day so many days later (or earlier, below 0)."""
    local = at.astimezone(zone)
    return _moment(local.date() + timedelta(days=days), local.time(), zone)


def morning_after(at: datetime, zone: ZoneInfo) -> datetime:
    """Give the begin of the next day."""
    return _moment(at.astimezone(zone).date() + timedelta(days=1), time(), zone)


def wait_ends(wait: Wait, *, since: datetime, zone: ZoneInfo, own_zone: ZoneInfo) -> datetime:
    """
    Tell when a wait that began at a moment ends.

    Days and months are the company's (`zone`); a day of the week and an hour are the customer's own (`own_zone`), the
    first such moment then, never before the days are over.
    """
    local = since.astimezone(zone)
    over = _moment(in_months(local.date(), wait.months) + timedelta(days=wait.days), local.time(), zone)
    if wait.weekday is None and wait.hour is None:
        return over
    return _next(over, wait.weekday, wait.hour, own_zone)


def in_months(on: date, months: int) -> date:
    """Give the same day so many months later, or the last of a shorter month."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def this_year(on: date, year: int) -> date:
    """Give the day of a year on which something returns; 29 February returns on 28 February."""
    return date(year, on.month, min(on.day, monthrange(year, on.month)[1]))


def _next(over: datetime, weekday: int | None, hour: int | None, zone: ZoneInfo) -> datetime:
    local = over.astimezone(zone)
    wanted = time(hour) if hour is not None else local.time()
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        found = _moment(day, wanted, zone)
        if found >= over and weekday in (None, day.isoweekday()):
            return found
    return over  # the hour does not exist on that day


def _moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, zone).astimezone(UTC)
