"""
Figures: dated numbers with numerator, denominator and the number of customers behind them.

All periods of one call are counted together: boundaries of stays, months of money and grains of buying days are each
read once, however many periods are asked for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import narwhals as nw

from stammkunde.insight import buying, lifetime
from stammkunde.insight.errors import KpiUnknown, NotEnoughData
from stammkunde.insight.frames import Facts, Frame, counted, rows
from stammkunde.insight.money import Money, by_month
from stammkunde.insight.periods import Period, as_period, by_grain, day_number
from stammkunde.insight.slices import Slicing, sliced, slicing

NAMES = (
    "retention_rate",
    "churn_rate",
    "repurchase_rate",
    "customer_lifetime_days",
    "revenue_per_customer_cents",
    "margin_per_customer_cents",
    "average_basket_cents",
    "customers_start",
    "customers_end",
    "customers_won",
    "customers_lost",
)
FROM_STAYS = frozenset(NAMES) & {
    "retention_rate",
    "churn_rate",
    "customers_start",
    "customers_end",
    "customers_won",
    "customers_lost",
}
FROM_BUYERS = {"repurchase_rate", "revenue_per_customer_cents", "margin_per_customer_cents", "average_basket_cents"}
FROM_MONEY = FROM_BUYERS - {"repurchase_rate"}


@dataclass(frozen=True)
class Figure:
    """
    One dated number.

    `slice_by` is empty and `slice` None for the whole company; `slice` is the empty text where the property is unknown.
    `value` is None where no honest answer exists; `reason` then says why, as a code. `remark` is a code that qualifies
    a value that is given: `cost_partly_unknown` or `period_unfinished`. `coverage` is the share of revenue whose cost
    is known (margins only). `n` counts the customers behind the figure.
    """

    kpi: str
    period: str
    slice_by: str
    slice: str | None
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    reason: str = ""
    remark: str = ""
    coverage: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the figure as a plain dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class Presence:
    """Customers at the start and the end of a period, and how many of them are the same."""

    start: int = 0
    end: int = 0
    kept: int = 0

    @property
    def won(self) -> int:
        """Count the customers at the end who were none at the start."""
        return self.end - self.kept

    @property
    def lost(self) -> int:
        """Count the customers at the start who are none at the end."""
        return self.start - self.kept


@dataclass(frozen=True)
class Buyers:
    """Customers with a purchase in a period, and those with two or more buying days."""

    all: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class _Counts:
    """Everything that was counted for one call, by period and raw slice."""

    presence: Mapping[tuple[Period, Any], Presence]
    buyers: Mapping[tuple[Period, Any], Buyers]
    money: Mapping[tuple[Period, Any], Money]
    lifetimes: Mapping[tuple[Period, Any], "lifetime.Lifetime | NotEnoughData"]

    def slices(self) -> set[Any]:
        return {key[1] for part in (self.presence, self.buyers, self.money, self.lifetimes) for key in part}


def figures(
    facts: Facts,
    *,
    periods: Iterable[Period | str],
    activity_days: int,
    by: str | None = None,
    names: Collection[str] | None = None,
    as_of: date | None = None,
) -> list[Figure]:
    """
    Count figures for many periods at once.

    Args:
        facts: the facts.
        periods: years, quarters and months, in any mix.
        activity_days: whoever bought within so many days is a customer.
        by: what to slice by (see `slices.slicing`); None for the whole company.
        names: which figures; all of `NAMES` where None.
        as_of: the day up to which facts are complete. A period that is still running is counted up to it and marked
            `period_unfinished`; one that has not begun has no value. None: every period is over.

    Returns:
        figures in the order of `NAMES`, then as the periods were given, then by slice.

    Raises:
        KpiUnknown: there is no figure of that name.
        PeriodUnclear: a text names no period.
        SliceUnknown: figures cannot be sliced so.
        InvalidInput: the activity window is shorter than a day.
    """
    wanted = _wanted(names)
    asked = list(dict.fromkeys(as_period(period) for period in periods))
    last = None if as_of is None else day_number(as_of)
    known = facts if as_of is None else facts.until(as_of)
    begun = [period for period in asked if last is None or period.start_day <= last]
    slices = slicing(known, by=by)
    counts = _count(known, begun, slices=slices, activity_days=activity_days, wanted=wanted, last=last)
    found = sorted(counts.slices(), key=lambda value: slices.label(value) or "") or [""] * (slices.kind == "whole")
    return [
        _figure(kpi, period, slices, value, counts=counts, last=last)
        for kpi in NAMES
        if kpi in wanted
        for period in asked
        for value in found
    ]


def presence(
    facts: Facts, periods: Sequence[Period], *, activity_days: int, slices: Slicing, last: int | None = None
) -> dict[tuple[Period, Any], Presence]:
    """
    Count customers at the start and the end of periods, and those who are both.

    Args:
        facts: the facts.
        periods: the periods.
        activity_days: length of the activity window.
        slices: what to slice by.
        last: the last day to look at; a running period ends there.

    Returns:
        the counts by period and raw slice.

    Raises:
        InvalidInput: the activity window is shorter than a day.
    """
    if not periods:
        return {}
    bounds = {period: (period.start_day - 1, _end(period, last)) for period in periods}
    own = sliced(facts, buying.stays(facts, activity_days=activity_days, slices=slices), slices=slices)
    there = {day: f"at_{place}" for place, day in enumerate(sorted({day for pair in bounds.values() for day in pair}))}
    stayed = {pair: f"kept_{place}" for place, pair in enumerate(dict.fromkeys(bounds.values()))}
    once = own.group_by("slice").agg(
        *[counted(_covers(day), name=name) for day, name in there.items()],
        *[counted(_covers(start) & _covers(end), name=name) for (start, end), name in stayed.items()],
    )
    came_back = (
        _pairs(own, slices=slices, longest=max(end - start for start, end in stayed))
        .group_by("slice")
        .agg(*[counted(_covers(start) & _covers(end, "_later"), name=name) for (start, end), name in stayed.items()])
    )
    again = {row["slice"]: row for row in rows(came_back)}
    return {
        (period, row["slice"]): Presence(
            start=row[there[start]],
            end=row[there[end]],
            kept=row[stayed[start, end]] + again.get(row["slice"], {}).get(stayed[start, end], 0),
        )
        for row in rows(once)
        for period, (start, end) in bounds.items()
    }


def buyers(facts: Facts, periods: Iterable[Period], *, slices: Slicing) -> dict[tuple[Period, Any], Buyers]:
    """
    Count the buyers of periods, and those who bought on two or more days of the period.

    Args:
        facts: the facts.
        periods: the periods.
        slices: what to slice by.

    Returns:
        the counts by period and raw slice; only where somebody bought.
    """
    bought = sliced(facts, buying.days(facts, slices=slices), slices=slices)
    counts: dict[tuple[Period, Any], Buyers] = {}
    for same in by_grain(periods).values():
        months = same[0].months
        wanted = {period.number: period for period in same}
        for row in rows(_buyers(bought, months=months)):
            if row["number"] in wanted:
                counts[wanted[row["number"]], row["slice"]] = Buyers(row["buyers"], row["repeated"])
    return counts


def _buyers(bought: Frame, *, months: int) -> Frame:
    """Tell a buyer's first and second day in a period by the months of the purchases before."""
    number, before, second = (nw.col(c) // months for c in ("month", "month_before", "month_second"))
    repeats = ~before.is_null() & (before == number)
    is_second = repeats & (second.is_null() | (second != number))
    return (
        bought.select("slice", number.alias("number"), repeats.alias("repeats"), is_second.alias("is_second"))
        .group_by("number", "slice")
        .agg(counted(~nw.col("repeats"), name="buyers"), counted(nw.col("is_second"), name="repeated"))
    )


def _wanted(names: Collection[str] | None) -> frozenset[str]:
    unknown = sorted(set(names or ()) - set(NAMES))
    if unknown:
        raise KpiUnknown(f"No figure is called '{unknown[0]}'. Choose from {', '.join(NAMES)}.")
    return frozenset(NAMES if names is None else names)


def _count(
    facts: Facts,
    periods: list[Period],
    *,
    slices: Slicing,
    activity_days: int,
    wanted: frozenset[str],
    last: int | None,
) -> _Counts:
    days = {period: _end(period, last) for period in periods}
    return _Counts(
        presence(facts, periods, activity_days=activity_days, slices=slices, last=last) if wanted & FROM_STAYS else {},
        buyers(facts, periods, slices=slices) if wanted & FROM_BUYERS else {},
        by_month(facts, periods, slices=slices) if wanted & FROM_MONEY else {},
        lifetime.of_periods(facts, days, activity_days=activity_days, slices=slices)
        if "customer_lifetime_days" in wanted
        else {},
    )


def _end(period: Period, last: int | None) -> int:
    return period.end_day if last is None else min(period.end_day, last)


def _covers(day: int, suffix: str = "") -> nw.Expr:
    return (nw.col(f"entered{suffix}") <= day) & (nw.col(f"until{suffix}") >= day)


def _pairs(own: Frame, *, slices: Slicing, longest: int) -> Frame:
    """Pair each stay with the later stays of the same customer that one period could span."""
    keys = slices.keys
    later = own.select(*keys, nw.col("entered").alias("entered_later"), nw.col("until").alias("until_later"))
    near = (nw.col("entered_later") > nw.col("until")) & (nw.col("entered_later") - nw.col("until") <= longest)
    returning = own.filter(~nw.col("again").is_null())
    return returning.join(later, on=keys, how="inner").filter(near)


def _figure(kpi: str, period: Period, slices: Slicing, value: Any, *, counts: _Counts, last: int | None) -> Figure:
    where = (period, value)
    begun = last is None or period.start_day <= last
    answer = _ANSWERS[kpi](counts, where) if begun else _none("period_not_begun")
    remark = answer.get("remark", "")
    if not remark and last is not None and answer["value"] is not None and period.end_day > last:
        remark = "period_unfinished"
    return Figure(kpi, str(period), slices.by, slices.label(value), **{**answer, "remark": remark})


def _none(reason: str, *, numerator: float | None = None, n: int = 0, coverage: float | None = None) -> dict[str, Any]:
    return {
        "value": None,
        "numerator": numerator,
        "denominator": None,
        "n": n,
        "reason": reason,
        "coverage": coverage,
    }


def _ratio(numerator: float, denominator: int, *, n: int, reason: str) -> dict[str, Any]:
    if not denominator:
        return _none(reason)
    return {"value": numerator / denominator, "numerator": numerator, "denominator": denominator, "n": n}


def _retention(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen = counts.presence.get(where, Presence())
    return _ratio(seen.end - seen.won, seen.start, n=seen.start, reason="no_customers_at_start")


def _churn(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen = counts.presence.get(where, Presence())
    return _ratio(seen.lost, seen.start, n=seen.start, reason="no_customers_at_start")


def _repurchase(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen = counts.buyers.get(where, Buyers())
    return _ratio(seen.repeated, seen.all, n=seen.all, reason="no_buyers")


def _revenue(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen = counts.buyers.get(where, Buyers())
    return _ratio(counts.money.get(where, Money()).revenue_cents, seen.all, n=seen.all, reason="no_buyers")


def _margin(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen, money = counts.buyers.get(where, Buyers()), counts.money.get(where, Money())
    if not seen.all:
        return _none("no_buyers")
    if not money.margin_known:
        reason = "cost_partly_unknown" if money.costed_cents else "cost_unknown"
        return _none(reason, n=seen.all, coverage=money.coverage)
    answer = _ratio(money.margin_cents, seen.all, n=seen.all, reason="no_buyers")
    partly = "cost_partly_unknown" if money.costed_cents < money.turned_cents else ""
    return {**answer, "coverage": money.coverage, "remark": partly}


def _basket(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    money, seen = counts.money.get(where, Money()), counts.buyers.get(where, Buyers())
    return _ratio(money.sold_cents, money.orders, n=seen.all, reason="no_orders")


def _lifetime(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
    seen = counts.lifetimes.get(where)
    if seen is None:
        return _none("no_customers")
    if isinstance(seen, NotEnoughData):
        return _none("nobody_lost_yet")
    return {"value": seen.mean_days, "numerator": None, "denominator": None, "n": seen.n}


def _number(name: str) -> Any:
    def answer(counts: _Counts, where: tuple[Period, Any]) -> dict[str, Any]:
        count = getattr(counts.presence.get(where, Presence()), name)
        return {"value": float(count), "numerator": count, "denominator": None, "n": count}

    return answer


_ANSWERS = {
    "retention_rate": _retention,
    "churn_rate": _churn,
    "repurchase_rate": _repurchase,
    "customer_lifetime_days": _lifetime,
    "revenue_per_customer_cents": _revenue,
    "margin_per_customer_cents": _margin,
    "average_basket_cents": _basket,
    "customers_start": _number("start"),
    "customers_end": _number("end"),
    "customers_won": _number("won"),
    "customers_lost": _number("lost"),
}
