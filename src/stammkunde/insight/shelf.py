"""
The shelf: what each customer bought by day and by month, worked out once, for whoever keeps it between questions.

Figures of another window, or of some of the customers, are then rolled up from these cells and read no line. A shelf
belongs to exactly the lines that it was made from; who keeps it sees to that.
"""

import narwhals as nw

from stammkunde.insight import buying, money
from stammkunde.insight.frames import SERVICE, Facts, Frame
from stammkunde.insight.marks import marks


def tables(facts: Facts) -> dict[str, Frame]:
    """
    Describe the tables of a shelf.

    Args:
        facts: the facts, cut at the day that is asked about.

    Returns:
        lazy tables, to be kept and given to `Facts.with_shelf`: `days` as `buying.days` gives them, and `months`, one
        row for each customer (guests together as nobody) and month: customer_id, month, first_on and last_on (days
        on which something was ordered), the sums of `money.sums`, orders, and mark (see `marks.marks`).
    """
    return {"days": buying.days(facts), "months": _months(facts)}


def _months(facts: Facts) -> Frame:
    keys = ("customer_id", "month")
    lines = facts.lines.rename({"ordered_month": "month"})
    ordered = nw.when(nw.col("kind") != SERVICE).then(nw.col("ordered_on"))
    sums = lines.group_by(*keys).agg(
        ordered.min().alias("first_on"), ordered.max().alias("last_on"), *money.sums(), money.orders()
    )
    marked = marks(facts).group_by(*keys).agg(nw.col("mark").sum().cast(nw.Int32).alias("mark"))  # no mark comes twice
    return sums.join(marked, on=list(keys), how="left").with_columns(nw.col("mark").fill_null(0))
