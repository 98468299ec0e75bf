"""Who of those who came would have entered, first or again, and what they did then without the measure. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

from stammkunde.plays import entering
from stammkunde.plays.contents import Content
from stammkunde.plays.entering import Before

SURE = 1.96  # standard errors: 95 of 100 samples

Days = Mapping[int | str, Sequence[date]]  # customer, or the row that it must be about → days in order


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody would have entered on a day."""

    customer_id: int
    on: date
    is_again: bool
    source: str = ""  # what began it


def entries(
    came: Iterable[tuple[int, date, str]], content: Content, *, ends: Sequence[Days], zone: ZoneInfo
) -> list[Entry]:
    """Let those enter who may, in order of days: one is open until something ends it, as its goal, or its last day."""
    last: dict[tuple[int, str], tuple[date, str]] = {}
    known: set[int] = set()
    found = []
    for customer_id, on, source in sorted(came, key=lambda one: (one[1], one[0], one[2])):
        whose = (customer_id, source if content.subject.per == "row" else "")
        before = _before(customer_id, last.get(whose), content, on=on, ends=ends, zone=zone)
        if not entering.refusal(before, content.reentry, now=_noon(on, zone), zone=zone):
            found.append(Entry(customer_id=customer_id, on=on, is_again=customer_id in known, source=source))
            last[whose] = (on, source)
            known.add(customer_id)
    return found


def _before(
    customer_id: int,
    last: tuple[date, str] | None,
    content: Content,
    *,
    on: date,
    ends: Sequence[Days],
    zone: ZoneInfo,
) -> Before:
    if last is None:
        return Before()
    began_on, source = last
    is_over = any(_within(_of(days, customer_id, source), began_on, on) for days in ends)
    is_open = on < began_on + timedelta(days=content.latest_days) and not is_over
    return Before(is_open=is_open, last_at=_noon(began_on, zone))


def _of(days: Days, customer_id: int, source: str) -> Sequence[date]:
    """Give the days of a customer, or of what began it for her, whichever they are told by."""
    return days.get(customer_id) or days.get(source) or ()


def _noon(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(12), zone)


def _within(days: Sequence[date], after: date, until: date) -> bool:
    place = bisect_right(days, after)
    return place < len(days) and days[place] <= until


@dataclass(frozen=True, kw_only=True)
class Base:
    """What those did without the measure whose time for the goal is over: how many, who reached it, margin each."""

    n: int
    reached: int
    margin_cents: int


def base(
    found: Iterable[Entry], content: Content, *, goals: Days, margins: Mapping[int, Mapping[date, int]], today: date
) -> Base:
    """Tell what those who entered did within the goal's time; what happened on the day of entry does not count."""
    window = timedelta(days=content.goal.window_days)
    over = [one for one in found if one.on + window <= today]
    brought = sum(
        cents
        for one in over
        for on, cents in margins.get(one.customer_id, {}).items()
        if one.on < on <= one.on + window
    )
    reached = sum(_within(_of(goals, one.customer_id, one.source), one.on, one.on + window) for one in over)
    return Base(n=len(over), reached=reached, margin_cents=brought)


def error(n: int, factor: int) -> int:
    """Tell by how much a number reckoned up from a sample may be wrong, 95 times of 100; 0: nobody was left out."""
    return round(SURE * factor * sqrt(n * (1 - 1 / factor)))
