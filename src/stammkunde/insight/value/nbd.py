"""
NBD: customers buy at their own steady rate, and nobody stops. What is left to say where a model of stopping is refused.

The rates differ from customer to customer (gamma: r, alpha), so a customer's own is drawn towards everybody's, the more
so the less is known of her. Where customers do not differ at all, one common rate is left (r is then very large).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats, History, distinct
from stammkunde.insight.value.optimise import Matrix, Objective, maximise
from stammkunde.insight.value.steps import step_weights

FEWEST_PURCHASES = 30  # repeat purchases; below, a rate says nothing
ALIKE = 1_000.0  # r above this is one common rate


@dataclass(frozen=True)
class Nbd:
    """A fitted NBD; alpha is in the unit of time of the history."""

    r: float
    alpha: float
    log_likelihood: float
    customers: float
    log_covariance: Matrix = ()  # of the logarithms of r and of the mean rate

    @property
    def common(self) -> bool:
        """Tell whether customers do not differ, so that one rate stands for all."""
        return self.r >= ALIKE

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:  # noqa: ARG002 (as all models)
        """
        Give 1: nobody stops, so this is no probability to show.

        Args:
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,).
            age: time from first purchase to today, shape (n,).

        Returns:
            ones, shape (n,).
        """
        return np.ones(np.shape(frequency))

    def expected_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """
        Give the number of purchases to expect within a time from today.

        Args:
            horizon: how far ahead, above 0, in the unit of time of the history.
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,); a steady rate does not look at it.
            age: time from first purchase to today, shape (n,).

        Returns:
            expected numbers of purchases, shape (n,): (r + x) / (alpha + T) for each unit of time.

        Raises:
            InvalidInput: the horizon is not above 0.

        Source: Ehrenberg (1959), Applied Statistics 8(1), 26-41.
        """
        return self.discounted_purchases([horizon], [1.0], frequency, recency, age)

    def discounted_purchases(
        self,
        ends: Sequence[float],
        factors: Sequence[float],
        frequency: ArrayLike,
        recency: ArrayLike,  # noqa: ARG002 (as all models)
        age: ArrayLike,
    ) -> Floats:
        """
        Give the purchases to expect in steps of time from today, each step's counted with a factor of its own.

        Args:
            ends: when the steps end, rising, above 0, shape (k,), in the unit of time of the history.
            factors: what a purchase within the step counts, above 0, shape (k,).
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,).
            age: time from first purchase to today, shape (n,).

        Returns:
            sums over all steps, shape (n,).

        Raises:
            InvalidInput: ends do not rise from above 0, or a factor is not above 0.

        Source: as `expected_purchases`.
        """
        long = float(step_weights(ends, factors) @ np.asarray(ends, dtype=np.float64))
        x, t = (np.asarray(values, dtype=np.float64) for values in (frequency, age))
        answer: Floats = (self.r + x) / (self.alpha + t) * long
        return answer


def fit_nbd(history: History) -> Nbd:
    """
    Fit NBD to purchase histories by maximum likelihood.

    Args:
        history: from `value.history`; the time from the first purchase on counts, whole.

    Returns:
        the fitted model; where customers do not differ, one common rate: r is then 1,000.

    Raises:
        NotEnoughData: fewer than 30 repeat purchases.

    Source: Ehrenberg (1959), Applied Statistics 8(1), 26-41.
    """
    bought = float(history.weight @ history.frequency)
    if bought < FEWEST_PURCHASES:
        raise NotEnoughData(f"{bought:g} repeat purchases; a rate needs {FEWEST_PURCHASES}.")
    rate = bought / float(history.weight @ history.age)
    best = maximise(_likelihood(history), start=np.array([1.0, rate]), names=("r", "rate"), firm=())
    r, rate = (float(value) for value in best.values) if best.values[0] < ALIKE else (ALIKE, rate)
    return Nbd(r, r / rate, best.log_likelihood, history.customers, best.log_covariance)


def _likelihood(history: History) -> Objective:
    """Prepare the log-likelihood by r and the mean rate r / alpha, which do not run away together."""
    x, t, place = distinct(history.frequency.astype(np.float64), history.age)
    w = np.bincount(place, history.weight)
    counts, count_of = np.unique(x, return_inverse=True)
    per_count, bought = np.bincount(count_of, w), float(w @ x)

    def objective(theta: Floats) -> tuple[float, Floats]:
        r, rate = np.exp(theta)
        over = rate / r  # 1 / alpha
        log_long, longer = np.log1p(over * t), t / (1 + over * t)
        value = per_count @ (special.gammaln(r + counts) - special.gammaln(r))
        value += bought * np.log(over) - w @ ((r + x) * log_long)
        by_over = bought / over - w @ ((r + x) * longer)
        by_r = per_count @ (special.digamma(r + counts) - special.digamma(r)) - w @ log_long
        return float(value), np.array([r * by_r - over * by_over, over * by_over])

    return objective
