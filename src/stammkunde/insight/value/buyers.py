"""Everybody who has bought, as the models of value see her: one row each, as known on the evening of a day."""

from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde.insight import buying, money
from stammkunde.insight.frames import Facts, Frame, arrow, counted, rows
from stammkunde.insight.periods import day_number
from stammkunde.insight.value.history import Floats

YEAR_DAYS = 365
YOUNGEST_DAYS = 30  # a rate is taken over at least as many days


def buyers(known: Facts, *, as_of: date) -> pa.Table:
    """
    Describe everybody who has bought.

    Args:
        known: the facts until the day.
        as_of: the day.

    Returns:
        one row a customer, sorted: customer_id, frequency (buying days after the first), recency and age (days from the
        first purchase to the last and to the day), purchase_days, year_days (buying days of the last year),
        revenue_cents, margin_cents.
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


def repeated(past: pa.Table) -> tuple[Floats, Floats]:
    """
    Give what a plain rate is made of: repeat purchases of the last year, or of the time since the first purchase.

    Args:
        past: from `buyers`.

    Returns:
        how many, and within how many days, each of shape (n,).
    """
    few: Floats = np.minimum(column(past, "year_days"), column(past, "frequency"))
    days: Floats = np.clip(column(past, "age"), YOUNGEST_DAYS, YEAR_DAYS)
    return few, days


def _buyers(known: Facts, today: int) -> Frame:
    day = nw.col("day")
    days = (
        buying.days(known)
        .group_by("customer_id")
        .agg(
            day.min().alias("first"),
            day.max().alias("last"),
            nw.len().cast(nw.Int64).alias("purchase_days"),
            counted(day > today - YEAR_DAYS, name="year_days"),
        )
    )
    sums = known.lines.filter(~nw.col("customer_id").is_null()).group_by("customer_id").agg(*money.sums())
    return days.join(sums, on="customer_id", how="inner").select(
        "customer_id",
        (nw.col("purchase_days") - 1).alias("frequency"),
        (nw.col("last") - nw.col("first")).alias("recency"),
        (nw.lit(today) - nw.col("first")).alias("age"),
        "purchase_days",
        "year_days",
        "revenue_cents",
        "margin_cents",
    )
