"""
Happenings: what became known of customers besides their purchases, in one long table.

| column | what |
|---|---|
| customer_id | of whom |
| known_on | the day on which it became known, not the one on which it happened (days since 1970-01-01) |
| kind | a short text |
| number | what the kind is counted in; empty where there is none |

| kind | told by | known on | number |
|---|---|---|---|
| return, cancellation | a line of that kind | the day of the line | cents given back |
| delivery | an order that arrived | the day of delivery | days later than promised, below 0 earlier; or empty |
| conversation | whoever keeps contacts | the day of the conversation: both sides were there | empty |

In a conversation the customer took part: she wrote, called, came by, or was spoken to. Advertising that nobody answered
is none. It and further kinds come as tables of their own (`facts(happenings=...)`), from whoever knows of them.
"""

from collections.abc import Sequence

import narwhals as nw

from stammkunde.insight.frames.engines import Frame
from stammkunde.insight.frames.schema import HAPPENINGS

RETURN, CANCELLATION, DELIVERY, CONVERSATION = "return", "cancellation", "delivery", "conversation"


def given_back(lines: Frame) -> Frame:
    """
    Tell returns and cancellations from lines.

    Args:
        lines: order lines.

    Returns:
        happenings.
    """
    kind = nw.col("kind")
    back = lines.filter(((kind == RETURN) | (kind == CANCELLATION)) & ~nw.col("customer_id").is_null())
    cents = (nw.col("revenue_cents") * -1).cast(nw.Float64)
    return back.select("customer_id", nw.col("ordered_on").alias("known_on"), "kind", cents.alias("number"))


def deliveries(orders: Frame) -> Frame:
    """
    Tell deliveries from orders; what is still under way is not known.

    Args:
        orders: customer_id, promised_on and delivered_on.

    Returns:
        happenings.
    """
    delivered, late = nw.col("delivered_on"), nw.col("delivered_on") - nw.col("promised_on")
    told = orders.select(
        "customer_id",
        delivered.alias("known_on"),
        nw.lit(DELIVERY).alias("kind"),
        late.cast(nw.Float64).alias("number"),
    )
    return usable(told)


def usable(happenings: Frame) -> Frame:
    """
    Leave out what tells nothing of anybody, and further columns.

    Args:
        happenings: a table of happenings.

    Returns:
        the rows with a customer and a day, in the columns of the schema.
    """
    known = ~nw.col("customer_id").is_null() & ~nw.col("known_on").is_null()
    return happenings.filter(known).select(*HAPPENINGS)


def stacked(tables: Sequence[Frame]) -> Frame:
    """
    Put tables of happenings below each other.

    Args:
        tables: one or more, in one engine.

    Returns:
        the rows of all; nothing is worked out yet.
    """
    whole: Frame = nw.concat(list(tables), how="vertical") if len(tables) > 1 else tables[0]
    return whole
