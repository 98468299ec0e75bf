"""Spans of days: read, written, and as days around an anchor."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from stammkunde.insight.errors import InvalidRule
from stammkunde.insight.periods import containing, day, day_number
from stammkunde.insight.rules.places import Place
from stammkunde.insight.rules.tree import (
    Ago,
    Ahead,
    Between,
    Calendar,
    Ever,
    Last,
    Since,
    Span,
    Unit,
    Yearly,
)

UNITS: tuple[Unit, ...] = ("month", "quarter", "year")
FORMS = (
    'Write "ever", {"last": 90}, {"ago": [30, 60]}, {"from": "2026-01-01", "to": "2026-03-31"}, {"this": "month"}, '
    '{"last": "year"}, {"ahead": [0, 30]}, {"yearly": [0, 7]} or {"since": …}.'
)
ReadSince = Callable[[Any, Place], Since]


def read(data: Any, place: Place, since: ReadSince | None = None) -> Span:
    """
    Read a span.

    Args:
        data: what is written.
        place: where.
        since: reads what a span begins after; None: nothing may be named there.

    Returns:
        the span.

    Raises:
        InvalidRule: it is none.
    """
    if data == "ever":
        return Ever()
    if not isinstance(data, dict) or not data:
        place.refuse("no_span", f"{data!r} is no span. {FORMS}", data)
    if "since" in data:
        if since is None:
            place.refuse("since_here", "A span since something is for `within` of what happened only.", data)
        place.entries(data, needed=["since"])
        return since(data["since"], place.at("since"))
    if "yearly" in data:
        return _yearly(data, place)
    if "from" in data or "to" in data:
        return _between(data, place)
    return _counted(data, place)


def _counted(data: dict[str, Any], place: Place) -> Span:
    (name, value), *others = data.items()
    if others or name not in {"last", "this", "ago", "ahead"}:
        place.refuse("no_span", f"{data!r} is no span. {FORMS}", data)
    inner = place.at(name)
    if name == "this" or isinstance(value, str):
        return _calendar(name, value, inner)
    if name == "last":
        return Last(inner.whole(value, least=1))
    least, most = _two(value, inner)
    return Ago(least, most) if name == "ago" else Ahead(least, most)


def _calendar(name: str, value: Any, place: Place) -> Calendar:
    if name not in {"this", "last"} or value not in UNITS:
        place.refuse("no_unit", f"{value!r} is no part of the calendar. Write month, quarter or year.", value)
    which: Literal[0, -1] = 0 if name == "this" else -1
    return Calendar(value, which)


def _two(value: Any, place: Place) -> tuple[int, int | None]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        place.refuse("no_two_days", f"Give two numbers of days, as [30, 60] or [30, null], not {value!r}.", value)
    least = place.at(1).whole(value[0])
    return least, None if value[1] is None else place.at(2).whole(value[1], least=least)


def _between(data: dict[str, Any], place: Place) -> Between:
    place.entries(data, needed=[], more=["from", "to"])
    first, last = (on(data[name], place.at(name)) if data.get(name) is not None else None for name in ("from", "to"))
    if first is None and last is None:
        place.refuse("no_span", f"Name at least one of both days. {FORMS}", data)
    if first is not None and last is not None and last < first:
        place.at("to").refuse("ends_before", "The span ends before it begins. Exchange the days.", data["to"])
    return Between(first, last)


def _yearly(data: dict[str, Any], place: Place) -> Yearly:
    place.entries(data, needed=["yearly"], more=["years"])
    window, inner = data["yearly"], place.at("yearly")
    years = data.get("years")
    whole = [place.at("years", n).whole(year, least=1, most=150) for n, year in enumerate(_several(years, place), 1)]
    returned = tuple(sorted(set(whole)))
    if window == "month":
        return Yearly("month", returned)
    if not isinstance(window, list | tuple) or len(window) != 2:
        inner.refuse("no_two_days", f'Give two days from the anchor, as [-3, 7], or "month", not {window!r}.', window)
    first = inner.at(1).whole(window[0], least=-364, most=364)
    return Yearly((first, inner.at(2).whole(window[1], least=first, most=first + 364)), returned)


def _several(years: Any, place: Place) -> list[Any]:
    return [] if years is None else place.at("years").listed(years)


def on(data: Any, place: Place) -> int:
    """
    Read a day.

    Args:
        data: a text as "2026-03-31".
        place: where it is written.

    Returns:
        days since 1970-01-01.

    Raises:
        InvalidRule: it is no day.
    """
    try:
        return day_number(date.fromisoformat(data))
    except (TypeError, ValueError):
        place.refuse("no_day", f'{data!r} is no day. Write it as "2026-03-31".', data)


def write(span: Span, since: Callable[[Since], Any]) -> Any:
    """
    Write a span canonically.

    Args:
        span: the span.
        since: writes what a span begins after.

    Returns:
        plain data that `read` reads as the same span.
    """
    written: Any = "ever"
    match span:
        case Last(days):
            written = {"last": days}
        case Ago(least, most):
            written = {"ago": [least, most]}
        case Ahead(least, most):
            written = {"ahead": [least, most]}
        case Calendar(unit, which):
            written = {"last" if which else "this": unit}
        case Between(first, last):
            ends = {"from": first, "to": last}
            written = {name: day(end).isoformat() for name, end in ends.items() if end is not None}
        case Yearly(window, years):
            returns = {"years": list(years)} if years else {}
            written = {"yearly": window if window == "month" else list(window)} | returns
        case Since():
            written = {"since": since(span)}
    return written


def days(span: Span, anchor: int, *, latest: int | None = None) -> tuple[int | None, int | None]:
    """
    Give the first and the last day of a span.

    Args:
        span: any but a yearly one, and one since something.
        anchor: the day it is counted from (since 1970-01-01).
        latest: the day on which the last days end; None: open.

    Returns:
        both days, included; None: open.

    Raises:
        InvalidRule: the span is no range of days.
    """
    match span:
        case Ever():
            return None, None
        case Last(length):
            return anchor - length + 1, latest
        case Ago(least, most):
            return None if most is None else anchor - most, anchor - least
        case Ahead(least, most):
            return anchor + least, None if most is None else anchor + most
        case Between(first, last):
            return first, last
        case Calendar(unit, which):
            period = containing(day(anchor), grain=unit)
            period = period.previous() if which else period
            return period.start_day, period.end_day
    raise InvalidRule(f"{span} is no range of days.", place="", code="no_span")
