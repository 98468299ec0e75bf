"""Figures, cohorts and revenue for free periods, slices and activity windows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from stammkunde.insight import cohorts as by_cohort
from stammkunde.insight import kpis, money, periods
from stammkunde.insight import lifetime as lifetimes
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.slices import OF_THE_LINE
from stammkunde.signals import compute, frames
from stammkunde.signals.answers.asking import Base, answer, history, shown_until
from stammkunde.signals.frames import Slice

MOST_CHOICES = 200


@dataclass(frozen=True, kw_only=True)
class SliceColumn:
    """
    Something to slice by, with its values, largest first.

    Each value comes with the number of its customers (channel: of its lines; category: of its products).
    """

    by: str
    values: list[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class MonthOfRevenue:
    """One month's money, guests included. The margin is that of the lines with known cost."""

    month: str
    revenue_cents: int
    guests_cents: int  # of the revenue: orders without a known customer
    margin_cents: int | None
    coverage: float | None  # share of turnover whose cost is known
    orders: int


def figures(
    *,
    periods: Collection[str],
    by: str | None = None,
    activity_days: int | None = None,
    names: Collection[str] | None = None,
    as_of: date | None = None,
    within: Slice | None = None,
) -> list[kpis.Figure]:
    """
    Count figures for free periods, slices and activity windows; `within` keeps to one slice before slicing `by`.

    :raises CannotAnswer: if a period, a slice or a figure is unknown; the message says which
    """

    def count(base: Base) -> list[kpis.Figure]:
        known = frames.cut(base.facts, by=by) if by in compute.SLICES else base.facts
        return kpis.figures(
            known, periods=periods, activity_days=base.activity_days, by=by, names=names, as_of=base.as_of
        )

    asked = (tuple(map(str, periods)), names and tuple(names))
    return answer("figures", count, *asked, by=by, activity_days=activity_days, as_of=as_of, within=within)


def unallocated(*, periods: Collection[str], by: str) -> dict[str, money.Unallocated]:
    """Sum, by period, what margins by channel or by category leave out; nothing where everything has its slice."""

    def add_up(base: Base) -> dict[str, money.Unallocated]:
        found = money.unallocated(base.facts.until(base.as_of), periods=periods, by=by)
        return {str(one.period): one for one in found}

    return answer("unallocated", add_up, tuple(map(str, periods)), by) if by in OF_THE_LINE else {}


def slices() -> list[SliceColumn]:
    """List what figures can be sliced by, and the values that occur; columns that say nothing are left out."""

    def look(base: Base) -> list[SliceColumn]:
        attributes = [name for name in base.facts.attributes() if name.startswith("attr_")]
        names = [*compute.SLICES, "category", *attributes]
        columns = [SliceColumn(by=name, values=frames.values(base.facts, by=name)[:MOST_CHOICES]) for name in names]
        return [column for column in columns if any(value for value, _ in column.values)]

    return answer("slices", look, by="class")


def last_complete(*, grain: periods.Grain = "quarter", as_of: date | None = None) -> str:
    """Name the last period that the facts cover whole; with younger facts, the running one."""
    until = as_of or shown_until()
    running = periods.containing(until, grain=grain)
    return str(running if running.end_on == until else running.previous())


def retention_series(*, grain: periods.Grain, within: Slice | None = None) -> list[kpis.Figure]:
    """Count retention over the whole history, oldest first; whole company: cheaper from `queries.series`."""

    def count(base: Base) -> list[kpis.Figure]:
        asked = history(base, grain=grain)
        return kpis.figures(
            base.facts, periods=asked, activity_days=base.activity_days, names=["retention_rate"], as_of=base.as_of
        )

    return answer("retention", count, grain, within=within)


def revenue_by_month(*, within: Slice | None = None) -> list[MonthOfRevenue]:
    """Sum revenue and margin of every month, oldest first; of one slice, or of everything, guests included."""

    def add_up(base: Base) -> list[MonthOfRevenue]:
        months = money.turnover(base.facts.until(base.as_of), periods=history(base, grain="month"))
        return [month_of_revenue(month) for month in months]

    return answer("revenue", add_up, within=within)


def month_of_revenue(month: money.Turnover) -> MonthOfRevenue:
    return MonthOfRevenue(
        month=str(month.period),
        revenue_cents=month.revenue_cents,
        guests_cents=month.guest_revenue_cents,
        margin_cents=month.margin_cents,
        coverage=month.coverage,
        orders=month.orders,
    )


def cohorts(*, grain: periods.Grain = "month", within: Slice | None = None) -> by_cohort.CohortMatrix:
    """Count, for every cohort, who bought again in each later period."""

    def count(base: Base) -> by_cohort.CohortMatrix:
        return by_cohort.matrix(base.facts.until(base.as_of), grain=grain)

    return answer("cohorts", count, grain, within=within)


def lifetime(*, within: Slice | None = None) -> lifetimes.Lifetime | None:
    """Estimate how long customers stay, with the curve; None while nobody was lost yet."""

    def estimate(base: Base) -> lifetimes.Lifetime | None:
        found = lifetimes.lifetime(base.facts, as_of=base.as_of, activity_days=base.activity_days).get(None)
        return None if isinstance(found, NotEnoughData) else found

    return answer("lifetime", estimate, within=within)
