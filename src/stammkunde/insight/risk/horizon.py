"""How far ahead "will not buy again" looks: the time in which customers of this company normally buy again."""

from dataclasses import dataclass

import narwhals as nw

from stammkunde.insight import rhythm
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.frames import Facts, arrow

COVERED_SHARE = 0.75  # of the repeat buyers, whose usual gap the horizon should hold
HORIZON_STEPS = (14, 30, 45, 60, 90, 120, 150, 180, 240, 300, 365, 450, 540, 730)
LOOKS_BACK = 4  # the facts span at least as many horizons, so that there is a past to learn from and to test on


@dataclass(frozen=True)
class HorizonSuggestion:
    """A horizon that fits the company's own rhythm, and the numbers that explain it."""

    horizon_days: int
    median_gap_days: float  # half of the repeat buyers usually come back sooner
    covered_gap_days: float  # three in four do
    covered_share: float  # of the repeat buyers, whose usual gap is within the horizon
    repeat_buyers: int
    shortened: bool  # the rhythm asks for more, but the facts are too short to learn from


def suggest_horizon_days(facts: Facts) -> HorizonSuggestion:
    """
    Suggest how far ahead to look, from the company's own order rhythm.

    The horizon is the shortest round number of days within which three in four repeat buyers usually come back, and at
    most a quarter of the time that the facts span.

    Args:
        facts: the facts.

    Returns:
        the horizon, with the numbers that explain it.

    Raises:
        NotEnoughData: fewer than 20 customers bought twice.
    """
    repeated = rhythm.own(facts).filter(nw.col("gaps") > 0)
    gaps = sorted(float(gap) for gap in arrow(repeated.select("median_gap"))["median_gap"].to_pylist())
    if len(gaps) < rhythm.LEAST_REPEAT_BUYERS:
        raise NotEnoughData(
            f"{len(gaps)} customers bought more than once; a rhythm needs {rhythm.LEAST_REPEAT_BUYERS}. "
            "Set the horizon yourself."
        )
    covered = gaps[int(COVERED_SHARE * len(gaps))]
    wanted = next((step for step in HORIZON_STEPS if step >= covered), HORIZON_STEPS[-1])
    days = min(wanted, max(_longest(facts), HORIZON_STEPS[0]))
    within = sum(gap <= days for gap in gaps) / len(gaps)
    return HorizonSuggestion(days, gaps[len(gaps) // 2], covered, within, len(gaps), shortened=days < wanted)


def _longest(facts: Facts) -> int:
    first, last = facts.days() or (0, 0)
    span = last - first
    return max((step for step in HORIZON_STEPS if step * LOOKS_BACK <= span), default=HORIZON_STEPS[0])
