"""
Signs: what the facts of an evening say about each customer, one row each.

Sums and counts are taken in the engine; ratios of them after they were fetched, so that every engine gives the same.
What is not known stays empty: too little seen is a sign of its own, and never a zero.
"""

from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from stammkunde.insight import buying, rhythm
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import Facts, Frame, arrow, counted, rows, total
from stammkunde.insight.money import sums
from stammkunde.insight.periods import day_number
from stammkunde.insight.rhythm import BORROWED_GAPS
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.slices import is_sale
from stammkunde.insight.value.history import Floats

YEAR_DAYS = 365
EVEN_TO_UNEVEN = (0.01, 25.0)
ORDERS = ("customer_id", "promised_on", "delivered_on")
SIGNS = (  # what models may learn from; the other columns explain them
    "silent_days",
    "silence",
    "gap_days",
    "irregularity",
    "lasts_longer",
    "slowing",
    "purchase_days",
    "window_days",
    "tenure_days",
    "frequency_trend",
    "long_trend",
    "money_trend",
    "money_per_day",
    "products",
    "lines_per_day",
    "returned_share",
    "season_days",
    "channels",
    "late_deliveries",
)


def features(
    facts: Facts, *, as_of: date, activity_days: int, horizon_days: int | None = None, orders: Frame | None = None
) -> pa.Table:
    """
    Describe everybody who is a customer on the evening of a day by the signs known then.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.
        activity_days: length of the activity window, at least 1: whoever bought within it is a customer.
        horizon_days: how far ahead the season of a year ago is looked up; the activity window where None.
        orders: one row an order with customer_id, promised_on and delivered_on (days since 1970-01-01), in the engine
            of the facts; without them, nothing is known of late deliveries.

    Returns:
        one row a customer, sorted: customer_id; the signs of `SIGNS`; and what explains them (first, last,
        own_gap_days, last_gap_days, recent_days and earlier_days of the last two halves of the window, recent_cents and
        earlier_cents, deliveries). Money is contribution margin where costs are known, else revenue.

    Raises:
        InvalidInput: the activity window or the horizon is shorter than a day.
    """
    horizon = activity_days if horizon_days is None else horizon_days
    if min(activity_days, horizon) < 1:
        raise InvalidInput("Give an activity window and a horizon of at least one day.")
    known, today = facts.until(as_of), day_number(as_of)
    counts = arrow(_counts(known, today, activity_days, horizon).sort("customer_id"))
    if orders is not None:
        counts = _joined(counts, arrow(_deliveries(orders, today)))
    return _described(counts, _usual_gap(known, activity_days), today=today, activity_days=activity_days)


def _counts(known: Facts, today: int, activity_days: int, horizon: int) -> Frame:
    here = rhythm.own(known).filter(nw.col("last") > today - activity_days)
    return (
        here.select("customer_id", "first", "last", "purchase_days", "gaps", "median_gap", "half_range")
        .join(_purchases(known, today, activity_days, horizon), on="customer_id", how="inner")
        .join(_lines(known, today, activity_days), on="customer_id", how="inner")
    )


def _purchases(known: Facts, today: int, activity_days: int, horizon: int) -> Frame:
    day, half = nw.col("day"), max(activity_days // 2, 1)
    gap = (day - nw.col("before")).cast(nw.Int64)
    last_gap = nw.when(nw.col("after").is_null()).then(day - nw.col("before"))
    a_year_ago = (day > today - YEAR_DAYS) & (day <= today - YEAR_DAYS + horizon)
    return (
        buying.days(known)
        .group_by("customer_id")
        .agg(
            last_gap.max().cast(nw.Int64).alias("last_gap_days"),
            total(gap * gap, name="gap_squares"),
            counted(day > today - half, name="recent_days"),
            counted((day > today - 2 * half) & (day <= today - half), name="earlier_days"),
            counted(day > today - activity_days, name="window_days"),
            counted((day > today - 2 * activity_days) & (day <= today - activity_days), name="window_before_days"),
            counted(a_year_ago, name="season_days"),
        )
    )


def _lines(known: Facts, today: int, activity_days: int) -> Frame:
    on, half = nw.col("ordered_on"), max(activity_days // 2, 1)
    recent, earlier = on > today - half, (on > today - 2 * half) & (on <= today - half)
    back = (nw.col("kind") == "return") | (nw.col("kind") == "cancellation")
    revenue, nothing = nw.col("revenue_cents"), nw.lit(0)
    bought = is_sale() & (on > today - activity_days)
    return (
        known.lines.filter(~nw.col("customer_id").is_null())
        .with_columns(_worth(known).alias("worth"))
        .group_by("customer_id")
        .agg(
            total(nw.when(recent).then(nw.col("worth")).otherwise(nothing), name="recent_cents"),
            total(nw.when(earlier).then(nw.col("worth")).otherwise(nothing), name="earlier_cents"),
            total(nw.when(is_sale()).then(nw.col("worth")).otherwise(nothing), name="worth_cents"),
            total(nw.when(is_sale()).then(revenue).otherwise(nothing), name="sold_cents"),
            total(nw.when(back).then(revenue * -1).otherwise(nothing), name="back_cents"),
            counted(is_sale(), name="lines"),
            _different("product_id", bought, name="products"),
            _different("channel", bought, name="channels"),
        )
    )


def _worth(known: Facts) -> nw.Expr:
    """Take margin where the cost of nearly all lines is known, else revenue; decided for all customers alike."""
    whole = rows(known.lines.filter(~nw.col("customer_id").is_null()).select(*sums()))[0]
    costed, turned = int(whole["costed_cents"] or 0), int(whole["turned_cents"] or 0)
    cost = nw.col("cost_cents").fill_null(0)
    return nw.col("revenue_cents") - cost if costed and 100 * costed >= 95 * turned else nw.col("revenue_cents")


def _different(column: str, condition: nw.Expr, *, name: str) -> nw.Expr:
    chosen = nw.when(condition).then(nw.col(column))
    return (chosen.n_unique().cast(nw.Int64) - chosen.is_null().any().cast(nw.Int64)).alias(name)


def _deliveries(orders: Frame, today: int) -> Frame:
    """Count what was delivered and promised within the last year, as known on the evening: nothing still under way."""
    delivered, promised = nw.col("delivered_on"), nw.col("promised_on")
    arrived = (delivered <= today) & (delivered > today - YEAR_DAYS) & ~promised.is_null()
    return (
        orders.select(*ORDERS)
        .filter(arrived & ~nw.col("customer_id").is_null())
        .group_by("customer_id")
        .agg(nw.len().cast(nw.Int64).alias("deliveries"), counted(delivered > promised, name="late_deliveries"))
    )


def _joined(counts: pa.Table, more: pa.Table) -> pa.Table:
    row = pc.index_in(counts["customer_id"], value_set=more["customer_id"])
    for name in ("deliveries", "late_deliveries"):
        counts = counts.append_column(name, more[name].take(row))
    return counts


def _usual_gap(known: Facts, activity_days: int) -> float:
    found = rhythm.company(known)
    return activity_days / 3 if found is None else found.gap_days


def _described(counts: pa.Table, usual_gap: float, *, today: int, activity_days: int) -> pa.Table:
    seen = {name: numbers(counts[name]) for name in counts.column_names}
    nothing = np.full(counts.num_rows, np.nan)
    gaps = seen["gaps"]
    own = np.nan_to_num(seen["median_gap"])
    gap = np.maximum((own * gaps + usual_gap * BORROWED_GAPS) / (gaps + BORROWED_GAPS), 1.0)
    silent, tenure = today - seen["last"], today - seen["first"]
    half = max(activity_days // 2, 1)
    signs = {
        "silent_days": silent,
        "silence": silent / gap,
        "gap_days": gap,
        "irregularity": _where(gaps >= 2, seen["half_range"] / np.maximum(own, 1.0)),
        "lasts_longer": _lasts_longer(seen, gap, silent),
        "slowing": _where(gaps >= 2, seen["last_gap_days"] / gap),
        "purchase_days": seen["purchase_days"],
        "window_days": seen["window_days"],
        "tenure_days": tenure,
        "frequency_trend": _where(tenure >= 2 * half, _trend(seen["recent_days"], seen["earlier_days"])),
        "long_trend": _where(tenure >= 2 * activity_days, _trend(seen["window_days"], seen["window_before_days"])),
        "money_trend": _where(tenure >= 2 * half, _tilt(seen["recent_cents"], seen["earlier_cents"])),
        "money_per_day": seen["worth_cents"] / np.maximum(seen["purchase_days"], 1),
        "products": seen["products"],
        "lines_per_day": seen["lines"] / np.maximum(seen["purchase_days"], 1),
        "returned_share": _where(seen["sold_cents"] > 0, seen["back_cents"] / np.maximum(seen["sold_cents"], 1)),
        "season_days": _where(tenure >= YEAR_DAYS, seen["season_days"]),
        "channels": seen["channels"],
        "late_deliveries": seen.get("late_deliveries", nothing),
    }
    return _table(
        counts, {**signs, "own_gap_days": _where(gaps >= 1, own), "deliveries": seen.get("deliveries", nothing)}
    )


def _lasts_longer(seen: dict[str, Floats], gap: Floats, silent: Floats) -> Floats:
    """
    Say how likely one of her gaps lasts longer than her silence has: gamma, by how long and how uneven they are.

    The unevenness (squared, against the mean) is drawn towards what is usual here, as if by two gaps.
    """
    gaps, free = seen["gaps"], np.maximum(seen["gaps"] - 1, 0)
    mean = np.maximum((seen["last"] - seen["first"]) / np.maximum(gaps, 1), 1.0)
    uneven = np.maximum(seen["gap_squares"] / mean**2 - gaps, 0.0)
    usual = float(np.mean(uneven[free > 0] / free[free > 0])) if free.any() else 1.0
    drawn = np.clip((np.where(free > 0, uneven, 0) + BORROWED_GAPS * usual) / (free + BORROWED_GAPS), *EVEN_TO_UNEVEN)
    longer: Floats = special.gammaincc(1 / drawn, silent / (gap * drawn))
    return longer


def _table(counts: pa.Table, found: dict[str, Floats]) -> pa.Table:
    explained = ("first", "last", "last_gap_days", "recent_days", "earlier_days", "recent_cents", "earlier_cents")
    return pa.table(
        {
            "customer_id": counts["customer_id"],
            **{name: pa.array(values, pa.float64(), from_pandas=True) for name, values in found.items()},
            **{name: pc.cast(counts[name], pa.int64()) for name in explained},
        }
    )


def _where(known: np.ndarray, values: Floats) -> Floats:
    chosen: Floats = np.where(known, values, np.nan)
    return chosen


def _trend(recent: Floats, earlier: Floats) -> Floats:
    """Compare counts on a scale where half as many and twice as many lie equally far from 0."""
    trend: Floats = np.log2((recent + 0.5) / (earlier + 0.5))
    return trend


def _tilt(recent: Floats, earlier: Floats) -> Floats:
    """Compare sums that may be below zero: from -1 (all before) to 1 (all of late); 0 where nothing was spent."""
    whole = np.abs(recent) + np.abs(earlier)
    tilt: Floats = np.where(whole > 0, (recent - earlier) / np.maximum(whole, 1), 0.0)
    return tilt
