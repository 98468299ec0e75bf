"""
RFM: how recently, how often and for how much customers bought, each scored 1 to 5.

A score is the fifth of the buyers that a value falls into, counting those below it and half of those equal to it, so
that equal values always score alike. 5 is best. Whoever bought once has a score like everybody, but no loyalty yet.
"""

from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.frames import Facts, Frame, arrow, counted, hold, rows, total, whole_parts
from stammkunde.insight.slices import is_sale

SEGMENTS = (
    "champions",
    "loyal",
    "promising",
    "newcomers",
    "needs_attention",
    "cannot_lose",
    "slipping",
    "asleep",
)
CENTS = 100  # money is scored in whole units of the currency


def table(facts: Facts, *, as_of: date) -> Frame:
    """
    Score every buyer, as known on the evening of a day.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.

    Returns:
        one row a buyer: customer_id, last (day of the last purchase), purchase_days, revenue_cents, recency_score,
        frequency_score, monetary_score, rfm_segment.
    """
    return scores(hold(_bought(facts.until(as_of))), recency="last", frequency="purchase_days")


def _bought(facts: Facts) -> Frame:
    """Sum up each buyer day by day first, so that no day needs to be told apart again."""
    known = facts.lines.filter(~nw.col("customer_id").is_null())
    daily = known.group_by("customer_id", "ordered_on").agg(total("revenue_cents"), counted(is_sale(), name="sales"))
    bought = nw.when(nw.col("sales") > 0).then(nw.col("ordered_on"))
    each = daily.group_by("customer_id").agg(
        bought.max().alias("last"), bought.count().cast(nw.Int64).alias("purchase_days"), total("revenue_cents")
    )
    return each.filter(nw.col("purchase_days") > 0)


def scores(buyers: Frame, *, recency: str, frequency: str, monetary: str = "revenue_cents") -> Frame:
    """
    Score rows by three of their columns.

    Args:
        buyers: one row a buyer; held, since it is read several times.
        recency: the column with the day of the last purchase.
        frequency: the column with the number of purchases.
        monetary: the column with the revenue in cents.

    Returns:
        the rows, with recency_score, frequency_score, monetary_score and rfm_segment.
    """
    units = whole_parts(nw.col(monetary), CENTS)
    columns = [
        ("recency_score", nw.col(recency)),
        ("frequency_score", nw.col(frequency)),
        ("monetary_score", units),
    ]
    scored = buyers.with_columns(*[_score(buyers, value).alias(name) for name, value in columns])
    return scored.with_columns(_segment(frequency).alias("rfm_segment"))


def grid(scored: Frame) -> list[dict[str, Any]]:
    """
    Count buyers and their revenue by recency and frequency score.

    Args:
        scored: what `table` or `scores` gave.

    Returns:
        rows with recency_score, frequency_score, customers and revenue_cents, sorted by the scores.
    """
    keys = ("recency_score", "frequency_score")
    found = rows(scored.group_by(*keys).agg(nw.len().cast(nw.Int64).alias("customers"), total("revenue_cents")))
    return sorted(found, key=lambda row: (row[keys[0]], row[keys[1]]))


def thresholds(values: ArrayLike, n: ArrayLike) -> list[int]:
    """
    Find the values from which on the scores 2, 3, 4 and 5 are given.

    Args:
        values: distinct whole numbers, shape (k,).
        n: how many buyers have each, shape (k,).

    Returns:
        for each of these scores, the smallest value that reaches it; fewer where no value does.
    """
    order = np.argsort(np.asarray(values))
    ordered, sizes = np.asarray(values)[order], np.asarray(n)[order].astype(np.int64)
    below = np.cumsum(sizes) - sizes
    score = np.minimum(1 + 5 * (2 * below + sizes) // (2 * sizes.sum()), 5)  # below, and half of the equal
    reached = [ordered[score >= step] for step in range(2, 6)]
    return [int(found[0]) for found in reached if found.size]


def _score(buyers: Frame, value: nw.Expr) -> nw.Expr:
    counts = buyers.select(value.alias("value")).group_by("value").agg(nw.len().cast(nw.Int64).alias("n"))
    found = arrow(counts.filter(~nw.col("value").is_null()))
    points = nw.lit(1)
    for limit in thresholds(found.column("value").to_numpy(), found.column("n").to_numpy()):
        points = points + nw.when(value >= limit).then(nw.lit(1)).otherwise(nw.lit(0))
    return points.cast(nw.Int64)


def _segment(frequency: str) -> nw.Expr:
    r, f, m = nw.col("recency_score"), nw.col("frequency_score"), nw.col("monetary_score")
    once = nw.col(frequency) <= 1  # where half of all bought once, once is a middling score
    branches = [
        (once & (r >= 4), "newcomers"),
        (once, "asleep"),
        ((r >= 4) & (f >= 4), "champions"),
        ((r >= 3) & (f >= 3), "loyal"),
        (r >= 4, "promising"),
        (r == 3, "needs_attention"),
        ((f >= 4) & (m >= 4), "cannot_lose"),
        (f >= 3, "slipping"),
    ]
    chosen: nw.Expr = nw.lit("asleep")
    for condition, name in reversed(branches):
        chosen = nw.when(condition).then(nw.lit(name)).otherwise(chosen)
    return chosen
