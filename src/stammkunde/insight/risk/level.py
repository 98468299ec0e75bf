"""
The level of all risks: one step on the log-odds for everybody, so that their order stays as it was learnt.

What was learnt on evenings all round the year says who is likelier to leave, and how much likelier; how many leave now
depends on the season. That is told by who left at the same time last year, and by the chance of no purchase that the
model of purchases gives at the level of the season (`insight.value.level`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from stammkunde.insight.late import optimize, special
from stammkunde.insight.risk.calibration import logit
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.level import Kind

FEWEST_OF_EACH = 10  # who left, and who stayed, a year ago
BORROWED_LEFT = 30
BORROWED_HORIZONS = 2
FARTHEST = 10.0


@dataclass(frozen=True)
class RiskLevel:
    """By how much all log-odds were moved together, and by what."""

    by: Literal["year", "model", "nothing"] = "nothing"  # a year ago; the model of purchases; nothing to go by
    log_odds: float = 0.0
    purchases: Kind = "none"  # whence the level of purchases is known

    def share(self, before: float) -> float:
        """
        Move a share of customers along.

        Args:
            before: the share, 0 to 1.

        Returns:
            the share at this level, 0 to 1.
        """
        return float(special.expit(logit(np.array([before]))[0] + self.log_odds))


def year_target(said: Floats, then: Floats, left: Bools, nothing: float | None) -> float:
    """
    Find the share that will leave, where it is known who left a year ago.

    Args:
        said: today's probabilities, shape (n,).
        then: what today's model says of the customers of a year ago, shape (m,).
        left: who of them left, shape (m,), at least ten of each sort.
        nothing: mean chance of no purchase by the model of purchases; None: there is none.

    Returns:
        half way between both, on the log-odds.

    Source: `docs/methods/risk.md`.
    """
    smaller = int(min(left.sum(), (~left).sum()))
    off = float(logit(np.array([left.mean()]))[0] - logit(np.array([then.mean()]))[0])
    moved = float(special.expit(logit(said) + off * smaller / (smaller + BORROWED_LEFT)).mean())
    return moved if nothing is None else _between(moved, nothing, 0.5)


def model_target(said: Floats, nothing: float | None, *, horizons: int) -> float:
    """
    Find the share that will leave, where nothing is known of a year ago.

    Args:
        said: today's probabilities, shape (n,).
        nothing: as in `year_target`.
        horizons: how many whole horizons were learnt from.

    Returns:
        the mean of what was learnt, nearer to the model of purchases the fewer horizons there are.

    Source: as `year_target`.
    """
    learnt = float(said.mean())
    return learnt if nothing is None else _between(learnt, nothing, horizons / (horizons + BORROWED_HORIZONS))


def step_to(said: Floats, target: float) -> float:
    """
    Find the step on the log-odds that brings the mean of probabilities to a target.

    Args:
        said: probabilities, shape (n,), at least one.
        target: between 0 and 1.

    Returns:
        the step, at most ten.
    """
    odds = logit(said)

    def off(step: float) -> float:
        return float(special.expit(odds + step).mean()) - target

    if off(-FARTHEST) >= 0 or off(FARTHEST) <= 0:
        return float(np.clip(special.logit(target) - logit(np.array([said.mean()]))[0], -FARTHEST, FARTHEST))
    return float(optimize.brentq(off, -FARTHEST, FARTHEST, xtol=1e-9))


def _between(first: float, second: float, share: float) -> float:
    odds = logit(np.array([first, second]))
    return float(special.expit(share * odds[0] + (1 - share) * odds[1]))
