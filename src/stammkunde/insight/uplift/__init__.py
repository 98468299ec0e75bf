"""
For whom a play works: learnt on one half of its customers, judged on the other.

    >>> import numpy as np, pyarrow as pa
    >>> from stammkunde.insight import uplift
    >>> dice = np.random.default_rng(1)
    >>> region, contacted = dice.integers(0, 2, 8000), dice.integers(0, 2, 8000)
    >>> bought = dice.random(8000) < 0.1 + 0.2 * contacted * region
    >>> played = pa.table({"region": region, "contacted": contacted, "bought": bought})
    >>> found = uplift.find(played, treated="contacted", outcome="bought", traits=["region"])
    >>> [(gap.trait.name, gap.having.value > 0.15, abs(gap.lacking.value) < 0.05) for gap in found.gaps]
    [('region', True, True)]
"""

from stammkunde.insight.uplift.judging import Between, Gap
from stammkunde.insight.uplift.named import Compared, Segment, segments
from stammkunde.insight.uplift.splits import LEAST_PER_ARM, SPLITS, TooFewPerArm, Uplift, find

__all__ = [
    "LEAST_PER_ARM",
    "SPLITS",
    "Between",
    "Compared",
    "Gap",
    "Segment",
    "TooFewPerArm",
    "Uplift",
    "find",
    "segments",
]
