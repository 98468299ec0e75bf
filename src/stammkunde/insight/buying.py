"""
Buying days and stays: the two interim tables that all retention figures are read from.

A purchase is a (customer, day). A stay is an unbroken run of days on which somebody is a customer: with an activity
window of A days, a purchase on day d makes its buyer a customer on the days d … d + A − 1. That is the same as saying
"on day t, whoever bought within (t − A, t]".
"""

import narwhals as nw

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import Facts, Frame, with_months
from stammkunde.insight.slices import Slicing, is_sale, known_lines

WHOLE = Slicing("", "whole")


def days(facts: Facts, *, slices: Slicing = WHOLE) -> Frame:
    """
    List the days on which each customer bought, each day once, with the days around it.

    Args:
        facts: the facts.
        slices: what to slice by; only slices of the line matter here.

    Returns:
        customer_id (and slice, for slices of the line), day, month, before (the purchase before, empty for the first),
        after (the next, empty for the last), nth (1 for the first purchase), month_before and month_second (of the
        purchase before, and before that).
    """
    own = slices if slices.kind == "line" else WHOLE
    if own is WHOLE and "days" in facts.shelf:
        return facts.shelf["days"]
    return facts.keep(("days", own.by), lambda: _days(facts, own))


def stays(facts: Facts, *, activity_days: int, slices: Slicing = WHOLE) -> Frame:
    """
    Join buying days that follow each other within the activity window to stays.

    Args:
        facts: the facts.
        activity_days: length of the activity window, at least 1.
        slices: what to slice by; only slices of the line matter here.

    Returns:
        customer_id (and slice, for slices of the line), entered and until (first and last day as a customer), first
        (the customer's very first purchase), again (day on which the next stay begins, empty for the last), and the
        months entered_month, left_month (of the first day as none) and again_month.

    Raises:
        InvalidInput: the window is shorter than a day.
    """
    if activity_days < 1:
        raise InvalidInput(f"The activity window is {activity_days} days. Give at least 1.")
    own = slices if slices.kind == "line" else WHOLE
    return facts.keep(("stays", activity_days, own.by), lambda: _stays(facts, own, activity_days))


def _days(facts: Facts, slices: Slicing) -> Frame:
    keys = slices.keys
    bought = known_lines(facts, slices=slices).filter(is_sale())
    day, month = nw.col("ordered_on").cast(nw.Int32), nw.col("ordered_month").cast(nw.Int32)
    once = bought.select(*keys, day.alias("day"), month.alias("month")).unique()
    return once.with_columns(
        nw.col("day").shift(1).over(*keys, order_by="day").alias("before"),
        nw.col("day").shift(-1).over(*keys, order_by="day").alias("after"),
        nw.col("day").cum_count().over(*keys, order_by="day").cast(nw.Int32).alias("nth"),
        nw.col("month").shift(1).over(*keys, order_by="day").alias("month_before"),
        nw.col("month").shift(2).over(*keys, order_by="day").alias("month_second"),
    )


def _stays(facts: Facts, slices: Slicing, activity_days: int) -> Frame:
    keys, day = slices.keys, nw.col("day")
    begins = nw.col("before").is_null() | (day - nw.col("before") > activity_days)
    ends = nw.col("after").is_null() | (nw.col("after") - day > activity_days)
    edges = (
        days(facts, slices=slices)
        .select(*keys, "day", begins.alias("begins"), ends.alias("ends"))
        .filter(nw.col("begins") | nw.col("ends"))
        .with_columns(
            day.min().over(*keys).alias("first"),
            day.shift(-1).over(*keys, order_by="day").alias("next"),
            day.shift(-2).over(*keys, order_by="day").alias("second"),
        )
    )
    alone = nw.col("ends")  # a stay of one purchase begins and ends on the same row
    last = nw.when(alone).then(day).otherwise(nw.col("next"))
    again = nw.when(alone).then(nw.col("next")).otherwise(nw.col("second"))
    until = last + (activity_days - 1)
    found = edges.filter(nw.col("begins")).select(
        *keys, "first", day.alias("entered"), until.alias("until"), (until + 1).alias("left"), again.alias("again")
    )
    return with_months(found, entered_month="entered", left_month="left", again_month="again").drop("left")
