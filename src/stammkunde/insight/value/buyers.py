"""Everybody who has bought, as the models of value see her: one row each, as known on the evening of a day."""

from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde.insight import buying, money
from stammkunde.insight.frames import Facts, Frame, arrow, rows
from stammkunde.insight.periods import day_number
from stammkunde.insight.value.history import Floats

YEAR_DAYS = 365
MOST_AMOUNTS = 4_096


def buyers(known: Facts, *, as_of: date) -> pa.Table:
    """
    Describe everybody who has bought.

    Args:
        known: the facts until the day.
        as_of: the day.

    Returns:
        one row a customer, sorted: customer_id, frequency (buying days after the first), recency and age (days from the
        first purchase to the last and to the day), purchase_days, revenue_cents, margin_cents.
    """
    today = day_number(as_of)
    return arrow(known.keep(("worth", today), lambda: _buyers(known, today)).sort("customer_id"))


def margin_known(known: Facts) -> bool:
    """
    Tell whether costs are known well enough to value customers by contribution margin.

    Args:
        known: the facts.

    Returns:
        whether they are.
    """
    sums = rows(known.lines.filter(~nw.col("customer_id").is_null()).select(*money.sums()))[0]
    return money.Money(**{name: int(value or 0) for name, value in sums.items()}).margin_known


def amounts_of(known: Facts, basis: str) -> Floats:
    """
    List what purchases brought, to draw from where no model of amounts fits.

    Args:
        known: the facts until the day.
        basis: margin or revenue.

    Returns:
        amounts over their mean, at least 0, of at most 4,096 purchases, evenly spread from small to large; ones where
        purchases brought nothing altogether.
    """
    bought = known.lines.filter(~nw.col("customer_id").is_null()).group_by("customer_id", "ordered_on")
    sums = bought.agg(*money.sums(), money.orders()).filter(nw.col("orders") > 0)
    cents = np.maximum(np.sort(column(arrow(sums), f"{basis}_cents")), 0.0)
    kept = cents[np.linspace(0, len(cents) - 1, min(len(cents), MOST_AMOUNTS)).round().astype(np.int64)]
    spread: Floats = kept / kept.mean() if kept.sum() else np.ones(max(len(kept), 1))
    return spread


def states(past: pa.Table) -> tuple[Floats, Floats, Floats]:
    """
    Give what a model of purchases needs to know.

    Args:
        past: from `buyers`.

    Returns:
        frequency, recency and age in days, each of shape (n,).
    """
    return column(past, "frequency"), column(past, "recency"), column(past, "age")


def column(past: pa.Table, name: str) -> Floats:
    """
    Give a column as numbers.

    Args:
        past: from `buyers`.
        name: of the column.

    Returns:
        its values, shape (n,).
    """
    values: Floats = past[name].to_numpy().astype(np.float64)
    return values


def _buyers(known: Facts, today: int) -> Frame:
    day = nw.col("day")
    days = (
        buying.days(known)
        .group_by("customer_id")
        .agg(
            day.min().alias("first"),
            day.max().alias("last"),
            nw.len().cast(nw.Int64).alias("purchase_days"),
        )
    )
    sums = known.lines.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(*money.sums())
    return days.join(sums, on="customer_id", how="inner").select(
        "customer_id",
        (nw.col("purchase_days") - 1).alias("frequency"),
        (nw.col("last") - nw.col("first")).alias("recency"),
        (nw.lit(today) - nw.col("first")).alias("age"),
        "purchase_days",
        "revenue_cents",
        "margin_cents",
    )
