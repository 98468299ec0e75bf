"""
Answers to free questions, computed from the mirror through insight and cached by the version of the facts.

Every answer counts up to `as_of` and with the activity window of the shown generation, unless the question says
otherwise. There is no mirror before the first refresh: `NoMirror` then says so.
"""

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import narwhals as nw
from django.core.cache import cache

from stammkunde.insight import classes, kpis, money, periods
from stammkunde.insight import rfm as rfm_scores
from stammkunde.insight import rhythm as rhythm_of_all
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts, hold, rows, total
from stammkunde.sales.models import Line, Order
from stammkunde.signals import behind, compute, frames, mirror, queries
from stammkunde.signals.frames import OTHER, Slice
from stammkunde.signals.mirror import NoMirror
from stammkunde.signals.models import CustomerSignal
from stammkunde.team import queries as team

__all__ = [
    "OTHER", "Abc", "MonthOfRevenue", "NoFacts", "NoMirror", "Rfm", "Rhythm", "Slice", "SliceColumn",
    "abc", "customers_behind", "figures", "last_complete", "retention_series", "revenue_by_month", "rfm", "rhythm",
    "slices", "suggested_activity_days",
]  # fmt: skip


class NoFacts(Exception):
    """There are no orders yet, so there is nothing to count."""


FORMAT = 1  # of what is cached; count up when an answer changes its shape
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class SliceColumn:
    """Something to slice by, with its values (largest first) and how many customers (channel: lines) each has."""

    by: str
    values: list[tuple[str, int]]


def figures(
    *,
    periods: Collection[str],
    by: str | None = None,
    activity_days: int | None = None,
    names: Collection[str] | None = None,
    as_of: date | None = None,
) -> list[kpis.Figure]:
    """
    Count figures for free periods, slices and activity windows.

    :raises CannotAnswer: if a period, a slice or a figure is unknown; the message says which
    """

    def count(base: Base) -> list[kpis.Figure]:
        known = frames.cut(base.facts, by=by) if by in compute.SLICES else base.facts
        return kpis.figures(
            known, periods=periods, activity_days=base.activity_days, by=by, names=names, as_of=base.as_of
        )

    asked = (tuple(periods), names and tuple(names))
    return _answer("figures", count, *asked, by=by, activity_days=activity_days, as_of=as_of)


def slices() -> list[SliceColumn]:
    """List what figures can be sliced by, and the values that occur; columns that say nothing are left out."""

    def look(base: Base) -> list[SliceColumn]:
        names = [*compute.SLICES, *(name for name in base.facts.attributes() if name.startswith("attr_"))]
        columns = [SliceColumn(by=name, values=frames.values(base.facts, by=name)[:200]) for name in names]
        return [column for column in columns if any(value for value, _ in column.values)]

    return _answer("slices", look, by="class")


def customers_behind(
    *, period: str, kpi: str = "", which: str = "", within: Slice | None = None, activity_days: int | None = None
) -> list[int]:
    """
    List the ids of the customers behind a figure: `which` is one of `behind.GROUPS`; empty: what the figure counts.

    :raises CannotAnswer: if the period or the group is unknown
    """
    group = which or behind.OF_KPI.get(kpi, kpi)

    def look(base: Base) -> list[int]:
        return behind.ids(
            base.facts,
            period=periods.parse(period),
            group=group,
            activity_days=base.activity_days,
            last_day=periods.day_number(base.as_of),
        )

    return _answer("behind", look, period, group, activity_days=activity_days, within=within)


def retention_series(*, grain: periods.Grain, within: Slice | None = None) -> list[kpis.Figure]:
    """Count retention over the whole history, oldest first; whole company: cheaper from `queries.series`."""

    def count(base: Base) -> list[kpis.Figure]:
        asked = _history(base, grain=grain)
        return kpis.figures(
            base.facts, periods=asked, activity_days=base.activity_days, names=["retention_rate"], as_of=base.as_of
        )

    return _answer("retention", count, grain, within=within)


@dataclass(frozen=True, kw_only=True)
class MonthOfRevenue:
    """One month's money, guests included. The margin is empty where the cost of too many lines is unknown."""

    month: str
    revenue_cents: int
    guests_cents: int  # of the revenue: orders without a known customer
    margin_cents: int | None
    coverage: float | None  # share of turnover whose cost is known


def revenue_by_month(*, within: Slice | None = None) -> list[MonthOfRevenue]:
    """Sum revenue and margin of every month, oldest first; of one slice, or of everything, guests included."""

    def add_up(base: Base) -> list[MonthOfRevenue]:
        guest = nw.col("customer_id").is_null()
        lines = base.facts.until(base.as_of).lines.with_columns(guest.alias("guest"))
        found = rows(lines.group_by("ordered_month", "guest").agg(*money.sums()))
        months: dict[int, dict[bool, money.Money]] = {}
        for row in found:
            month, by_guest = row.pop("ordered_month"), row.pop("guest")
            months.setdefault(month, {})[by_guest] = money.Money(**row)
        return [_month_of_revenue(month, months[month]) for month in sorted(months)]

    return _answer("revenue", add_up, within=within)


def _month_of_revenue(month: int, parts: dict[bool, money.Money]) -> MonthOfRevenue:
    whole = sum(parts.values(), start=money.Money())
    return MonthOfRevenue(
        month=str(periods.Period(month, 1)),
        revenue_cents=whole.revenue_cents,
        guests_cents=parts.get(True, money.Money()).revenue_cents,
        margin_cents=whole.margin_cents if whole.margin_known else None,
        coverage=whole.coverage,
    )


@dataclass(frozen=True, kw_only=True)
class Abc:
    """What the classes bring, by `basis` (margin, or revenue where costs are unknown), and the curve behind it."""

    basis: str
    shares: list[classes.ClassShare]
    pareto: list[dict]


def abc(*, within: Slice | None = None) -> Abc:
    """Put the customers into A, B and C by what they brought so far."""

    def classify(base: Base) -> Abc:
        found = hold(classes.customers(base.facts, last_on=base.as_of))
        first = rows(found.select("basis").head(1))
        return Abc(
            basis=first[0]["basis"] if first else "margin",
            shares=classes.shares(found),
            pareto=classes.pareto(found),
        )

    return _answer("abc", classify, within=within)


@dataclass(frozen=True, kw_only=True)
class Rfm:
    """How many buyers, and how much revenue, have which scores; and by the segments that these make."""

    grid: list[dict]
    segments: list[dict]


def rfm(*, within: Slice | None = None) -> Rfm:
    """Count buyers by how recently, how often and for how much they bought."""

    def score(base: Base) -> Rfm:
        scored = hold(rfm_scores.table(base.facts, as_of=base.as_of))
        size = (nw.len().cast(nw.Int64).alias("customers"), total("revenue_cents"))
        found = {row["rfm_segment"]: row for row in rows(scored.group_by("rfm_segment").agg(*size))}
        segments = [found[name] for name in rfm_scores.SEGMENTS if name in found]
        return Rfm(grid=rfm_scores.grid(scored), segments=segments)

    return _answer("rfm", score, within=within)


def suggested_activity_days() -> rhythm_of_all.WindowSuggestion | None:
    """Suggest an activity window, with the numbers that explain it; None where the facts are too few."""

    def suggest(base: Base) -> tuple[rhythm_of_all.WindowSuggestion | None]:
        try:
            return (rhythm_of_all.suggest_activity_days(base.facts.until(base.as_of)),)
        except NotEnoughData:
            return (None,)

    return _answer("suggestion", suggest)[0]


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """A customer's buying days, and what is usual for them by the shown generation."""

    days: list[date]
    signal: CustomerSignal | None

    @property
    def gaps(self) -> list[int]:
        """Give the days between one purchase and the next."""
        return [(later - earlier).days for earlier, later in itertools.pairwise(self.days)]


def rhythm(customer_id: int) -> Rhythm:
    """Give a customer's order rhythm, from the database: cheap, and up to date to the minute."""
    orders = Order.objects.filter(customer_id=customer_id, lines__kind=Line.Kind.SALE)
    days = orders.exclude(status=Order.Status.CANCELLED).order_by("ordered_on").values_list("ordered_on", flat=True)
    return Rhythm(days=list(days.distinct()), signal=queries.signal_of(customer_id))


def _history(base: "Base", *, grain: periods.Grain) -> list[periods.Period]:
    days = base.facts.until(base.as_of).days()
    return periods.between(periods.day(days[0]), base.as_of, grain=grain) if days else []


def last_complete(*, grain: periods.Grain = "quarter", as_of: date | None = None) -> str:
    """Name the last period that the facts cover whole; the running one if there is no other."""
    until = as_of or _as_of(mirror.tables())
    running = periods.containing(until, grain=grain)
    return str(running if running.end_on == until else running.previous())


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a question is answered from."""

    facts: Facts
    as_of: date
    activity_days: int


def _answer(
    name: str,
    work_out: Callable[["Base"], Answer],
    *question: object,
    by: str | None = None,
    activity_days: int | None = None,
    as_of: date | None = None,
    within: Slice | None = None,
) -> Answer:
    """Look the answer up, or work it out and remember it for this version of the facts."""
    manifest = mirror.read()
    if manifest is None:
        raise NoMirror
    tables = mirror.tables(manifest)
    until = as_of or _as_of(tables)
    days = activity_days or _activity_days()
    asked = (FORMAT, manifest.version, manifest.built_at, name, question, by, days, until, within)
    key = "answers:" + hashlib.sha256(repr(asked).encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        classed = frames.CLASSES.intersection({by, within.by if within else None})
        with _facts(tables, classed_on=until if classed else None, within=within) as facts:
            found = work_out(Base(facts=facts, as_of=until, activity_days=days))
        cache.set(key, found)
    return found


@contextmanager
def _facts(tables: mirror.Tables, *, classed_on: date | None, within: Slice | None) -> Iterator[Facts]:
    known = frames.open_facts(tables)
    if classed_on:
        known = frames.with_class(known, as_of=classed_on)
    part = frames.within(known, within)
    try:
        yield part
    finally:
        part.release()
        known.release()


def _as_of(tables: mirror.Tables) -> date:
    """Give the day of the shown figures; before there are any, the last day of the facts."""
    shown = queries.as_of()
    if shown:
        return shown
    ((last,),) = tables.lines.aggregate("max(ordered_on)").fetchall()
    if last is None:
        raise NoFacts
    return periods.day(last)


def _activity_days() -> int:
    shown = queries.current()
    return team.company().activity_days or (shown.activity_days if shown else 0) or 180
