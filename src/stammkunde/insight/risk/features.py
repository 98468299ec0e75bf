"""
Signs: what the facts of an evening say about each customer, one row each.

Sums and counts are taken in the engine; ratios of them after they were fetched, so that every engine gives the same.
What is not known stays empty: too little seen is a sign of its own, and never a zero.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight import buying, rhythm
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.frames import CANCELLATION, RETURN, Facts, Frame, arrow, counted, rows, total
from stammkunde.insight.late import special
from stammkunde.insight.money import sums
from stammkunde.insight.periods import day_number
from stammkunde.insight.rhythm import BORROWED_GAPS
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.risk.happened import REGISTERED, YEAR_DAYS, Sign, read_happenings
from stammkunde.insight.slices import is_sale
from stammkunde.insight.value.history import Floats

EVEN_TO_UNEVEN = (0.01, 25.0)
GIVEN_BACK = Sign(name="back_cents", kinds=(RETURN, CANCELLATION), read="total")
OF_PURCHASES = (  # what models may learn from, besides the signs of happenings; the other columns explain them
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
)
EXPLAINING = ("first", "last", "last_gap_days", "recent_days", "earlier_days", "recent_cents", "earlier_cents")
RESERVED = (GIVEN_BACK.name, "customer_id", "own_gap_days", "expected_purchases", "abc_class")
SIGNS = (*OF_PURCHASES, *(sign.name for sign in REGISTERED))


def features(
    facts: Facts,
    *,
    as_of: date,
    activity_days: int,
    horizon_days: int | None = None,
    signs: Sequence[Sign] = REGISTERED,
) -> pa.Table:
    """
    Describe everybody who is a customer on the evening of a day by the signs known then.

    Args:
        facts: the facts; later lines and happenings are left out.
        as_of: the day.
        activity_days: length of the activity window, at least 1: whoever bought within it is a customer.
        horizon_days: how far ahead the season of a year ago is looked up; the activity window where None.
        signs: how happenings besides purchases are read.

    Returns:
        one row a customer, sorted: customer_id; the signs of purchases (`OF_PURCHASES`); those of happenings; and what
        explains them (first, last, own_gap_days, last_gap_days, recent_days and earlier_days of the last two halves of
        the window, recent_cents and earlier_cents; of happenings, of how many). Money is contribution margin where
        costs are known, else revenue.

    Raises:
        InvalidInput: the activity window or the horizon is shorter than a day, or two columns would have one name.
    """
    horizon = activity_days if horizon_days is None else horizon_days
    if min(activity_days, horizon) < 1:
        raise InvalidInput("Give an activity window and a horizon of at least one day.")
    _check_names(signs)
    known, today = facts.until(as_of), day_number(as_of)
    counts = arrow(_counts(known, today, activity_days, horizon).sort("customer_id"))
    happened = read_happenings(known, [*signs, GIVEN_BACK], today=today, customer_ids=counts["customer_id"])
    seen = {name: numbers(counts[name]) for name in counts.column_names}
    back = np.nan_to_num(happened[GIVEN_BACK.name])
    found = _described(seen, back, _usual_gap(known, activity_days), today=today, activity_days=activity_days)
    return _table(counts, found | {name: happened[name] for sign in signs for name in sign.columns})


def _check_names(signs: Sequence[Sign]) -> None:
    ours = ("customer_id", *OF_PURCHASES, *EXPLAINING, "own_gap_days", "expected_purchases", "abc_class")
    times = Counter([*ours, *(name for sign in signs for name in sign.columns)])
    ((name, n),) = times.most_common(1)
    if n > 1:
        raise InvalidInput(f"Two columns would be called '{name}'. Give the sign another name.")


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


def _usual_gap(known: Facts, activity_days: int) -> float:
    found = rhythm.company(known)
    return activity_days / 3 if found is None else found.gap_days


def _described(
    seen: dict[str, Floats], back: Floats, usual_gap: float, *, today: int, activity_days: int
) -> dict[str, Floats]:
    gaps = seen["gaps"]
    own = np.nan_to_num(seen["median_gap"])
    gap = np.maximum((own * gaps + usual_gap * BORROWED_GAPS) / (gaps + BORROWED_GAPS), 1.0)
    silent, tenure = today - seen["last"], today - seen["first"]
    half = max(activity_days // 2, 1)
    return {
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
        "returned_share": _where(seen["sold_cents"] > 0, back / np.maximum(seen["sold_cents"], 1)),
        "season_days": _where(tenure >= YEAR_DAYS, seen["season_days"]),
        "channels": seen["channels"],
        "own_gap_days": _where(gaps >= 1, own),
    }


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
    return pa.table(
        {
            "customer_id": counts["customer_id"],
            **{name: pa.array(values, pa.float64(), from_pandas=True) for name, values in found.items()},
            **{name: pc.cast(counts[name], pa.int64()) for name in EXPLAINING},
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
