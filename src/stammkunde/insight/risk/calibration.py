"""From scores to probabilities: a rising step curve (isotonic), and a straight line on the log-odds (Platt)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stammkunde.insight.late import special
from stammkunde.insight.risk.metrics import NEVER, Bools
from stammkunde.insight.value.history import Floats

OFFSET_SPREAD, SLOPE_SPREAD = 1.0, 0.5  # how far from "as it is" a correction lies before anything was seen
ROUNDS = 50
BORROWED_EVENINGS = 2


@dataclass(frozen=True, eq=False)
class Rising:
    """A probability that never falls as the score rises; between two steps it lies on the line."""

    score: Floats
    probability: Floats

    def at(self, score: Floats) -> Floats:
        """
        Read the probability at scores.

        Args:
            score: shape (n,).

        Returns:
            probabilities, shape (n,).
        """
        found: Floats = np.interp(score, self.score, self.probability)
        return found


@dataclass(frozen=True)
class Line:
    """A correction of log-odds: offset + slope · log-odds."""

    offset: float = 0.0
    slope: float = 1.0

    def at(self, probability: Floats) -> Floats:
        """
        Correct probabilities.

        Args:
            probability: shape (n,).

        Returns:
            corrected probabilities, shape (n,), in the same order.
        """
        corrected: Floats = special.expit(self.offset + self.slope * logit(probability))
        return corrected

    def drawn(self, evenings: int) -> "Line":
        """
        Draw the correction towards "as it is": customers are many, but evenings differ, and few of them say little.

        Args:
            evenings: from how many the correction was learnt.

        Returns:
            the correction, as if two more evenings had needed none.
        """
        share = evenings / (evenings + BORROWED_EVENINGS)
        return Line(self.offset * share, 1 + (self.slope - 1) * share)


def rising(score: Floats, left: Bools) -> Rising:
    """
    Fit a rising step curve: pool neighbours until no share is below the one before.

    Args:
        score: higher for more at risk, shape (n,), n ≥ 1.
        left: who left, shape (n,).

    Returns:
        the curve; each step is drawn a little towards the whole, so that nothing is called certain.

    Source: Ayer, Brunk, Ewing, Reid & Silverman (1955), Annals of Mathematical Statistics 26(4), 641-647.
    """
    scores, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    blocks: list[tuple[float, float, float]] = []  # left, customers, sum of scores
    gone_at, at = np.bincount(place, left).astype(np.float64), counts.astype(np.float64)
    for gone, n, total in _falling_together(gone_at, at, scores * counts):
        block = (gone, n, total)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    share = float(np.mean(left))
    return Rising(
        np.array([total / n for _, n, total in blocks]),
        np.array([(gone + share) / (n + 1) for gone, n, _ in blocks]),
    )


def _falling_together(left: Floats, customers: Floats, scores: Floats) -> Iterator[tuple[float, float, float]]:
    """Add up neighbours whose shares do not rise from one to the next: in the end they are one step, anyway."""
    rises = left[1:] * customers[:-1] > left[:-1] * customers[1:]
    first = np.concatenate([[0], np.flatnonzero(rises) + 1])
    sums = (np.add.reduceat(each, first).tolist() for each in (left, customers, scores))
    return zip(*sums, strict=True)


def line(probability: Floats, left: Bools) -> Line:
    """
    Fit the correction of log-odds that makes probabilities mean what they say.

    Args:
        probability: as given before it was known who left, shape (n,).
        left: who left, shape (n,).

    Returns:
        the correction; with little to learn from it stays near "as it is", and it never turns the order round.

    Source: Platt (1999), Advances in Large Margin Classifiers, 61-74.
    """
    x = np.column_stack([np.ones(len(left)), logit(probability)])
    prior, firm = np.array([0.0, 1.0]), np.diag([OFFSET_SPREAD**-2, SLOPE_SPREAD**-2])
    beta = prior.copy()
    for _ in range(ROUNDS):
        p = special.expit(x @ beta)
        slope = x.T @ (left - p) - firm @ (beta - prior)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + firm, slope)
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    return Line(float(beta[0]), max(float(beta[1]), 0.05))


def logit(probability: Floats) -> Floats:
    """
    Turn probabilities into log-odds, none for more certain than one in a million.

    Args:
        probability: shape (n,).

    Returns:
        log-odds, shape (n,).
    """
    odds: Floats = special.logit(np.clip(probability, NEVER, 1 - NEVER))
    return odds
