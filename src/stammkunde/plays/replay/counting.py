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

Days = Mapping[int, Sequence[date]]  # customer → days in order


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody would have entered on a day."""

    customer_id: int
    on: date
    is_again: bool


def entries(came: Iterable[tuple[int, date, str]], content: Content, *, goals: Days, zone: ZoneInfo) -> list[Entry]:
    """Let those enter who may, in order of days: one is open until its goal, or its last day."""
    last: dict[tuple[int, str], date] = {}
    known: set[int] = set()
    found = []
    for customer_id, on, source in sorted(came, key=lambda one: (one[1], one[0], one[2])):
        whose = (customer_id, source if content.subject.per == "row" else "")
        before = _before(last.get(whose), content, on=on, goals=goals.get(customer_id, ()), zone=zone)
        if not entering.refusal(before, content.reentry, now=_noon(on, zone), zone=zone):
            found.append(Entry(customer_id=customer_id, on=on, is_again=customer_id in known))
            last[whose] = on
            known.add(customer_id)
    return found


def _before(last: date | None, content: Content, *, on: date, goals: Sequence[date], zone: ZoneInfo) -> Before:
    if last is None:
        return Before()
    is_open = on < last + timedelta(days=content.latest_days) and not _within(goals, last, on)
    return Before(is_open=is_open, last_at=_noon(last, zone))


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
    reached = sum(_within(goals.get(one.customer_id, ()), one.on, one.on + window) for one in over)
    return Base(n=len(over), reached=reached, margin_cents=brought)


def error(n: int, factor: int) -> int:
    """Tell by how much a number reckoned up from a sample may be wrong, 95 times of 100; 0: nobody was left out."""
    return round(SURE * factor * sqrt(n * (1 - 1 / factor)))
