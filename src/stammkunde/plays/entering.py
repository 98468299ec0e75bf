"""Who may enter a measure: how long ago it began, once at a time, with a pause, within its limits. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stammkunde.plays import clock
from stammkunde.plays.contents import Content, Dated, Limits, Reentry

FEWEST_TO_BRAKE = 50
TIMES_A_WEEK = 3
WARNS_AT, STOPS_ACTS_AT = 80, 110  # percent of the budget; at 100 nobody enters
OLD_FACTS_DAYS = 8  # a weekly file, and a day
HELD_AFTER_DAYS = 7  # with old facts


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Something that begins a play for somebody: `source` says what, and `on` or `at` when it was."""

    customer_id: int
    source: str
    on: date
    at: datetime | None = None
    cycle: str = ""  # what makes it another round, where the source does not
    subject: str = ""
    travels: tuple[tuple[str, str], ...] = ()
    contact_person_id: int | None = None  # whom it is about at the customer, and who is written to

    @property
    def round(self) -> str:
        return self.cycle or digest(self.source)


@dataclass(frozen=True, kw_only=True)
class Before:
    """What is known of somebody's earlier times in a play: whether one is open, and when the last began."""

    is_open: bool = False
    last_at: datetime | None = None


def digest(source: str) -> str:
    """Name a round by what began it."""
    return hashlib.sha256(source.encode()).hexdigest()[:32]


def refusal(before: Before, reentry: Reentry, *, now: datetime, zone: ZoneInfo) -> str:
    """Tell why somebody cannot enter now; empty: nothing stands against it."""
    if before.is_open:
        return "open"
    if before.last_at is None:
        return ""
    if not reentry.again:
        return "once"
    is_over = clock.after_days(before.last_at, reentry.pause_days, zone) <= now
    return "" if is_over else "pause"


def is_too_old(on: date, *, today: date, too_old_days: int, started_on: date) -> bool:
    """Tell whether something happened too long ago to begin anything, or before the play was started."""
    return on < started_on or (today - on).days > too_old_days


def are_old(complete_on: date, *, today: date) -> bool:
    """Tell whether facts are complete up to a day that lies so far back that nothing should be decided by silence."""
    return (today - complete_on).days > OLD_FACTS_DAYS


def are_old_for_long(complete_on: date, *, today: date) -> bool:
    """Tell whether facts have been old for so long that somebody should look."""
    return (today - complete_on).days > OLD_FACTS_DAYS + HELD_AFTER_DAYS


def round_begins(content: Content, *, now: datetime, zone: ZoneInfo) -> datetime:
    """
    Tell since when a household counts as reached: this month where a day returns every year, or else as long as one
    customer is let in once, and at least as long as one round may take.
    """
    if isinstance(content.trigger, Dated) and content.trigger.yearly:
        return now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    days = max(content.reentry.pause_days if content.reentry.again else 0, content.latest_days)
    return clock.after_days(now, -days, zone)


def is_surge(*, of_today: int, usual_week: float) -> bool:
    """Tell whether so many enter within a day that somebody should look first."""
    return of_today > max(FEWEST_TO_BRAKE, TIMES_A_WEEK * usual_week)


@dataclass(frozen=True, kw_only=True)
class Used:
    """How much of a play's limits is used up."""

    entries: int = 0
    of_today: int = 0
    spent_cents: int = 0
    reserved_cents: int = 0


def room(limits: Limits, used: Used, *, each_cents: float) -> tuple[int | None, str]:
    """Tell how many may still enter today, and what limits them; None: as many as want to. Both arms alike."""
    rooms: list[tuple[int, str]] = []
    if limits.entries is not None:
        rooms.append((limits.entries - used.entries, "cap"))
    if limits.entries_a_day is not None:
        rooms.append((limits.entries_a_day - used.of_today, "cap_of_day"))
    if limits.budget_cents is not None:
        left = limits.budget_cents - used.spent_cents - used.reserved_cents
        rooms.append((int(left // each_cents) if each_cents else (1_000_000_000 if left > 0 else 0), "budget"))
    if not rooms:
        return None, ""
    least, code = min(rooms)
    return max(least, 0), code


def warns(limits: Limits, used_cents: int) -> bool:
    """Tell whether so much of the budget is used up that somebody should know."""
    return limits.budget_cents is not None and used_cents * 100 >= limits.budget_cents * WARNS_AT


def may_act(limits: Limits, *, spent_cents: int) -> bool:
    """Tell whether the budget lets a play still act: a little above it, as letters cost more than expected."""
    return limits.budget_cents is None or spent_cents * 100 < limits.budget_cents * STOPS_ACTS_AT


def spread(customers: Sequence[int], *, weeks: int) -> list[tuple[int, int]]:
    """Give each of those who are in the group already the days after which it begins for her: evenly, in order."""
    days = weeks * 7
    return [(one, place * days // len(customers) if days else 0) for place, one in enumerate(customers)]
