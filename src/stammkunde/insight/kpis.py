"""
Figures: dated numbers with numerator, denominator and the number of customers behind them.

All periods of one call are counted together: boundaries of stays, months of money and grains of buying days are each
read once, however many periods are asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from stammkunde.insight import lifetime
from stammkunde.insight.errors import KpiUnknown, NotEnoughData
from stammkunde.insight.frames import Facts
from stammkunde.insight.money import Money, by_month
from stammkunde.insight.periods import Period, as_period, day_number
from stammkunde.insight.presence import Buyers, Presence, Span, buyers, end_day, presence
from stammkunde.insight.slices import Slicing, slicing

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
    span = Span.of([*begun, *among], last=last)
    counts = _count(known, begun, span, slices=slices, activity_days=activity_days, wanted=wanted)
    found = sorted(counts.slices(), key=lambda value: slices.label(value) or "") or [""] * (slices.kind == "whole")
    return [
        _figure(kpi, period, slices, value, counts=counts)
        for kpi in NAMES
        if kpi in wanted
        for period in asked
        for value in found
    ]


def _wanted(names: Collection[str] | None) -> frozenset[str]:
    unknown = sorted(set(names or ()) - set(NAMES))
    if unknown:
        raise KpiUnknown(f"No figure is called '{unknown[0]}'. Choose from {', '.join(NAMES)}.")
    return frozenset(NAMES if names is None else names)


def _count(
    facts: Facts,
    periods: list[Period],
    span: Span,
    *,
    slices: Slicing,
    activity_days: int,
    wanted: frozenset[str],
) -> _Counts:
    last = span.last
    days = {period: end_day(period, last) for period in periods}
    return _Counts(
        presence(facts, periods, span, activity_days=activity_days, slices=slices) if wanted & FROM_STAYS else {},
        buyers(facts, periods, span, slices=slices) if wanted & FROM_BUYERS else {},
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
