"""What is bought: tops and flops, who buys a product, and which products bring customers back."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from stammkunde.insight import comeback, money, periods
from stammkunde.insight import products as goods
from stammkunde.insight.errors import NotEnoughData, SliceUnknown
from stammkunde.insight.frames import Facts, counted, rows, total
from stammkunde.insight.slices import is_sale
from stammkunde.signals.answers.asking import Base, answer
from stammkunde.signals.answers.over_time import MonthOfRevenue, month_of_revenue
from stammkunde.signals.frames import Slice

BUYER_SLICES = ("class", "segment", "kind", "country", "region", "industry")
BEST_CUSTOMERS = 20


@dataclass(frozen=True, kw_only=True)
class ProductList:
    """Some products in the order asked for, and how many there are."""

    rows: list[dict[str, Any]]  # see insight.products.table
    total: int


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product: its row in the table of products, its months, its buyers."""

    row: dict[str, Any] | None  # None: never sold
    months: list[MonthOfRevenue]
    buyers: dict[str, list[goods.BuyerShare]]  # by slice column, beside all buyers
    customers: list[dict[str, Any]]  # who spent most on it: customer_id, revenue_cents, days
    comeback: comeback.Comeback | None


def products(
    *,
    period: str | None = None,
    sort: str = "revenue_cents",
    descending: bool = True,
    category: str | None = None,
    least_buyers: int = 0,
    within: Slice | None = None,
    limit: int | None = None,
) -> ProductList:
    """
    List products, sorted by a column of insight's products table; where it is unknown, they come last.

    :raises CannotAnswer: if the period or the slice is unknown
    """
    found = [
        row
        for row in _table(period, within)
        if row["buyers"] >= least_buyers and (category is None or row["category"] == category)
    ]
    known = sorted((row for row in found if row[sort] is not None), key=lambda row: row["product_id"])
    known.sort(key=lambda row: row[sort], reverse=descending)
    unknown = [row for row in found if row[sort] is None]
    return ProductList(rows=[*known, *unknown][:limit], total=len(found))


def _table(period: str | None, within: Slice | None) -> list[dict[str, Any]]:
    asked = periods.parse(period) if period else None

    def describe(base: Base) -> list[dict[str, Any]]:
        last = min(asked.end_on, base.as_of) if asked else base.as_of
        return rows(goods.table(base.facts, first_on=asked.start_on if asked else None, last_on=last))

    return answer("products", describe, period, within=within)


def comebacks(*, within: Slice | None = None) -> list[comeback.Comeback]:
    """Compare how often first buyers of each product came back; empty where too few could be followed."""

    def compare(base: Base) -> list[comeback.Comeback]:
        try:
            return comeback.products(base.facts, as_of=base.as_of, within_days=base.activity_days)
        except NotEnoughData:
            return []

    return answer("comebacks", compare, within=within)


def product(product_id: int) -> Product:
    """Describe one product; empty where it was never sold."""

    def describe(base: Base) -> Product:
        known = base.facts.until(base.as_of)
        lines = known.lines.filter(nw.col("product_id") == product_id)
        own = known.with_lines(lines)
        sold = rows(goods.table(own))
        return Product(
            row=sold[0] if sold else None,
            months=_months(own, base) if sold else [],
            buyers=_buyers(known, product_id) if sold else {},
            customers=_customers(own),
            comeback=next((found for found in comebacks() if found.product_id == product_id), None),
        )

    return answer("product", describe, product_id, by="class")


def _months(own: Facts, base: Base) -> list[MonthOfRevenue]:
    first, last = own.days() or (0, -1)
    asked = periods.between(periods.day(first), min(periods.day(last), base.as_of), grain="month")
    return [month_of_revenue(month) for month in money.turnover(own, periods=asked)]


def _buyers(known: Facts, product_id: int) -> dict[str, list[goods.BuyerShare]]:
    found = {}
    for by in BUYER_SLICES:
        try:
            shares = goods.buyers(known, product_id=product_id, by=by)
        except SliceUnknown:
            continue
        if any(share.slice for share in shares):
            found[by] = shares
    return found


def _customers(own: Facts) -> list[dict[str, Any]]:
    """List who spent most on it; ties by customer."""
    spent = own.lines.filter(~nw.col("customer_id").is_null()).group_by("customer_id")
    ranked = spent.agg(total("revenue_cents"), counted(is_sale(), name="lines"))
    best = ranked.sort("revenue_cents", "customer_id", descending=[True, False]).head(BEST_CUSTOMERS)
    return sorted(rows(best), key=lambda row: (-row["revenue_cents"], row["customer_id"]))
