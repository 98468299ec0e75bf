"""
When something may be said: opening hours of a day, and frequency caps on rolling windows. Pure.

A cap of n in d days holds for every span of d days, whenever it begins: of n + 1 contacts in a row, the last comes at
least d days after the first. So 23:00 and 00:00 count together, and it does not matter in which order slots are given.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_CLOSED_DAYS = 60
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Cap:
    """At most so many contacts in so much time; 0 allows none. No cap is no `Cap`. The slots are sorted."""

    code: str
    most: int
    span: timedelta
    slots: tuple[datetime, ...] = ()

    def fits(self, at: datetime) -> bool:
        """Tell whether one more contact at this moment keeps to the cap in every window that it falls into."""
        if self.most == 0:
            return False
        place, near = bisect_right(self.slots, at), [*self.slots]
        near.insert(place, at)
        firsts = range(max(0, place - self.most), min(place, len(near) - 1 - self.most) + 1)
        return all(near[first + self.most] - near[first] >= self.span for first in firsts)

    def openings(self) -> list[datetime]:
        """Give the moments at which a slot leaves the window."""
        return [slot + self.span for slot in self.slots]

    def taken(self, at: datetime) -> int:
        """Count the contacts in the window that ends at this moment."""
        return sum(at - self.span < slot <= at for slot in self.slots)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a customer may be disturbed, in the customer's own time zone."""

    zone: ZoneInfo
    quiet_from: time | None = None
    quiet_until: time | None = None
    sundays_are_quiet: bool = False
    holidays: Container[date] = field(default=frozenset())

    def closed_by(self, at: datetime) -> str:
        """Name what closes a moment; empty where it is open."""
        local = at.astimezone(self.zone)
        if local.date() in self.holidays:
            return "holiday"
        if self.sundays_are_quiet and local.weekday() == 6:
            return "sunday"
        return "quiet_hours" if self._is_quiet(local.time()) else ""

    def next_open(self, at: datetime) -> datetime | None:
        """Give the first open moment from here on; None where there is none for two months."""
        end = at + timedelta(days=LONGEST_CLOSED_DAYS)
        while at < end:
            closed = self.closed_by(at)
            if not closed:
                return at
            at = self._quiet_end(at) if closed == "quiet_hours" else self._next_midnight(at)
        return None

    def _is_quiet(self, clock: time) -> bool:
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None or begin == end:
            return False
        return begin <= clock < end if begin < end else clock >= begin or clock < end

    def _quiet_end(self, at: datetime) -> datetime:
        assert self.quiet_until is not None
        local = at.astimezone(self.zone)
        on = local.date() if local.time() < self.quiet_until else local.date() + DAY
        return self._later(at, on, self.quiet_until)

    def _next_midnight(self, at: datetime) -> datetime:
        return self._later(at, at.astimezone(self.zone).date() + DAY, time())

    def _later(self, at: datetime, on: date, clock: time) -> datetime:
        """Give a clock's moment on a day; where clocks go back, the one that is still to come."""
        moments = (datetime.combine(on, clock.replace(fold=fold), self.zone).astimezone(UTC) for fold in (0, 1))
        return next((moment for moment in moments if moment > at), at + timedelta(hours=1))


def first_free(*, wanted_at: datetime, hours: Hours | None, caps: Sequence[Cap]) -> datetime | None:
    """
    Give the first moment from `wanted_at` on that is open and that every cap leaves free; None where there is none.

    Free spans begin at `wanted_at` or where a slot leaves a window, so those are all the moments one has to try.
    """
    for candidate in sorted({wanted_at, *_later_openings(wanted_at, caps)}):
        at = candidate if hours is None else hours.next_open(candidate)
        if at is not None and all(cap.fits(at) for cap in caps):
            return at
    return None


def _later_openings(at: datetime, caps: Iterable[Cap]) -> Iterable[datetime]:
    return (opening for cap in caps for opening in cap.openings() if opening > at)
