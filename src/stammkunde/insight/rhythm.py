"""
Order rhythm: how many days usually pass between two purchases, of one customer and of the company.

The usual gap is a median, so that one long holiday does not move it. Few gaps say little, so a customer's own median is
drawn towards the company's as if two more gaps of the company's usual length had been seen.
"""

from dataclasses import dataclass

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts, Frame, counted, rows, total
from stammkunde.insight.slices import is_sale

BORROWED_GAPS = 2  # weight of the company's rhythm, in gaps
LEAST_REPEAT_BUYERS = 20
COVERED_SHARE = 0.9  # of the repeat buyers' gaps that the suggested window should hold
WINDOW_STEPS = (30, 60, 90, 120, 150, 180, 240, 300, 365, 450, 540, 730, 1095)


@dataclass(frozen=True)
class CompanyRhythm:
    """The usual gap between two purchases across repeat buyers; half of them are below the median."""

    gap_days: float
    spread_days: float
    repeat_buyers: int


@dataclass(frozen=True)
class WindowSuggestion:
    """An activity window that fits the company's own order rhythm, and the numbers that explain it."""

    activity_days: int
    median_gap_days: int  # half of all gaps are no longer
    quantile_gap_days: int  # nine in ten gaps are no longer
    covered_share: float  # gaps within the suggested window
    gaps: int
    repeat_buyers: int


def suggest_activity_days(facts: Facts) -> WindowSuggestion:
    """
    Suggest an activity window from the company's own order rhythm.

    The window is the shortest round number of days that holds nine in ten of all gaps between purchases.

    Args:
        facts: the facts.

    Returns:
        the window, with the numbers that explain it.

    Raises:
        NotEnoughData: fewer than 20 customers bought twice.
    """
    bought = buying.days(facts)
    repeat_buyers = rows(bought.select(counted(nw.col("nth") == 2, name="n")))[0]["n"]
    if repeat_buyers < LEAST_REPEAT_BUYERS:
        raise NotEnoughData(
            f"{repeat_buyers} customers bought more than once; a rhythm needs {LEAST_REPEAT_BUYERS}. "
            "Set the activity window yourself."
        )
    gap = (nw.col("day") - nw.col("before")).alias("gap")
    lengths = bought.filter(~nw.col("before").is_null()).select(gap).group_by("gap").agg(nw.len().alias("n"))
    counts = sorted((int(row["gap"]), int(row["n"])) for row in rows(lengths))
    return _suggestion(counts, repeat_buyers)


def company(facts: Facts) -> CompanyRhythm | None:
    """
    Measure the company's usual rhythm: the median over repeat buyers of their own median gap.

    Args:
        facts: the facts.

    Returns:
        the rhythm, or None where nobody bought twice.
    """
    row = rows(
        own(facts)
        .filter(nw.col("gaps") > 0)
        .select(
            nw.col("median_gap").median().alias("gap"),
            nw.col("half_range").median().alias("spread"),
            nw.len().alias("n"),
        )
    )[0]
    return None if not row["n"] else CompanyRhythm(float(row["gap"]), float(row["spread"]), int(row["n"]))


def of_customer(facts: Facts, *, customer_id: int) -> list[dict[str, int]]:
    """
    List the purchases of one customer.

    Args:
        facts: the facts.
        customer_id: the customer.

    Returns:
        rows with day (since 1970-01-01) and revenue_cents of the sales of that day, oldest first.
    """
    bought = facts.lines.filter((nw.col("customer_id") == customer_id) & is_sale())
    found = rows(bought.group_by("ordered_on").agg(total("revenue_cents")).rename({"ordered_on": "day"}))
    return sorted(found, key=lambda row: int(row["day"]))


def own(facts: Facts) -> Frame:
    """
    Measure each buyer's own rhythm, before anything is borrowed from the company.

    Args:
        facts: the facts.

    Returns:
        held, one row a buyer: customer_id, first, last (days), purchase_days, gaps, median_gap, half_range (half the
        distance between the quartiles of the gaps).
    """
    return facts.keep(("rhythm",), lambda: _own(facts))


def _own(facts: Facts) -> Frame:
    gap = (nw.col("day") - nw.col("before")).cast(nw.Float64)
    measured = (
        buying.days(facts)
        .select("customer_id", "day", gap.alias("gap"))
        .group_by("customer_id")
        .agg(
            nw.col("day").min().alias("first"),
            nw.col("day").max().alias("last"),
            nw.len().cast(nw.Int64).alias("purchase_days"),
            nw.col("gap").median().alias("median_gap"),
            nw.col("gap").quantile(0.25, interpolation="linear").alias("low"),
            nw.col("gap").quantile(0.75, interpolation="linear").alias("high"),
        )
    )
    half_range = ((nw.col("high") - nw.col("low")) / 2).alias("half_range")
    gaps = (nw.col("purchase_days") - 1).alias("gaps")
    return measured.select("customer_id", "first", "last", "purchase_days", gaps, "median_gap", half_range)


def _suggestion(counts: list[tuple[int, int]], repeat_buyers: int) -> WindowSuggestion:
    total = sum(n for _, n in counts)
    ninth = _quantile(counts, total, COVERED_SHARE)
    window = next((step for step in WINDOW_STEPS if step >= ninth), WINDOW_STEPS[-1])
    covered = sum(n for gap, n in counts if gap <= window)
    return WindowSuggestion(window, _quantile(counts, total, 0.5), ninth, covered / total, total, repeat_buyers)


def _quantile(counts: list[tuple[int, int]], total: int, share: float) -> int:
    seen = 0
    for length, n in counts:
        seen += n
        if seen >= share * total:
            return length
    return counts[-1][0]
