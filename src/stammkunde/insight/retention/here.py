"""The company's own year, from its facts."""

import math
from typing import Any

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.classes import Basis, basis_of
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, Frame, rows
from stammkunde.insight.money import sums
from stammkunde.insight.periods import Period, as_period, day
from stammkunde.insight.retention.point import LEAST_CUSTOMERS, Base

OPENING_DAYS = 7  # nobody sells on a holiday: facts may begin so many days late


def base(facts: Facts, *, year: Period | str, activity_days: int, basis: Basis | None = None) -> Base:
    """
    Read off the facts what a year says of retention and money.

    Args:
        facts: the facts, their lines as they count at a stage (`margins.at_stage`).
        year: a whole year that is over.
        activity_days: length of the activity window.
        basis: margin or revenue; None: margin, where the cost of nearly all lines is known, else revenue.

    Returns:
        customers at the start and of these at the end; the margin (or revenue) that
        those kept brought within the year; and what those lost had brought in the year before as a share of what those
        kept had, where that year is known and 30 were lost.

    Raises:
        PeriodUnclear: a text names no period.
        InvalidInput: the period is no year, or the window shorter than a day.
        NotEnoughData: the facts end within the year or begin within the window before it, or fewer than 30 were kept.
    """
    period = as_period(year)
    if period.grain != "year":
        raise InvalidInput(f"'{period}' is no year. Give one, such as '2025'.")
    if activity_days < 1:
        raise InvalidInput(f"The activity window is {activity_days} days. Give at least 1.")
    begins = _begins(facts, period, activity_days)
    sides = _sides(facts, period, activity_days, basis)
    kept, lost = sides.get(True, {}), sides.get(False, {})
    n, n_lost = int(kept.get("n", 0)), int(lost.get("n", 0))
    if n < LEAST_CUSTOMERS:
        raise NotEnoughData(f"{n} customers were kept in {period}; what one brings can be said from {LEAST_CUSTOMERS}.")
    each, error = _mean(kept, "now")
    like, like_error = None, 0.0
    if n_lost >= LEAST_CUSTOMERS and begins <= period.year_before().start_day + OPENING_DAYS:
        like, like_error = _ratio(_mean(lost, "before"), _mean(kept, "before"))
    return Base(
        customers=n + n_lost,
        kept=n,
        each_cents=each,
        error_cents=error,
        like=like,
        like_error=like_error,
        basis="margin" if kept["margin"] else "revenue",
    )


def _begins(facts: Facts, period: Period, activity_days: int) -> int:
    found = rows(
        facts.lines.select(nw.col("ordered_on").min().alias("first"), nw.col("ordered_on").max().alias("last"))
    )
    first, last = found[0]["first"], found[0]["last"]
    if first is None or last < period.end_day:
        until = "nothing is known" if last is None else f"facts end on {day(last)}"
        raise NotEnoughData(f"{period} is not over: {until}. Ask about an earlier year.")
    if first > period.start_day - activity_days:
        raise NotEnoughData(
            f"Facts begin on {day(first)}, within the {activity_days} days before {period}: who was a customer at its "
            "start is not known. Ask about a later year."
        )
    return int(first)


def _sides(facts: Facts, period: Period, activity_days: int, basis: Basis | None) -> dict[bool, dict[str, Any]]:
    """Sum up what those kept and those lost brought in the year and before, with squares."""
    here = _customers(facts, period, activity_days)
    now, before = (_brought(facts, one) for one in (period, period.year_before()))
    basis = basis or basis_of(now.select("turned_cents", "costed_cents"))
    value = "margin_cents" if basis == "margin" else "revenue_cents"
    joined = here
    for name, frame in (("now", now), ("before", before)):
        joined = joined.join(frame.select("customer_id", nw.col(value).alias(name)), on="customer_id", how="left")
    amounts = [nw.col(name).fill_null(0).cast(nw.Float64) for name in ("now", "before")]
    told = joined.select(
        "kept",
        *[amount.alias(name) for amount, name in zip(amounts, ("now", "before"), strict=True)],
        *[(amount * amount).alias(f"{name}_squared") for amount, name in zip(amounts, ("now", "before"), strict=True)],
    )
    summed = told.group_by("kept").agg(nw.len().alias("n"), *[nw.col(name).sum() for name in _SUMMED])
    return {bool(row["kept"]): row | {"margin": basis == "margin"} for row in rows(summed)}


_SUMMED = ("now", "now_squared", "before", "before_squared")


def _customers(facts: Facts, period: Period, activity_days: int) -> Frame:
    """List the customers on the evening before the year, and whether they are customers on its last evening."""
    eve, end, bought = period.start_day - 1, period.end_day, nw.col("day")
    last = (
        buying.days(facts)
        .filter(bought <= end)
        .group_by("customer_id")
        .agg(nw.when(bought <= eve).then(bought).max().alias("first"), bought.max().alias("last"))
    )
    start = last.filter(nw.col("first") > eve - activity_days)
    return start.select("customer_id", (nw.col("last") > end - activity_days).alias("kept"))


def _brought(facts: Facts, period: Period) -> Frame:
    on = nw.col("ordered_on")
    lines = facts.lines.filter((on >= period.start_day) & (on <= period.end_day) & ~nw.col("customer_id").is_null())
    return lines.group_by("customer_id").agg(*sums())


def _mean(side: dict[str, Any], name: str) -> tuple[float, float]:
    """Give a mean and its standard error."""
    n, mean = int(side["n"]), side[name] / side["n"]
    spread = max(side[f"{name}_squared"] / n - mean**2, 0.0)
    return float(mean), math.sqrt(spread / (n - 1))


def _ratio(top: tuple[float, float], below: tuple[float, float]) -> tuple[float | None, float]:
    """Divide two means; no answer where the lower one is not clearly above 0, or the upper one below it."""
    if below[0] <= 2 * below[1] or top[0] < 0:
        return None, 0.0
    ratio = top[0] / below[0]
    return ratio, math.hypot(top[1], ratio * below[1]) / below[0]
