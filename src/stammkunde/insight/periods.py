"""
Periods: years, quarters and months, as whole days and whole months since January 1970.

Whole numbers are the one calendar arithmetic that every engine does alike.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from stammkunde.insight.errors import PeriodUnclear

Grain = Literal["month", "quarter", "year"]

GRAIN_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of periods that are written down: there are years before and after
_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar year, quarter or month; `first_month` counts months since January 1970."""

    first_month: int
    months: int

    @property
    def grain(self) -> Grain:
        """Name the length of the period."""
        return next(grain for grain, months in GRAIN_MONTHS.items() if months == self.months)

    @property
    def start_on(self) -> date:
        """Give the first day of the period."""
        return _month_start(self.first_month)

    @property
    def end_on(self) -> date:
        """Give the last day of the period."""
        return _month_start(self.first_month + self.months) - timedelta(days=1)

    @property
    def start_day(self) -> int:
        """Give the first day, counted since 1970-01-01."""
        return day_number(self.start_on)

    @property
    def end_day(self) -> int:
        """Give the last day, counted since 1970-01-01."""
        return day_number(self.end_on)

    @property
    def number(self) -> int:
        """Count the periods of this length since 1970: the key that engines group by."""
        return self.first_month // self.months

    def previous(self) -> "Period":
        """Give the period of the same length just before."""
        return Period(self.first_month - self.months, self.months)

    def year_before(self) -> "Period":
        """Give the same period one year earlier."""
        return Period(self.first_month - 12, self.months)

    def __str__(self) -> str:
        """Write the period as `2011`, `2011-Q3` or `2011-09`."""
        year, month = 1970 + self.first_month // 12, self.first_month % 12
        if self.months == 12:
            return f"{year:04d}"
        return f"{year:04d}-Q{month // 3 + 1}" if self.months == 3 else f"{year:04d}-{month + 1:02d}"


def parse(text: str) -> Period:
    """
    Read a period as people write it.

    Args:
        text: `2011`, `2011-Q3` or `2011-09`.

    Returns:
        the period.

    Raises:
        PeriodUnclear: the text is none of these, or lies outside of the years 1900 to 2199.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise PeriodUnclear(f"Period {text!r} is not a year, quarter or month. Write 2011, 2011-Q3 or 2011-09.")
    if not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise PeriodUnclear(f"Period {text!r} lies outside of the years {FIRST_YEAR} to {LAST_YEAR}.")
    january = (int(found["year"]) - 1970) * 12
    if found["quarter"]:
        return Period(january + 3 * (int(found["quarter"]) - 1), 3)
    return Period(january + int(found["month"]) - 1, 1) if found["month"] else Period(january, 12)


def as_period(period: Period | str) -> Period:
    """
    Accept a period or the text that names one.

    Args:
        period: a period, or a text for `parse`.

    Returns:
        the period.

    Raises:
        PeriodUnclear: the text names no period.
    """
    return parse(period) if isinstance(period, str) else period


def containing(on: date, *, grain: Grain) -> Period:
    """
    Find the period that a day belongs to.

    Args:
        on: the day.
        grain: month, quarter or year.

    Returns:
        the period around the day.
    """
    months = GRAIN_MONTHS[grain]
    return Period(month_number(on) // months * months, months)


def between(first_on: date, last_on: date, *, grain: Grain) -> list[Period]:
    """
    List the periods that touch a range of days, oldest first.

    Args:
        first_on: the first day of the range.
        last_on: the last day of the range, included.
        grain: month, quarter or year.

    Returns:
        the periods; none where the range is empty.
    """
    if last_on < first_on:
        return []
    first, last = containing(first_on, grain=grain), containing(last_on, grain=grain)
    return [Period(month, first.months) for month in range(first.first_month, last.first_month + 1, first.months)]


def of_number(number: int, *, grain: Grain) -> Period:
    """
    Turn the key that engines group by back into a period.

    Args:
        number: periods of this length since 1970.
        grain: month, quarter or year.

    Returns:
        the period.
    """
    months = GRAIN_MONTHS[grain]
    return Period(number * months, months)


def day_number(on: date) -> int:
    """
    Count the days since 1970-01-01.

    Args:
        on: a day.

    Returns:
        whole days, negative before 1970.
    """
    return (on - EPOCH).days


def day(number: int) -> date:
    """
    Turn days since 1970-01-01 back into a day.

    Args:
        number: whole days.

    Returns:
        the day.
    """
    return EPOCH + timedelta(days=number)


def month_number(on: date) -> int:
    """
    Count the months since January 1970.

    Args:
        on: a day.

    Returns:
        whole months: September 2011 is 500.
    """
    return (on.year - 1970) * 12 + on.month - 1


@cache
def _month_start(number: int) -> date:
    return date(1970 + number // 12, number % 12 + 1, 1)
