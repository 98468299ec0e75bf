"""Who the customers are: classes, scores, rhythm, and the people behind a figure."""

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw

from stammkunde.insight import classes, periods
from stammkunde.insight import rfm as scores
from stammkunde.insight import rhythm as rhythms
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import hold, rows, total
from stammkunde.insight.periods import Period
from stammkunde.sales import history
from stammkunde.signals import behind, queries
from stammkunde.signals.answers.asking import Base, answer
from stammkunde.signals.frames import Slice
from stammkunde.signals.models import CustomerSignal


@dataclass(frozen=True, kw_only=True)
class Abc:
    """What the classes bring, by `basis` (margin, or revenue where costs are unknown), and the curve behind it."""

    basis: str
    shares: list[classes.ClassShare]
    pareto: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Rfm:
    """How many buyers, and how much revenue, have which scores; and by the segments that these make."""

    grid: list[dict[str, Any]]
    segments: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """A customer's buying days, and what is usual for them by the shown generation."""

    days: list[date]
    signal: CustomerSignal | None

    @property
    def gaps(self) -> list[int]:
        """Give the days between one purchase and the next."""
        return [(later - earlier).days for earlier, later in itertools.pairwise(self.days)]


def abc(*, within: Slice | None = None, basis: classes.Basis | None = None) -> Abc:
    """Put the customers into A, B and C by what they brought so far; by revenue, where that is asked for."""

    def classify(base: Base) -> Abc:
        found = hold(classes.customers(base.facts, last_on=base.as_of, basis=basis))
        first = rows(found.select("basis").head(1))
        return Abc(
            basis=first[0]["basis"] if first else "margin",
            shares=classes.shares(found),
            pareto=classes.pareto(found),
        )

    return answer("abc", classify, *([basis] if basis else []), within=within)


def rfm(*, within: Slice | None = None) -> Rfm:
    """Count buyers by how recently, how often and for how much they bought."""

    def score(base: Base) -> Rfm:
        scored = hold(scores.table(base.facts, as_of=base.as_of))
        size = (nw.len().cast(nw.Int64).alias("customers"), total("revenue_cents"))
        found = {row["rfm_segment"]: row for row in rows(scored.group_by("rfm_segment").agg(*size))}
        return Rfm(grid=scores.grid(scored), segments=[found[name] for name in scores.SEGMENTS if name in found])

    return answer("rfm", score, within=within)


def suggested_activity_days() -> rhythms.WindowSuggestion | None:
    """Suggest an activity window, with the numbers that explain it; None where the facts are too few."""

    def suggest(base: Base) -> rhythms.WindowSuggestion | None:
        try:
            return rhythms.suggest_activity_days(base.facts.until(base.as_of))
        except NotEnoughData:
            return None

    return answer("suggestion", suggest)


def rhythm(customer_id: int) -> Rhythm:
    """Give a customer's order rhythm, from the database: cheap, and up to date to the minute."""
    days = [purchase.on for purchase in history.purchases(customer_id)]
    return Rhythm(days=days, signal=queries.signal_of(customer_id))


def customers_behind(
    *,
    period: str | Period,
    group: str = "",
    kpi: str = "",
    slice_by: str = "",
    slice_value: str = "",
    activity_days: int | None = None,
) -> tuple[int, ...]:
    """
    List the ids of the customers behind a figure: of `group` (see `behind.GROUPS`), or of what `kpi` counts.

    :raises CannotAnswer: if the period, the slice or the group is unknown
    """
    asked = periods.as_period(period)
    chosen = group or behind.OF_KPI.get(kpi, kpi)

    def look(base: Base) -> tuple[int, ...]:
        last = periods.day_number(base.as_of)
        return behind.ids(base.facts, period=asked, group=chosen, activity_days=base.activity_days, last_day=last)

    within = Slice(by=slice_by, value=slice_value) if slice_by else None
    return answer("behind", look, str(asked), chosen, activity_days=activity_days, within=within)


def last_bought(
    *, period: str | Period, slice_by: str = "", slice_value: str = "", activity_days: int | None = None
) -> dict[int, int]:
    """
    Tell of everybody lost in a period on which day they bought for the last time before that, as `insight` counts days.

    :raises CannotAnswer: if the period or the slice is unknown
    """
    asked = periods.as_period(period)

    def look(base: Base) -> dict[int, int]:
        last = periods.day_number(base.as_of)
        return behind.last_bought(base.facts, period=asked, activity_days=base.activity_days, last_day=last)

    within = Slice(by=slice_by, value=slice_value) if slice_by else None
    return answer("last bought", look, str(asked), activity_days=activity_days, within=within)
