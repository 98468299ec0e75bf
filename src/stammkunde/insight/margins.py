"""
Stages of the contribution margin: what is taken off before a margin is called one.

I (`goods`): revenue of what was sold, net of discounts, less the cost of the goods; nothing comes back at this stage.
II (`delivery`): less what came back, the balance of shipping and the cost of payment.
III (`service`): less the time that was spent on customers, at what an hour costs.

A stage is chosen once, for all questions: lines are told as they count at it, and every margin that is asked of these
lines, of a customer, a channel or a month, is one of that stage.
"""

from typing import Literal

import narwhals as nw

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import LINES, SERVICE, SHIPPING, Facts, Frame

Stage = Literal["goods", "delivery", "service"]
MINUTES_AN_HOUR = 60


def at_stage(
    facts: Facts,
    *,
    stage: Stage,
    orders: Frame | None = None,
    payment_percent: float = 0.0,
    spent: Frame | None = None,
) -> Facts:
    """
    Tell the lines as they count at a stage; what is revenue stays what it is.

    Args:
        facts: the facts, their lines as they were written.
        stage: `goods`, `delivery` or `service`.
        orders: one row an order that took place: order_id, customer_id, ordered_on, ordered_month, channel,
            shipping_cents (what the customer paid for shipping; empty: nothing) and shipping_cost_cents (what it cost;
            empty: unknown, and then nothing of the order's shipping counts).
        payment_percent: what payment costs, in percent of what is sold.
        spent: one row a piece of time spent on a customer: customer_id, spent_on (days since 1970-01-01), spent_month
            (months since January 1970), minutes and hour_cents (what an hour of it costs). Where either is empty,
            nothing of it counts. Read at `service` only.

    Returns:
        facts with these lines; from `delivery` on with one line more for each order whose shipping is known, at
        `service` with one more for each piece of time.

    Raises:
        InvalidInput: payment costs less than nothing, or more than what is sold.
    """
    if not 0 <= payment_percent <= 100:
        raise InvalidInput(f"Payment cannot cost {payment_percent} percent of what is sold. Give 0 to 100.")
    if stage == "goods":
        return facts.with_lines(facts.lines.with_columns(_without_returns()))
    lines = facts.lines.with_columns(_with_payment(payment_percent)) if payment_percent else facts.lines
    costs = [] if orders is None else [_shipping(orders)]
    if stage == "service" and spent is not None:
        costs.append(_service(spent))
    return facts.with_lines(nw.concat([lines.select(*LINES), *costs], how="vertical") if costs else lines)


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
    return _costs(
        known.select(
            nw.col("order_id"), "customer_id", "ordered_on", "ordered_month", "channel", balance.alias("cost_cents")
        ),
        kind=SHIPPING,
    )


def _service(spent: Frame) -> Frame:
    """Write the cost of each piece of time as a line, rounded once; it belongs to no order and came by no channel."""
    minutes, an_hour = nw.col("minutes").cast(nw.Float64), nw.col("hour_cents").cast(nw.Float64)
    known = spent.filter(~minutes.is_null() & ~an_hour.is_null() & ~nw.col("customer_id").is_null())
    return _costs(
        known.select(
            nw.lit(None).cast(nw.Int64).alias("order_id"),
            "customer_id",
            nw.col("spent_on").alias("ordered_on"),
            nw.col("spent_month").alias("ordered_month"),
            nw.lit("").alias("channel"),
            (minutes * an_hour / MINUTES_AN_HOUR).round().alias("cost_cents"),
        ),
        kind=SERVICE,
    )


def _costs(told: Frame, *, kind: str) -> Frame:
    """Make lines that tell a cost alone."""
    return told.select(
        nw.col("order_id").cast(nw.Int64),
        nw.col("customer_id").cast(nw.Int64),
        nw.lit(None).cast(nw.Int64).alias("product_id"),
        nw.col("ordered_on").cast(nw.Int32),
        nw.col("ordered_month").cast(nw.Int32),
        nw.col("channel").cast(nw.String),
        nw.lit(kind).alias("kind"),
        nw.lit(0.0).alias("quantity"),
        nw.lit(0).cast(nw.Int64).alias("revenue_cents"),
        nw.col("cost_cents").cast(nw.Int64),
    ).select(*LINES)
