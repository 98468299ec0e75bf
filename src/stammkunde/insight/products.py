"""
Products: what sells, what earns, who buys it, and what is bought again.

All of it counts lines of known products; guests count in revenue and quantity, and in nothing about customers.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import narwhals as nw

from stammkunde.insight import money
from stammkunde.insight.classes import lines_between
from stammkunde.insight.errors import InvalidInput, SliceUnknown
from stammkunde.insight.frames import Facts, Frame, counted, rows, text, total
from stammkunde.insight.slices import is_sale, slicing

Measure = Literal["revenue_cents", "margin_cents", "quantity", "buyers", "repurchase_share", "returned_share"]


@dataclass(frozen=True)
class BuyerShare:
    """How much of a product's buyers belong to one slice, beside the slice's part of all buyers."""

    slice: str
    buyers: int
    share: float  # of the product's buyers
    share_of_all: float  # of all buyers
    index: float | None  # 1: as usual; 2: twice as often as in all buyers


def table(facts: Facts, *, first_on: date | None = None, last_on: date | None = None) -> Frame:
    """
    Describe every product that was sold.

    Args:
        facts: the facts.
        first_on: the first day to count; from the beginning where None.
        last_on: the last day to count; to the end where None.

    Returns:
        lazy, one row a product: product_id, number, name, category, revenue_cents, margin_cents (of the lines
        with known cost; empty: no cost is known), quantity, orders, buyers, rebuyers (bought it on two or more days),
        repurchase_share (rebuyers of buyers), returned_share (of the revenue sold).
    """
    lines = lines_between(facts, first_on, last_on).filter(~nw.col("product_id").is_null())
    sums = lines.group_by("product_id").agg(*money.sums(), money.orders(), *_quantities())
    described = sums.join(_buyers(lines), on="product_id", how="left").with_columns(*_shares())
    return _named(facts, described).select(
        "product_id",
        *("number", "name", "category"),
        "revenue_cents",
        money.known_margin().alias("margin_cents"),
        "quantity",
        "orders",
        *("buyers", "rebuyers", "repurchase_share", "returned_share"),
    )


def tops(described: Frame, *, by: Measure = "margin_cents", n: int = 10, least_buyers: int = 0) -> list[dict[str, Any]]:
    """
    List the products with the most of something.

    Args:
        described: what `table` gave.
        by: the column to sort by; products for which it is unknown are left out.
        n: how many products.
        least_buyers: leave out products with fewer buyers, for shares that mean something.

    Returns:
        rows of `table`, the highest first; ties by product_id.

    Raises:
        InvalidInput: n is below 1.
    """
    return _extreme(described, by, n, least_buyers, descending=True)


def flops(
    described: Frame, *, by: Measure = "margin_cents", n: int = 10, least_buyers: int = 0
) -> list[dict[str, Any]]:
    """
    List the products with the least of something.

    Args:
        described: what `table` gave.
        by: the column to sort by; products for which it is unknown are left out.
        n: how many products.
        least_buyers: leave out products with fewer buyers, for shares that mean something.

    Returns:
        rows of `table`, the lowest first; ties by product_id.

    Raises:
        InvalidInput: n is below 1.
    """
    return _extreme(described, by, n, least_buyers, descending=False)


def buyers(facts: Facts, *, product_id: int, by: str) -> list[BuyerShare]:
    """
    Tell who buys a product, compared with who buys at all.

    Args:
        facts: the facts.
        product_id: the product.
        by: a column of the customers.

    Returns:
        one row a slice that bought anything, the product's largest first; none where nobody bought the product.

    Raises:
        SliceUnknown: the customers have no such column.
    """
    slices = slicing(facts, by=by)
    if slices.kind != "customer" or facts.customers is None:
        raise SliceUnknown(f"Buyers are told apart by a property of the customer; '{by}' is none.")
    bought = facts.lines.filter(is_sale()).with_columns((nw.col("product_id") == product_id).alias("bought_it"))
    each = bought.group_by("customer_id").agg(counted(nw.col("bought_it"), name="times"))
    property_of = facts.customers.select("customer_id", text(by).alias("slice"))
    placed = each.join(property_of, on="customer_id", how="left").with_columns(text("slice"))
    sums = placed.group_by("slice").agg(
        nw.len().cast(nw.Int64).alias("all"), counted(nw.col("times") > 0, name="buyers")
    )
    return _buyer_shares(rows(sums))


def _quantities() -> list[nw.Expr]:
    back = (nw.col("kind") == "return") | (nw.col("kind") == "cancellation")
    given_back = nw.when(back).then(nw.col("revenue_cents") * -1).otherwise(nw.lit(0))
    return [nw.col("quantity").sum().alias("quantity"), total(given_back, name="back_cents")]


def _buyers(lines: Frame) -> Frame:
    each = lines.filter(is_sale()).select("product_id", "customer_id", "ordered_on").unique()
    per_buyer = each.group_by("product_id", "customer_id").agg(nw.len().alias("days"))
    return per_buyer.group_by("product_id").agg(
        nw.len().cast(nw.Int64).alias("buyers"), counted(nw.col("days") > 1, name="rebuyers")
    )


def _shares() -> list[nw.Expr]:
    bought, sold = nw.col("buyers") > 0, nw.col("sold_cents") > 0
    return [
        nw.when(bought).then(nw.col("rebuyers") / nw.col("buyers")).alias("repurchase_share"),
        nw.when(sold).then(nw.col("back_cents") / nw.col("sold_cents")).alias("returned_share"),
        nw.col("buyers").fill_null(0).alias("buyers"),
        nw.col("rebuyers").fill_null(0).alias("rebuyers"),
    ]


def _named(facts: Facts, described: Frame) -> Frame:
    if facts.products is None:
        return described.with_columns(*[nw.lit("").alias(name) for name in ("number", "name", "category")])
    names = facts.products.select("product_id", text("number"), text("name"), text("category"))
    joined = described.join(names, on="product_id", how="left")
    return joined.with_columns(text("number"), text("name"), text("category"))


def _extreme(described: Frame, by: Measure, n: int, least_buyers: int, *, descending: bool) -> list[dict[str, Any]]:
    if n < 1:
        raise InvalidInput(f"{n} products were asked for. Ask for at least 1.")
    eligible = described.filter(~nw.col(by).is_null() & (nw.col("buyers") >= least_buyers))
    found = rows(eligible.sort(by, "product_id", descending=[descending, False]).head(n))
    return sorted(found, key=lambda row: (-row[by] if descending else row[by], row["product_id"]))


def _buyer_shares(found: list[dict[str, Any]]) -> list[BuyerShare]:
    of_product, everyone = sum(row["buyers"] for row in found), sum(row["all"] for row in found)
    if not of_product:
        return []
    shares = [
        BuyerShare(
            slice=row["slice"],
            buyers=row["buyers"],
            share=row["buyers"] / of_product,
            share_of_all=row["all"] / everyone,
            index=(row["buyers"] / of_product) / (row["all"] / everyone),
        )
        for row in found
    ]
    return sorted(shares, key=lambda share: (-share.buyers, share.slice))
