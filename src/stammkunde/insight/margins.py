"""
Stages of the contribution margin: what is taken off before a margin is called one.

I (`goods`): revenue of what was sold, net of discounts, less the cost of the goods; nothing comes back at this stage.
II (`delivery`): less what came back, the balance of shipping and the cost of payment.

A stage is chosen once, for all questions: lines are told as they count at it, and every margin that is asked of these
lines, of a customer, a channel or a month, is one of that stage.
"""

from typing import Literal

import narwhals as nw

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import LINES, Facts, Frame

Stage = Literal["goods", "delivery"]
SHIPPING = "shipping"  # the kind of a line that tells the balance of an order's shipping: no goods, no revenue


def at_stage(facts: Facts, *, stage: Stage, orders: Frame | None = None, payment_percent: float = 0.0) -> Facts:
    """
    Tell the lines as they count at a stage; what is revenue stays what it is.

    Args:
        facts: the facts, their lines as they were written.
        stage: `goods` or `delivery`.
        orders: one row an order that took place: order_id, customer_id, ordered_on, ordered_month, channel,
            shipping_cents (what the customer paid for shipping; empty: nothing) and shipping_cost_cents (what it cost;
            empty: unknown, and then nothing of the order's shipping counts).
        payment_percent: what payment costs, in percent of what is sold.

    Returns:
        facts with these lines; at `delivery` with one line more for each order whose shipping is known.

    Raises:
        InvalidInput: payment costs less than nothing, or more than what is sold.
    """
    if not 0 <= payment_percent <= 100:
        raise InvalidInput(f"Payment cannot cost {payment_percent} percent of what is sold. Give 0 to 100.")
    if stage == "goods":
        return facts.with_lines(facts.lines.with_columns(_without_returns()))
    lines = facts.lines.with_columns(_with_payment(payment_percent)) if payment_percent else facts.lines
    if orders is None:
        return facts.with_lines(lines)
    return facts.with_lines(nw.concat([lines.select(*LINES), _shipping(orders)], how="vertical"))


def _without_returns() -> nw.Expr:
    """Let what came back neither cost nor bring anything."""
    cost = nw.when(nw.col("kind") == "return").then(nw.col("revenue_cents")).otherwise(nw.col("cost_cents"))
    return cost.alias("cost_cents")


def _with_payment(percent: float) -> nw.Expr:
    """Add to the cost of what was sold what its payment cost; it is not given back with the goods."""
    payment = (nw.col("revenue_cents") * (percent / 100)).round().cast(nw.Int64)
    paid = nw.when(nw.col("kind") == "sale").then(payment).otherwise(nw.lit(0))
    return (nw.col("cost_cents") + paid).cast(nw.Int64).alias("cost_cents")


def _shipping(orders: Frame) -> Frame:
    """Write the balance of each order's shipping as a line: its cost is what the customer did not pay of it."""
    balance = nw.col("shipping_cost_cents") - nw.col("shipping_cents").fill_null(0)
    known = orders.filter(~nw.col("shipping_cost_cents").is_null())
    return known.select(
        nw.col("order_id").cast(nw.Int64),
        nw.col("customer_id").cast(nw.Int64),
        nw.lit(None).cast(nw.Int64).alias("product_id"),
        nw.col("ordered_on").cast(nw.Int32),
        nw.col("ordered_month").cast(nw.Int32),
        nw.col("channel").cast(nw.String),
        nw.lit(SHIPPING).alias("kind"),
        nw.lit(0.0).alias("quantity"),
        nw.lit(0).cast(nw.Int64).alias("revenue_cents"),
        balance.cast(nw.Int64).alias("cost_cents"),
    ).select(*LINES)
