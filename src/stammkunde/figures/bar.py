"""The bar on top of pages of figures: another length of the period, the ones beside it, back to the present."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy

from stammkunde.insight import periods
from stammkunde.insight.periods import Grain, Period
from stammkunde.segments import selection
from stammkunde.segments.selection import Selection

GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")


GRAIN_NAMES = {"month": gettext_lazy("Month"), "quarter": gettext_lazy("Quarter"), "year": gettext_lazy("Year")}


@dataclass(frozen=True, kw_only=True)
class Step:
    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What the bar on top of a page offers: lengths, the period before and after, and the way back to the present."""

    period: str
    name: str
    grains: list[Step]
    previous: str
    next: str  # empty: it has not begun
    latest: str
    kept: Mapping[str, str]


def bar(chosen: Selection, *, kept: Mapping[str, str] | None = None) -> Bar:
    """Make the bar; `kept` is what else stays in the address."""
    period, after = chosen.period, following(chosen.period)
    latest = selection.last_complete(chosen.as_of_on, grain=period.grain)
    if period == latest:  # it leads on, never to where one stands
        latest = periods.containing(chosen.as_of_on, grain=period.grain)
    return Bar(
        period=str(period),
        name=selection.name(period),
        grains=[
            Step(
                label=str(GRAIN_NAMES[grain]),
                address=chosen.to(in_grain(period, grain=grain, as_of_on=chosen.as_of_on), kept=kept),
                is_chosen=grain == period.grain,
            )
            for grain in GRAINS
        ],
        kept=dict(kept or {}),
        previous=chosen.to(period.previous(), kept=kept),
        next=chosen.to(after, kept=kept) if after.start_on <= chosen.as_of_on else "",
        latest=chosen.to(latest, kept=kept),
    )


def following(period: Period) -> Period:
    return Period(period.first_month + period.months, period.months)


def in_grain(period: Period, *, grain: Grain, as_of_on: date) -> Period:
    """Look at a period with another length: at its end, but not later than there are facts."""
    return periods.containing(min(period.end_on, max(as_of_on, period.start_on)), grain=grain)
