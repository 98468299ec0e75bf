"""
What a play changed: draws, effects with their intervals, planned looks, verdicts, ranking.

    >>> from stammkunde.insight import experiments
    >>> experiments.usual_share(800), experiments.customers_needed(effect=5.0, share=0.5, spread=40.0, correlation=0.7)
    (0.5, 808)
    >>> [round(multiple, 3) for multiple in experiments.obrien_fleming(4)]
    [3.466, 2.451, 2.001, 1.733]
"""

from stammkunde.insight.experiments.arms import Arm, Draw, sums
from stammkunde.insight.experiments.boundaries import anytime, by_obrien_fleming, by_square, obrien_fleming, spending
from stammkunde.insight.experiments.checks import MOST_CONTAMINATED, Drawn, Split, check_split, contaminated_share
from stammkunde.insight.experiments.differences import FEWEST, Differences, differences
from stammkunde.insight.experiments.effect import VISIBLE, Effect, Moved
from stammkunde.insight.experiments.estimating import estimate, estimate_sums, estimate_table
from stammkunde.insight.experiments.looks import LOOKS, Look, look
from stammkunde.insight.experiments.planning import (
    customers_needed,
    smallest_visible,
    stricter,
    usual_global_share,
    usual_share,
    worth_having,
)
from stammkunde.insight.experiments.ranking import Earned, Shrunk, Together, add_up, shrink
from stammkunde.insight.experiments.verdict import Needed, Pace, Verdict, judge, needed

__all__ = [
    "FEWEST",
    "LOOKS",
    "MOST_CONTAMINATED",
    "VISIBLE",
    "Arm",
    "Differences",
    "Draw",
    "Drawn",
    "Earned",
    "Effect",
    "Look",
    "Moved",
    "Needed",
    "Pace",
    "Shrunk",
    "Split",
    "Together",
    "Verdict",
    "add_up",
    "anytime",
    "by_obrien_fleming",
    "by_square",
    "check_split",
    "contaminated_share",
    "customers_needed",
    "differences",
    "estimate",
    "estimate_sums",
    "estimate_table",
    "judge",
    "look",
    "needed",
    "obrien_fleming",
    "shrink",
    "smallest_visible",
    "spending",
    "stricter",
    "sums",
    "usual_global_share",
    "usual_share",
    "worth_having",
]
