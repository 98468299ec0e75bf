"""
Outcomes: what customers bought, and what they brought, within a window after a moment.

This is what is compared where some were contacted and others left alone (`insight.experiments`). What comes back counts
on the day of the order that it belongs to, not on the day of the parcel: a window that ends between the two would show
a gain that is none. It takes back the cost that it was sold at, also where nobody wrote that down.
"""

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.frames import COSTS_ALONE, Facts, Frame, total, whole_parts

WEEK_DAYS = 7


def within(facts: Facts, entries: Frame, *, payment_percent: float = 0.0) -> Frame:
    """
    Tell what each entry's customer did within the entry's window.

    Args:
        facts: the facts, told at the stage of the margin that is wanted (`insight.margins`).
        entries: one row an entry, in the engine of the facts: entry_id, customer_id, and first_on and last_on, the
            first and the last day that count (days since 1970-01-01). A customer may have several.
        payment_percent: what payment costs, as the facts were told with it: it is not given back with the goods.

    Returns:
        one row an entry, also where nothing happened: entry_id, revenue_cents, known_cents (the revenue of lines whose
        cost is known), margin_cents (of these lines; of others nothing is known, and nothing counts), returned_cents
        (what came back of the orders of the window, 0 or more), purchases (days on which something was bought) and
        bought (1 or 0).
    """
    sums = _sums(_on_order_days(facts, entries, payment_percent), entries)
    days = _inside(entries, buying.days(facts).select("customer_id", nw.col("day").alias("on")))
    counted = days.group_by("entry_id").agg(nw.len().cast(nw.Int64).alias("purchases"))
    found = entries.select("entry_id").join(sums, on="entry_id", how="left").join(counted, on="entry_id", how="left")
    numbers = ("revenue_cents", "known_cents", "margin_cents", "returned_cents", "purchases")
    return found.with_columns(*(nw.col(one).fill_null(0) for one in numbers)).with_columns(
        nw.when(nw.col("purchases") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("bought")
    )


def _sums(lines: Frame, entries: Frame) -> Frame:
    is_known = ~nw.col("cost_cents").is_null()
    known = nw.when(is_known).then(nw.col("revenue_cents")).otherwise(nw.lit(0))
    margin = nw.when(is_known).then(nw.col("revenue_cents") - nw.col("cost_cents")).otherwise(nw.lit(0))
    back = nw.when(_came_back()).then(-nw.col("revenue_cents")).otherwise(nw.lit(0))
    told = lines.with_columns(known.alias("known"), margin.alias("margin"), back.alias("back"))
    return (
        _inside(entries, told)
        .group_by("entry_id")
        .agg(
            total("revenue_cents"),
            total("known", name="known_cents"),
            total("margin", name="margin_cents"),
            total("back", name="returned_cents"),
        )
    )


def _came_back() -> nw.Expr:
    return nw.col("kind").is_in(["return", "cancellation"])


def _on_order_days(facts: Facts, entries: Frame, payment_percent: float) -> Frame:
    """
    Give the lines of these customers, each on the day of its order; what comes back, at the cost that it was sold at.

    What comes back belongs to the order that it names, if that sold something before; a credit note of its own belongs
    to the latest purchase of the same product by the same customer; what belongs to nothing known keeps its day.
    """
    whose = entries.select("customer_id").unique()
    lines = facts.lines.join(whose, on="customer_id", how="semi")
    sold = lines.filter(~_came_back() & ~nw.col("kind").is_in(COSTS_ALONE))
    joined = lines.join(_days_of_orders(sold), on=["customer_id", "order_id"], how="left")
    joined = joined.join(_days_of_goods(lines, sold), on=["customer_id", "product_id", "ordered_on"], how="left")
    # An order is sold before it comes back; a number that was given again later is another order
    by_order = nw.when(nw.col("order_day") <= nw.col("ordered_on")).then(nw.col("order_day"))
    found = by_order.otherwise(nw.col("goods_day"))
    dated = joined.with_columns(found.alias("sold_day")).with_columns(
        nw.when(_came_back() & ~nw.col("sold_day").is_null())
        .then(nw.col("sold_day"))
        .otherwise(nw.col("ordered_on"))
        .alias("on")
    )
    return _at_sold_cost(dated, sold, payment_percent)


def _at_sold_cost(dated: Frame, sold: Frame, payment_percent: float) -> Frame:
    """
    Give what comes back without a cost the one that it was sold at, as a share of its revenue.

    That of the same product on the day of its order, else of all that was sold to her then. Else a sale would keep its
    margin although it came back.
    """
    known = sold.filter(~nw.col("cost_cents").is_null())
    of_goods = _cost_shares(known, "product_id", name="of_goods")
    of_day = _cost_shares(known, name="of_day")
    joined = dated.join(of_goods, on=["customer_id", "sold_day", "product_id"], how="left")
    joined = joined.join(of_day, on=["customer_id", "sold_day"], how="left")
    share = nw.when(nw.col("of_goods").is_null()).then(nw.col("of_day")).otherwise(nw.col("of_goods"))
    cost = (nw.col("revenue_cents") * (share - payment_percent / 100)).round().cast(nw.Int64)
    lacks = _came_back() & nw.col("cost_cents").is_null()
    return joined.with_columns(nw.when(lacks).then(cost).otherwise(nw.col("cost_cents")).alias("cost_cents"))


def _cost_shares(known: Frame, *by: str, name: str) -> Frame:
    """Tell which share of its revenue was the cost of what was sold on a day."""
    sums = known.group_by("customer_id", "ordered_on", *by).agg(total("revenue_cents"), total("cost_cents"))
    share = nw.col("cost_cents") / nw.col("revenue_cents")
    return sums.filter(nw.col("revenue_cents") > 0).select(
        "customer_id", nw.col("ordered_on").alias("sold_day"), *by, share.alias(name)
    )


def _days_of_orders(sold: Frame) -> Frame:
    known = sold.filter(~nw.col("order_id").is_null())
    return known.group_by("customer_id", "order_id").agg(nw.col("ordered_on").min().alias("order_day"))


def _days_of_goods(lines: Frame, sold: Frame) -> Frame:
    """Tell of each day on which a product came back from somebody when she had bought it last."""
    back = lines.filter(_came_back()).select("customer_id", "product_id", "ordered_on").unique()
    bought = sold.select("customer_id", "product_id", nw.col("ordered_on").alias("bought_on")).unique()
    pairs = back.join(bought, on=["customer_id", "product_id"], how="inner")
    before = pairs.filter(nw.col("bought_on") <= nw.col("ordered_on"))
    return before.group_by("customer_id", "product_id", "ordered_on").agg(nw.col("bought_on").max().alias("goods_day"))


def _inside(entries: Frame, dated: Frame) -> Frame:
    found = entries.select("entry_id", "customer_id", "first_on", "last_on").join(dated, on="customer_id", how="inner")
    return found.filter((nw.col("on") >= nw.col("first_on")) & (nw.col("on") <= nw.col("last_on")))


def by_week(facts: Facts, entries: Frame, *, payment_percent: float = 0.0) -> Frame:
    """
    Tell what each entry's customer brought in each week of the window.

    Args:
        facts: as in `within`.
        entries: as in `within`.
        payment_percent: as in `within`.

    Returns:
        one row an entry and week in which anything happened: entry_id, week (0 for the first seven days),
        revenue_cents and margin_cents (of lines whose cost is known).
    """
    lines = _inside(entries, _on_order_days(facts, entries, payment_percent))
    margin = nw.when(~nw.col("cost_cents").is_null()).then(nw.col("revenue_cents") - nw.col("cost_cents"))
    told = lines.with_columns(
        whole_parts(nw.col("on") - nw.col("first_on"), WEEK_DAYS).alias("week"),
        margin.otherwise(nw.lit(0)).alias("margin_cents"),
    )
    return told.group_by("entry_id", "week").agg(total("revenue_cents"), total("margin_cents"))
