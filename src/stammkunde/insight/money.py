"""
Money: revenue, margin and orders, in whole cents.

A margin is that of the lines whose cost is known, and always goes with its coverage: the share of what was turned over
(returns counted at their absolute value) that these lines are. Customers and products are ranked and valued by it where
the coverage of all together is at least 95 %; below that it would rank them by what is known of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde.insight.cells import Counts, alike, encoded
from stammkunde.insight.frames import SERVICE, SHIPPING, Facts, Frame, arrow, rows, total
from stammkunde.insight.periods import Period, as_period
from stammkunde.insight.slices import (
    OF_NO_SLICE,
    Slicing,
    is_sale,
    is_sold,
    kept_months,
    known_lines,
    meanings,
    slicing,
    told_apart,
)

COST_KNOWN_PERCENT = 95


@dataclass(frozen=True)
class Money:
    """Sums over lines; all in cents but `orders`."""

    revenue_cents: int = 0  # all lines, returns included
    sold_cents: int = 0  # lines of kind sale
    turned_cents: int = 0  # absolute values: what the coverage is measured by
    costed_cents: int = 0  # of these, lines with known cost
    margin_cents: int = 0  # of lines with known cost
    orders: int = 0  # with a line of kind sale

    def __add__(self, other: "Money") -> "Money":
        return Money(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def margin_known(self) -> bool:
        """Tell whether the cost of so many lines is known that the margin can be ranked and valued by."""
        return self.costed_cents > 0 and 100 * self.costed_cents >= COST_KNOWN_PERCENT * self.turned_cents

    @property
    def coverage(self) -> float | None:
        """Give the share of turnover whose cost is known."""
        return self.costed_cents / self.turned_cents if self.turned_cents else None


def sums() -> list[nw.Expr]:
    """
    Describe the sums over lines from which money figures are made.

    Returns:
        expressions for revenue_cents, sold_cents, turned_cents, costed_cents and margin_cents.
    """
    revenue, cost, nothing = nw.col("revenue_cents"), nw.col("cost_cents"), nw.lit(0)
    costed = ~cost.is_null()
    return [
        total(revenue, name="revenue_cents"),
        total(nw.when(is_sale()).then(revenue).otherwise(nothing), name="sold_cents"),
        total(revenue.abs(), name="turned_cents"),
        total(nw.when(costed).then(revenue.abs()).otherwise(nothing), name="costed_cents"),
        total(nw.when(costed).then(revenue - cost).otherwise(nothing), name="margin_cents"),
    ]


def orders(*, sale: nw.Expr | None = None) -> nw.Expr:
    """
    Describe how orders with a sale are counted.

    Args:
        sale: what makes a line a sale; a purchase of a known customer where None.

    Returns:
        the expression `orders`.
    """
    sold = nw.when(is_sale() if sale is None else sale).then(nw.col("order_id"))
    return (sold.n_unique().cast(nw.Int64) - sold.is_null().any().cast(nw.Int64)).alias("orders")


def known_margin(*, margin: str = "margin_cents", costed: str = "costed_cents") -> nw.Expr:
    """
    Give the margin of a row of sums: that of the lines whose cost is known.

    Args:
        margin: the column with the margin of lines with known cost.
        costed: the column with the turnover of lines with known cost.

    Returns:
        the margin, or nothing where no cost is known.
    """
    return nw.when(nw.col(costed) > 0).then(nw.col(margin))


def coverage(*, costed: str = "costed_cents", turned: str = "turned_cents") -> nw.Expr:
    """
    Give the share of a row's turnover that its margin is of.

    Args:
        costed: the column with the turnover of lines with known cost.
        turned: the column with the turnover of all lines.

    Returns:
        the share, 0 to 1, or nothing where nothing was turned over.
    """
    return nw.when(nw.col(turned) > 0).then(nw.col(costed) / nw.col(turned))


@dataclass(frozen=True)
class Turnover:
    """What a period brought, guests included."""

    period: Period
    revenue_cents: int
    guest_revenue_cents: int
    margin_cents: int | None  # of the lines with known cost; None: no cost is known
    coverage: float | None  # share of the turnover whose cost is known
    orders: int


def turnover(facts: Facts, *, periods: Iterable[Period | str]) -> list[Turnover]:
    """
    Sum revenue and margin over time, known customers and guests together.

    Args:
        facts: the facts.
        periods: years, quarters and months.

    Returns:
        one row a period, in the order asked; zeros where nothing happened.

    Raises:
        PeriodUnclear: a text names no period.
    """
    guest = nw.col("customer_id").is_null()
    by_guest = facts.lines.with_columns(nw.when(guest).then(nw.lit(1)).otherwise(nw.lit(0)).alias("guest"))
    monthly = by_guest.group_by("ordered_month", "guest").agg(*sums(), orders(sale=is_sold()))
    found = {
        (row.pop("ordered_month"), row.pop("guest")): Money(**row)
        for row in rows(facts.keep(("turnover",), lambda: monthly))
    }
    return [_turnover(as_period(period), found) for period in periods]


@dataclass(frozen=True)
class Unallocated:
    """What known customers cost in a period that belongs to no channel or no category; negative where it brought."""

    period: Period
    shipping_cents: int
    service_cents: int

    @property
    def cents(self) -> int:
        return self.shipping_cents + self.service_cents


def unallocated(facts: Facts, *, periods: Iterable[Period | str], by: str) -> list[Unallocated]:
    """
    Sum what margins by channel or by category leave out, so that these and the whole reconcile.

    The margins of all slices together, less this, are the margin of the whole: time spent on customers came by no
    channel, and neither time nor shipping belongs to a category.

    Args:
        facts: the facts, their lines as they count at a stage (`margins.at_stage`).
        periods: years, quarters and months.
        by: what to slice by.

    Returns:
        one row a period, in the order asked; zeros where everything belongs to a slice.

    Raises:
        PeriodUnclear: a text names no period.
    """
    kinds = OF_NO_SLICE.get(by, ()) if slicing(facts, by=by).kind == "line" else ()
    left_out = facts.lines.filter(nw.col("kind").is_in(kinds) & ~nw.col("customer_id").is_null())
    monthly = left_out.group_by("ordered_month", "kind").agg(total(nw.col("cost_cents"), name="cents"))
    found = {(row["ordered_month"], row["kind"]): row["cents"] for row in rows(monthly)} if kinds else {}
    return [_unallocated(as_period(period), found) for period in periods]


def _unallocated(period: Period, found: dict[tuple[int, str], int]) -> Unallocated:
    months = range(period.first_month, period.first_month + period.months)
    shipping, service = (sum(found.get((month, kind), 0) for month in months) for kind in (SHIPPING, SERVICE))
    return Unallocated(period, shipping, service)


def _turnover(period: Period, found: dict[tuple[int, int], Money]) -> Turnover:
    months = range(period.first_month, period.first_month + period.months)
    known = sum((found.get((month, 0), Money()) for month in months), Money())
    guests = sum((found.get((month, 1), Money()) for month in months), Money())
    whole = known + guests
    return Turnover(
        period,
        whole.revenue_cents,
        guests.revenue_cents,
        whole.margin_cents if whole.costed_cents else None,
        whole.coverage,
        whole.orders,
    )


def by_month(
    facts: Facts, periods: Iterable[Period], *, slices: Slicing, first_month: int | None = None
) -> dict[tuple[Period, Any], Money]:
    """
    Sum the money of known customers over periods.

    Args:
        facts: the facts.
        periods: the periods.
        slices: what to slice by.
        first_month: where to begin, if other periods are asked about as well; with the first of these where None.

    Returns:
        the sums by period and raw slice; only where there are lines.
    """
    asked = list(periods)
    if not asked:
        return {}
    earliest = min(period.first_month for period in asked)
    monthly = _monthly(facts, slices, first_month=earliest if first_month is None else min(earliest, first_month))
    sums_of: dict[tuple[Period, Any], Money] = {}
    for period in asked:
        for month in range(period.first_month, period.first_month + period.months):
            for value, money in monthly.get(month, {}).items():
                sums_of[period, value] = sums_of.get((period, value), Money()) + money
    return sums_of


def _monthly(facts: Facts, slices: Slicing, *, first_month: int) -> dict[int, dict[Any, Money]]:
    def summed() -> pa.Table:
        return _summed(facts, slices, first_month=first_month)

    to = meanings(facts, slices)
    table = summed() if to is None else facts.remember(("money", first_month), summed)
    values, place = encoded(table["slice"], to=to)
    month = table["ordered_month"].to_numpy().astype(np.int64)
    first, where = alike([month, place])
    columns = [_added(table[field.name].to_numpy(), where, len(first)) for field in fields(Money)]
    months: dict[int, dict[Any, Money]] = {}
    for at, *row in zip(first.tolist(), *columns, strict=True):
        months.setdefault(int(month[at]), {})[values[place[at]]] = Money(*row)
    return months


def _added(numbers: Counts, where: Counts, size: int) -> list[int]:
    """Add up whole numbers, exactly."""
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, where, numbers)
    whole: list[int] = found.tolist()
    return whole


def _summed(facts: Facts, slices: Slicing, *, first_month: int) -> pa.Table:
    """Sum lines, and count orders, by month and raw slice: rows of either, the other columns being 0."""
    recent, keys = nw.col("ordered_month") >= first_month, ("ordered_month", "slice")
    names = [*keys, *(field.name for field in fields(Money))]
    kept = kept_months(facts, slices=slices)
    if kept is not None:
        months = told_apart(facts, kept.rename({"month": "ordered_month"}).filter(recent), slices=slices)
        return arrow(months.group_by(*keys).agg(*(total(name) for name in names[len(keys) :])).select(*names))
    lines = told_apart(facts, known_lines(facts, slices=slices).filter(recent), slices=slices)
    sold = told_apart(facts, _orders(facts, slices).filter(recent), slices=slices)
    none = nw.lit(0).cast(nw.Int64)
    of_lines = lines.group_by(*keys).agg(*sums()).with_columns(none.alias("orders"))
    of_orders = sold.group_by(*keys).agg(nw.len().cast(nw.Int64).alias("orders"))
    others = [none.alias(name) for name in names if name not in {*keys, "orders"}]
    tables = [arrow(of_lines.select(*names)), arrow(of_orders.with_columns(*others).select(*names))]
    return pa.concat_tables(tables, promote_options="permissive")


def _orders(facts: Facts, slices: Slicing) -> Frame:
    """Tell orders with a sale apart once, so that every slice only has to count rows."""
    keys = (*slices.keys, "ordered_month")
    sold = known_lines(facts, slices=slices).filter(is_sale()).select(*keys, "order_id").unique()
    return facts.keep(("orders", slices.by if slices.kind == "line" else ""), lambda: sold.select(*keys))
