"""
The order rhythm, drawn over time: a stem for every day of purchase, the silence since, and when one was due.

Who buys nearly every day has a stem for every week: more would stand closer than an eye tells apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import sqrt

from stammkunde.sales.history import Purchase

HEIGHT = 104
FLOOR = 84  # the line on which the stems stand
TALLEST = 70
SHORTEST = 8
MARGIN = 6
MOST_DAYS = 3 * 365
MOST_STEMS = 180
LEAST_DAYS = 90
MONTHS_WIDE = 130  # below so many units per year, a tick a year is enough


@dataclass(frozen=True, kw_only=True)
class Stem:
    """What was bought on a day, or within a week; it stands at the last day."""

    x: str
    top: str
    first_on: date
    last_on: date
    revenue_cents: int


@dataclass(frozen=True, kw_only=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    width: int
    height: int = HEIGHT
    floor: int = FLOOR
    stems: list[Stem]
    ticks: list[Tick]
    silence_x: str = ""
    silence_width: str = ""
    due_x: str = ""
    is_overdue: bool = False
    by_week: bool = False
    left_out: int = 0  # purchases before the drawn span


def draw(purchases: list[Purchase], *, as_of_on: date, due_on: date | None, width: int) -> Drawing | None:
    """Draw at most the last three years; None without a purchase."""
    if not purchases:
        return None
    last_on = purchases[-1].on
    end = max(as_of_on, last_on, min(due_on or as_of_on, as_of_on + timedelta(days=180)))
    begin = max(min(purchases[0].on, end - timedelta(days=LEAST_DAYS)), end - timedelta(days=MOST_DAYS))
    begin = min(begin, last_on)
    scale = _Scale(begin=begin, end=end, width=width)
    shown = [purchase for purchase in purchases if purchase.on >= begin]
    by_week = len(shown) > MOST_STEMS
    overdue = bool(due_on and due_on < as_of_on)
    return Drawing(
        width=width,
        stems=list(_stems(_weeks(shown) if by_week else [[one] for one in shown], scale)),
        ticks=list(_ticks(scale)),
        silence_x=scale.at(last_on),
        silence_width=f"{max(scale.x(as_of_on) - scale.x(last_on), 0):.1f}",
        due_x=scale.at(due_on) if due_on and begin <= due_on <= end else "",
        is_overdue=overdue,
        by_week=by_week,
        left_out=len(purchases) - len(shown),
    )


def _weeks(purchases: Sequence[Purchase]) -> list[list[Purchase]]:
    """Put together what was bought from one Monday to Sunday."""
    return [list(some) for _week, some in groupby(purchases, key=lambda one: one.on.isocalendar()[:2])]


def _stems(bundles: Sequence[Sequence[Purchase]], scale: "_Scale") -> Iterator[Stem]:
    amounts = [sum(one.revenue_cents for one in some) for some in bundles]
    tallest = max(amounts)
    for some, cents in zip(bundles, amounts, strict=True):
        yield Stem(
            x=scale.at(some[-1].on),
            top=_top(cents, tallest),
            first_on=some[0].on,
            last_on=some[-1].on,
            revenue_cents=cents,
        )


@dataclass(frozen=True, kw_only=True)
class _Scale:
    begin: date
    end: date
    width: int

    def x(self, on: date) -> float:
        share = (on - self.begin).days / max((self.end - self.begin).days, 1)
        return MARGIN + share * (self.width - 2 * MARGIN)

    def at(self, on: date) -> str:
        """Write a place for the drawing: with a point, whatever the language."""
        return f"{self.x(on):.1f}"


def _top(cents: int, tallest: int) -> str:
    share = sqrt(max(cents, 0) / tallest) if tallest > 0 else 0
    return f"{FLOOR - SHORTEST - share * (TALLEST - SHORTEST):.1f}"


def _ticks(scale: _Scale) -> list[Tick]:
    """Mark the beginning of each quarter where there is room, otherwise of each year."""
    days = (scale.end - scale.begin).days
    step = 3 if scale.width / max(days / 365, 0.25) > 2 * MONTHS_WIDE else 12
    ticks = []
    for year in range(scale.begin.year, scale.end.year + 1):
        for month in range(1, 13, step):
            on = date(year, month, 1)
            if scale.begin <= on <= scale.end and scale.x(on) < scale.width - 30:
                label = str(year) if month == 1 else f"{month}/{year % 100:02d}"
                ticks.append(Tick(x=scale.at(on), label=label))
    return ticks
