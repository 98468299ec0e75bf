"""
RFM: how recently, how often and for how much customers bought, each scored 1 to 5.

A score is the fifth of the buyers that a value falls into, counting those below it and half of those equal to it, so
that equal values always score alike. 5 is best.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import narwhals as nw

from stammkunde.insight import rhythm
from stammkunde.insight.frames import Facts, Frame, rows, total

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
    known = facts.until(as_of)
    lines = known.lines.filter(~nw.col("customer_id").is_null())
    spent = lines.group_by("customer_id").agg(total("revenue_cents"))
    bought = rhythm.own(known).select("customer_id", "last", "purchase_days")
    return scores(bought.join(spent, on="customer_id", how="inner"), recency="last", frequency="purchase_days")


def scores(buyers: Frame, *, recency: str, frequency: str, monetary: str = "revenue_cents") -> Frame:
    """
    Score rows by three of their columns.

    Args:
        buyers: one row a buyer.
        recency: the column with the day of the last purchase.
        frequency: the column with the number of purchases.
        monetary: the column with the revenue in cents.

    Returns:
        the rows, with recency_score, frequency_score, monetary_score and rfm_segment.
    """
    units = (nw.col(monetary) - nw.col(monetary) % CENTS) // CENTS
    columns = [
        ("recency_score", nw.col(recency)),
        ("frequency_score", nw.col(frequency)),
        ("monetary_score", units),
    ]
    scored = buyers.with_columns(*[_score(buyers, value).alias(name) for name, value in columns])
    return scored.with_columns(_segment().alias("rfm_segment"))


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


def thresholds(counts: Iterable[tuple[int, int]]) -> list[int]:
    """
    Find the values from which on the scores 2, 3, 4 and 5 are given.

    Args:
        counts: each value with the number of buyers who have it.

    Returns:
        for each of these scores, the smallest value that reaches it; fewer where no value does.
    """
    ordered = sorted(counts)
    size = sum(n for _, n in ordered)
    reached: dict[int, int] = {}
    below = 0
    for value, n in ordered:
        score = 1 + 5 * (2 * below + n) // (2 * size)  # below and half of the equal, in whole numbers
        for step in range(2, min(score, 5) + 1):
            reached.setdefault(step, value)
        below += n
    return [reached[step] for step in sorted(reached)]


def _score(buyers: Frame, value: nw.Expr) -> nw.Expr:
    counts = buyers.select(value.alias("value")).group_by("value").agg(nw.len().cast(nw.Int64).alias("n"))
    limits = thresholds((int(row["value"]), int(row["n"])) for row in rows(counts) if row["value"] is not None)
    points = nw.lit(1)
    for limit in limits:
        points = points + nw.when(value >= limit).then(nw.lit(1)).otherwise(nw.lit(0))
    return points.cast(nw.Int64)


def _segment() -> nw.Expr:
    r, f, m = nw.col("recency_score"), nw.col("frequency_score"), nw.col("monetary_score")
    branches = [
        ((r >= 4) & (f >= 4), "champions"),
        ((r >= 3) & (f >= 3), "loyal"),
        ((r >= 4) & (f == 1), "newcomers"),
        (r >= 4, "promising"),
        (r == 3, "needs_attention"),
        ((f >= 4) & (m >= 4), "cannot_lose"),
        (f >= 3, "slipping"),
    ]
    chosen: nw.Expr = nw.lit("asleep")
    for condition, name in reversed(branches):
        chosen = nw.when(condition).then(nw.lit(name)).otherwise(chosen)
    return chosen
