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
import numpy as np
from numpy.typing import NDArray

from stammkunde.insight import buying, lifetime
from stammkunde.insight.cells import Cells, Counts
from stammkunde.insight.errors import KpiUnknown, NotEnoughData
from stammkunde.insight.frames import Facts, Frame
from stammkunde.insight.marks import BITS, marks
from stammkunde.insight.money import Money, by_month
from stammkunde.insight.periods import Period, as_period, day_number
from stammkunde.insight.slices import Slicing, counted, kept_months, slicing

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
REASONS = (  # why a value is missing
    "period_not_begun",
    "no_customers_at_start",
    "no_buyers",
    "no_orders",
    "no_customers",
    "nobody_lost_yet",
    "followed_too_briefly",
    "cost_unknown",
    "history_short",
    "facts_begin_later",
)
REMARKS = (  # what qualifies a value that is given
    "cost_partly_unknown",
    "period_unfinished",
    "history_short",
)
FROM_BUYERS = {"repurchase_rate", "revenue_per_customer_cents", "margin_per_customer_cents", "average_basket_cents"}
FROM_START = {"retention_rate", "churn_rate"}  # shares of those who were there when the period began
OPENING_DAYS = 7  # facts may begin so many days after a period did: nobody sells on a holiday or a weekend
FROM_MONEY = FROM_BUYERS - {"repurchase_rate"}


@dataclass(frozen=True)
class Figure:
    """
    One dated number.

    `slice_by` is empty and `slice` None for the whole company; `slice` is the empty text where the property is unknown.
    `value` is None where no honest answer exists; `reason` then says why, as one of `REASONS`. `remark` is one of
    `REMARKS` and qualifies a value that is given: some costs are unknown; the period is still running; the facts begin
    within the activity window before the period, so customers at its start may be missing. Shares of the customers at
    the start have no value then, and the reason `history_short`. `coverage` is the share of
    revenue whose cost is known (margins only). `n` counts the customers behind the figure.
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
    last: int | None  # the day up to which facts are complete
    begins: int | None  # the day on which facts begin
    activity_days: int

    @property
    def seen_from(self) -> int | None:
        """Find the first day on which the whole activity window lies within the facts."""
        return None if self.begins is None else self.begins + self.activity_days - 1

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
    among: Iterable[Period] = (),
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
        among: periods that other calls ask these facts about: what is counted for all of them is counted once.

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
    span = _Span.of([*begun, *among], last=last)
    counts = _count(known, begun, span, slices=slices, activity_days=activity_days, wanted=wanted)
    found = sorted(counts.slices(), key=lambda value: slices.label(value) or "") or [""] * (slices.kind == "whole")
    return [
        _figure(kpi, period, slices, value, counts=counts)
        for kpi in NAMES
        if kpi in wanted
        for period in asked
        for value in found
    ]


@dataclass(frozen=True)
class _Span:
    """How far a counting must reach for some periods: their first month, the days of the longest, and the last day."""

    first_month: int
    longest: int
    last: int | None

    @classmethod
    def of(cls, periods: Sequence[Period], *, last: int | None) -> "_Span":
        lengths = (_end(period, last) - period.start_day + 1 for period in periods)
        return cls(min((period.first_month for period in periods), default=0), max(lengths, default=0), last)


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
    return _presence(facts, periods, _Span.of(periods, last=last), activity_days=activity_days, slices=slices)


def _presence(
    facts: Facts, periods: Sequence[Period], span: _Span, *, activity_days: int, slices: Slicing
) -> dict[tuple[Period, Any], Presence]:
    if not periods:
        return {}
    last, longest, first_month = span.last, span.longest, span.first_month
    stays = buying.stays(facts, activity_days=activity_days, slices=slices)
    at_last = stays.with_columns(_flag(_covers(last)).alias("at_last"))
    key = ("pairs of stays", activity_days, slices.by if slices.kind == "line" else "", longest, last)
    pairs = facts.keep(key, lambda: _pairs(facts, at_last, key=key, keys=slices.keys, longest=longest))
    near = pairs.filter(nw.col("left_month") >= first_month)
    months, later = ["entered_month", "left_month"], ["entered_later", "left_later"]
    once = counted(facts, at_last, slices=slices, by=[*months, "at_last"], key=("stays", activity_days, last))
    twice = counted(facts, near, slices=slices, by=[*months, *later, "at_last"], key=(*key, first_month))
    return {
        (period, value): _present(period, mine, again, last)
        for value in once.slices()
        for mine, again in [(once.of(value), twice.of(value))]
        for period in periods
    }


def _present(period: Period, once: Cells, twice: Cells, last: int | None) -> Presence:
    """Read a period's customers off the cells: who was there at the end of a month, in one stay or in two."""
    start, end = period.first_month - 1, period.first_month + period.months - 1
    cut = last is not None and last < period.end_day
    stay, pair = once.columns, twice.columns
    at_start = _within(stay["entered_month"], stay["left_month"], start)
    at_end = stay["at_last"] > 0 if cut else _within(stay["entered_month"], stay["left_month"], end)
    before = _within(pair["entered_month"], pair["left_month"], start)
    after = pair["at_last"] > 0 if cut else _within(pair["entered_later"], pair["left_later"], end)
    kept = once.count(at_start & at_end) + twice.count(before & after)
    return Presence(once.count(at_start), once.count(at_end), kept)


def _within(entered: Counts, left: Counts, month: int) -> NDArray[np.bool_]:
    """Tell whether stays that began in one month and had ended in another held on the last day of a month."""
    return (entered <= month) & (left > month)


def buyers(facts: Facts, periods: Sequence[Period], *, slices: Slicing) -> dict[tuple[Period, Any], Buyers]:
    """
    Count the buyers of periods, and those who bought on two or more days of the period.

    Args:
        facts: the facts.
        periods: the periods.
        slices: what to slice by.

    Returns:
        the counts by period and raw slice; only where somebody bought.
    """
    return _buyers(facts, periods, _Span.of(periods, last=None), slices=slices)


def _buyers(
    facts: Facts, periods: Sequence[Period], span: _Span, *, slices: Slicing
) -> dict[tuple[Period, Any], Buyers]:
    if not periods:
        return {}
    kept = kept_months(facts, slices=slices)
    marked = marks(facts, slices=slices) if kept is None else kept.filter(nw.col("mark") > 0)
    asked = marked.filter(nw.col("month") >= span.first_month)
    counts = counted(facts, asked, slices=slices, by=["month", "mark"], key=("marks", span.first_month))
    return {
        (period, value): found
        for value in counts.slices()
        for mine in [counts.of(value)]
        for period in periods
        if (found := _bought(period, mine)).all
    }


def _bought(period: Period, marks: Cells) -> Buyers:
    month, mark = marks.columns["month"], marks.columns["mark"]
    inside = (month >= period.first_month) & (month < period.first_month + period.months)
    once, twice = BITS[period.grain]
    return Buyers(marks.count(inside & (mark & once > 0)), marks.count(inside & (mark & twice > 0)))


def _wanted(names: Collection[str] | None) -> frozenset[str]:
    unknown = sorted(set(names or ()) - set(NAMES))
    if unknown:
        raise KpiUnknown(f"No figure is called '{unknown[0]}'. Choose from {', '.join(NAMES)}.")
    return frozenset(NAMES if names is None else names)


def _count(
    facts: Facts,
    periods: list[Period],
    span: _Span,
    *,
    slices: Slicing,
    activity_days: int,
    wanted: frozenset[str],
) -> _Counts:
    last = span.last
    days = {period: _end(period, last) for period in periods}
    return _Counts(
        _presence(facts, periods, span, activity_days=activity_days, slices=slices) if wanted & FROM_STAYS else {},
        _buyers(facts, periods, span, slices=slices) if wanted & FROM_BUYERS else {},
        by_month(facts, periods, slices=slices, first_month=span.first_month) if wanted & FROM_MONEY else {},
        _lifetimes(facts, days, activity_days=activity_days, slices=slices)
        if "customer_lifetime_days" in wanted
        else {},
        last,
        _begins(facts) if wanted & (FROM_STAYS | {"repurchase_rate"}) else None,
        activity_days,
    )


def _lifetimes(
    facts: Facts, days: Mapping[Period, int], *, activity_days: int, slices: Slicing
) -> dict[tuple[Period, Any], "lifetime.Lifetime | NotEnoughData"]:
    """Estimate lifetimes with the same look-ahead at every period's end."""
    horizon = lifetime.look_ahead(activity_days)
    return lifetime.of_periods(facts, days, activity_days=activity_days, slices=slices, horizon_days=horizon)


def _begins(facts: Facts) -> int | None:
    known = facts.days()
    return None if known is None else known[0]


def _end(period: Period, last: int | None) -> int:
    return period.end_day if last is None else min(period.end_day, last)


def _covers(day: int | None) -> nw.Expr:
    return nw.lit(False) if day is None else (nw.col("entered") <= day) & (nw.col("until") >= day)


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _pairs(facts: Facts, stays: Frame, *, key: tuple[object, ...], keys: list[str], longest: int) -> Frame:
    """Pair each stay with the later stays of the same customer that one period could span."""
    again = stays.filter(nw.col("entered") > nw.col("first")).select(
        *keys,
        nw.col("entered").alias("later"),
        nw.col("entered_month").alias("entered_later"),
        nw.col("left_month").alias("left_later"),
        "at_last",
    )
    later = facts.keep(("later", *key), lambda: again)  # DuckDB plans slowly where a query reads a held table twice
    near = (nw.col("later") > nw.col("until")) & (nw.col("later") - nw.col("until") <= longest)
    returning = stays.filter(~nw.col("again").is_null()).select(*keys, "until", "entered_month", "left_month")
    months = ("entered_month", "left_month", "entered_later", "left_later")
    return returning.join(later, on=keys, how="inner").filter(near).select(*keys, *months, "at_last")


def _figure(kpi: str, period: Period, slices: Slicing, value: Any, *, counts: _Counts) -> Figure:
    reason = _unknown(kpi, period, counts)
    answer = {"remark": "", **(_none(reason) if reason else _ANSWERS[kpi](counts, (period, value)))}
    if answer["value"] is not None and not answer["remark"]:
        answer["remark"] = _remark(kpi, period, counts)
    return Figure(kpi, str(period), slices.by, slices.label(value), **answer)


def _unknown(kpi: str, period: Period, counts: _Counts) -> str:
    """Say why the facts reach too little far for a figure, whatever was counted; empty where they do."""
    if counts.last is not None and period.start_day > counts.last:
        return "period_not_begun"
    if kpi in FROM_START and _is_short(period, counts):
        return "history_short"
    late = counts.begins is not None and counts.begins > period.start_day + OPENING_DAYS
    return "facts_begin_later" if kpi == "repurchase_rate" and late else ""


def _is_short(period: Period, counts: _Counts) -> bool:
    """Tell whether the facts begin within the activity window that ends on the evening before a period."""
    return counts.seen_from is not None and period.start_day - 1 < counts.seen_from


def _remark(kpi: str, period: Period, counts: _Counts) -> str:
    needs_start = kpi in FROM_STAYS and kpi != "customers_end"
    if needs_start and _is_short(period, counts):
        return "history_short"
    return "period_unfinished" if counts.last is not None and period.end_day > counts.last else ""


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
    if not money.costed_cents:
        return _none("cost_unknown", n=seen.all, coverage=money.coverage)
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
    horizon = lifetime.look_ahead(counts.activity_days)
    if seen.horizon_days < horizon:
        return _none("followed_too_briefly", n=seen.n)
    return {"value": seen.mean_days, "numerator": None, "denominator": horizon, "n": seen.n}


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
