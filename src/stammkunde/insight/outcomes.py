"""
Outcomes: what customers bought, and what they brought, within a window after a moment.

This is what is compared where some were contacted and others left alone (`insight.experiments`). What comes back counts
on the day of the order that it belongs to, not on the day of the parcel: a window that ends between the two would show
a gain that is none.
"""

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.frames import COSTS_ALONE, Facts, Frame, total


def within(facts: Facts, entries: Frame) -> Frame:
    """
    Tell what each entry's customer did within the entry's window.

    Args:
        facts: the facts, told at the stage of the margin that is wanted (`insight.margins`).
        entries: one row an entry, in the engine of the facts: entry_id, customer_id, and first_on and last_on, the
            first and the last day that count (days since 1970-01-01). A customer may have several.

    Returns:
        one row an entry, also where nothing happened: entry_id, revenue_cents, known_cents (the revenue of lines whose
        cost is known), margin_cents (of these lines; of others nothing is known, and nothing counts), returned_cents
        (what came back of the orders of the window, 0 or more), purchases (days on which something was bought) and
        bought (1 or 0).
    """
    sums = _sums(facts, entries)
    days = _inside(entries, buying.days(facts).select("customer_id", nw.col("day").alias("on")))
    counted = days.group_by("entry_id").agg(nw.len().cast(nw.Int64).alias("purchases"))
    found = entries.select("entry_id").join(sums, on="entry_id", how="left").join(counted, on="entry_id", how="left")
    numbers = ("revenue_cents", "known_cents", "margin_cents", "returned_cents", "purchases")
    return found.with_columns(*(nw.col(one).fill_null(0) for one in numbers)).with_columns(
        nw.when(nw.col("purchases") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("bought")
    )


def _sums(facts: Facts, entries: Frame) -> Frame:
    lines = _on_order_days(facts, entries)
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


def _on_order_days(facts: Facts, entries: Frame) -> Frame:
    """Give the lines of these customers, each on the day of its order: what was sold first is what made it one."""
    whose = entries.select("customer_id").unique()
    lines = facts.lines.join(whose, on="customer_id", how="semi")
    is_sold = ~_came_back() & ~nw.col("kind").is_in(COSTS_ALONE) & ~nw.col("order_id").is_null()
    orders = lines.filter(is_sold).group_by("customer_id", "order_id").agg(nw.col("ordered_on").min().alias("sold_on"))
    joined = lines.join(orders, on=["customer_id", "order_id"], how="left")
    # An order is sold before it comes back; a number that was given again later is another order
    belongs = _came_back() & (nw.col("sold_on") <= nw.col("ordered_on"))
    on = nw.when(belongs).then(nw.col("sold_on")).otherwise(nw.col("ordered_on")).alias("on")
    return joined.with_columns(on)


def _inside(entries: Frame, dated: Frame) -> Frame:
    found = entries.select("entry_id", "customer_id", "first_on", "last_on").join(dated, on="customer_id", how="inner")
    return found.filter((nw.col("on") >= nw.col("first_on")) & (nw.col("on") <= nw.col("last_on")))
