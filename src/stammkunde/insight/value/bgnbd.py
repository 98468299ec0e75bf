"""
BG/NBD and MBG/NBD: customers buy at their own rate until, after some purchase, they stop for good.

Purchases come at a rate that differs from customer to customer (gamma: r, alpha); after each purchase a customer stops
with a probability that differs, too (beta: a, b). In the modified model, MBG/NBD, she may stop after the first one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.late import linalg, special
from stammkunde.insight.value.history import Floats, History, distinct, places
from stammkunde.insight.value.optimise import Matrix, Objective, maximise
from stammkunde.insight.value.smooth import along
from stammkunde.insight.value.steps import step_weights

NAMES = ("r", "alpha", "a", "b")
SAMPLE_ROWS = 20_000
BLOCK = 8_192  # rows that fit into the cache, and for which BLAS starts no threads
FEWEST_REPEATERS = 30
NODES = 64
KEPT_NODES = 4_096  # 1 kB each


@dataclass(frozen=True)
class BetaGeometric:
    """A fitted BG/NBD (`first_may_leave` False) or MBG/NBD (True); alpha is in the unit of time of the history."""

    r: float
    alpha: float
    a: float
    b: float
    standard_errors: tuple[float, float, float, float]
    log_likelihood: float
    customers: float
    first_may_leave: bool
    log_covariance: Matrix = ()  # of the parameters' logarithms, for `value.interval`

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """
        Give the probability that customers have not stopped buying.

        Args:
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,).
            age: time from first purchase to today, shape (n,).

        Returns:
            probabilities, shape (n,). BG/NBD gives 1 to everybody who never came back: rank by
            `expected_purchases` instead.

        Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284; Fader & Hardie (2008), note 021.
        """
        x, t_x, t = (np.asarray(values, dtype=np.float64) for values in (frequency, recency, age))
        shift = _shift(first_may_leave=self.first_may_leave)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            odds = np.log(self.a) - np.log(self.b + x - 1 + shift)
            odds = odds + (self.r + x) * (np.log(self.alpha + t) - np.log(self.alpha + t_x))
            may_have_left = (x > 0) | self.first_may_leave
            chance: Floats = np.where(may_have_left, special.expit(-odds), 1.0)
        return chance

    def expected_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """
        Give the number of purchases to expect within a time from today.

        Args:
            horizon: how far ahead, above 0, in the unit of time of the history.
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,).
            age: time from first purchase to today, shape (n,).

        Returns:
            expected numbers of purchases, shape (n,).

        Raises:
            InvalidInput: the horizon is not above 0.

        Source: as `alive`; the integral over the probability to stop is taken by Gauss-Jacobi quadrature, which
        neither cancels near a = 1 nor overflows for large counts, as the published hypergeometric form does.
        """
        return self.discounted_purchases([horizon], [1.0], frequency, recency, age)

    def discounted_purchases(
        self, ends: Sequence[float], factors: Sequence[float], frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Floats:
        """
        Give the purchases to expect in steps of time from today, each step's counted with a factor of its own.

        Args:
            ends: when the steps end, rising, above 0, shape (k,), in the unit of time of the history; the first begins
                today.
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
        weights = step_weights(ends, factors)
        x, t_x, t = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (frequency, recency, age)))
        counts, ages, place = distinct(x.ravel(), t.ravel())
        expected = self._if_alive(ends, weights, counts, ages)
        answer: Floats = expected[place].reshape(x.shape) * self.alive(x, t_x, t)
        return answer

    def _if_alive(self, ends: Sequence[float], weights: Floats, x: Floats, t: Floats) -> Floats:
        """Sum what is expected until each end; `x` is sorted."""
        expected = np.empty(len(x))
        starts = np.flatnonzero(np.diff(x, prepend=-1.0))
        for start, end in zip(starts, [*starts[1:], len(x)], strict=True):
            count = float(x[start])
            p, weight = _nodes(self.a, self.b + count + _shift(first_may_leave=self.first_may_leave))
            until = partial(self._until, ends, weights, count, p, weight)
            expected[start:end] = along(until, np.log(self.alpha + t[start:end]))
        return expected

    def _until(
        self, ends: Sequence[float], weights: Floats, count: float, p: Floats, weight: Floats, log_time: Floats
    ) -> Floats:
        """Integrate (1 - ((alpha+t)/(alpha+t+p·end))^(r+x)) / p over p ~ beta(a, b+x)."""
        total = np.zeros(len(log_time))
        over = p / np.exp(log_time)[:, None]
        for end, part in zip(ends, weights, strict=True):
            total -= part * (np.expm1(-(self.r + count) * np.log1p(over * end)) / p) @ weight
        return total


def fit_bg_nbd(history: History) -> BetaGeometric:
    """
    Fit BG/NBD to purchase histories by maximum likelihood.

    Args:
        history: from `value.history`.

    Returns:
        the fitted model with standard errors.

    Raises:
        NotEnoughData: fewer than 30 customers came back.
        DoesNotFit: customers do not differ in the way that the model describes.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284.
    """
    return _fit(history, first_may_leave=False)


def fit_mbg_nbd(history: History) -> BetaGeometric:
    """
    Fit MBG/NBD, where a customer may stop after the first purchase, by maximum likelihood.

    Args:
        history: from `value.history`.

    Returns:
        the fitted model with standard errors.

    Raises:
        NotEnoughData: fewer than 30 customers came back.
        DoesNotFit: customers do not differ in the way that the model describes.

    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209.
    """
    return _fit(history, first_may_leave=True)


def _fit(history: History, *, first_may_leave: bool) -> BetaGeometric:
    if history.repeaters < FEWEST_REPEATERS:
        raise NotEnoughData(f"{history.repeaters:g} customers came back; the model needs {FEWEST_REPEATERS}.")
    small = history.sample(SAMPLE_ROWS)
    best = maximise(
        _likelihood(history, first_may_leave=first_may_leave),
        start=np.array([0.5, float(np.average(history.age, weights=history.weight)) / 4 or 1.0, 0.8, 2.5]),
        sample=None if small is history else _likelihood(small, first_may_leave=first_may_leave),
        times=history.customers / small.customers,
        names=NAMES,
        firm=("r", "alpha"),
    )
    r, alpha, a, b = (float(value) for value in best.values)
    errors = [float(error) for error in best.standard_errors]
    return BetaGeometric(
        r=r,
        alpha=alpha,
        a=a,
        b=b,
        standard_errors=(errors[0], errors[1], errors[2], errors[3]),
        log_likelihood=best.log_likelihood,
        customers=history.customers,
        first_may_leave=first_may_leave,
        log_covariance=best.log_covariance,
    )


def _shift(*, first_may_leave: bool) -> int:
    """Count how many chances to stop a customer had beyond her repeat purchases."""
    return 1 if first_may_leave else 0


@lru_cache(maxsize=KEPT_NODES)
def _nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """
    Give points and weights that average a smooth function of p ~ beta(a, b).

    One model asks for the same ones day by day and for each horizon.

    Gauss-Jacobi by Golub & Welsch (1969); scipy's own overflows where b is large, because it scales the weights.
    """
    n = np.arange(1, NODES)
    s = 2 * n + a + b - 2
    diagonal = np.concatenate([[a / (a + b)], (s * (s + 2) + (a - 1) ** 2 - (b - 1) ** 2) / (2 * s * (s + 2))])
    beside = n * (n + b - 1) * (n + a - 1) * (n + a + b - 2) / (s**2 * (s + 1) * np.where(n == 1, 1, s - 1))
    beside[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    p, vectors = linalg.eigh_tridiagonal(diagonal, np.sqrt(beside))
    points, weights = np.maximum(p, 1e-300), vectors[0] ** 2
    for kept in (points, weights):
        kept.setflags(write=False)
    return points, weights


def _likelihood(history: History, *, first_may_leave: bool) -> Objective:
    """
    Prepare the log-likelihood: gamma terms are summed per count, logarithms are taken once per distinct time.

    A customer either still buys, or stopped after the last purchase: L = kept·(1 + odds), where
    ln kept = -(r+x) ln(alpha+T) and ln odds = ln a - ln(b+x-1+shift) + (r+x)(ln(alpha+T) - ln(alpha+t_x)).
    """
    shift = _shift(first_may_leave=first_may_leave)
    per_count = np.bincount(history.frequency, history.weight)
    counts = np.flatnonzero(per_count)
    n_count = per_count[counts]
    times, place = places(np.concatenate([history.recency, history.age]))
    may = (history.frequency > 0) | first_may_leave
    age_of, recency_of = place[len(history.age) :], place[: len(history.age)]
    blocks = [
        (history.frequency[rows], recency_of[rows], age_of[rows], history.weight[rows])
        for rows in np.array_split(np.flatnonzero(may), int(may.sum()) // BLOCK + 1)
    ]
    weight_by_age = np.bincount(age_of, history.weight, minlength=len(times))
    buys_by_age = np.bincount(age_of, history.weight * history.frequency, minlength=len(times))
    customers = history.customers
    top = int(history.frequency.max())

    def objective(theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        log_time, one_over = np.log(alpha + times), 1 / (alpha + times)
        kept = r * weight_by_age + buys_by_age  # Σ w (r+x) by age
        left = b + counts + shift
        value = n_count @ (special.gammaln(r + counts) + special.betaln(a, left))
        value += customers * (r * np.log(alpha) - special.gammaln(r) - special.betaln(a, b)) - kept @ log_time
        psi = special.digamma
        both = n_count @ psi(a + left)
        slope = np.array([
            n_count @ psi(r + counts) + customers * (np.log(alpha) - psi(r)) - weight_by_age @ log_time,
            customers * r / alpha - kept @ one_over,
            customers * psi(a + b) - both,
            n_count @ psi(left) - both + customers * (psi(a + b) - psi(b)),
        ])  # fmt: skip
        # b + x - 1 + shift is 0 only for x = 0 in BG/NBD, and those rows are not in the blocks
        after = np.maximum(b + np.arange(top + 1) - 1 + shift, 1e-300)
        log_odds_of = np.log(a) - np.log(after)
        for x, t_x, t, w in blocks:
            apart = log_time[t] - log_time[t_x]
            d = log_odds_of[x] + (r + x) * apart
            small = np.exp(-np.abs(d))
            value += w @ (np.log1p(small) + np.maximum(d, 0))
            stopped = w * np.where(d > 0, 1.0, small) / (1 + small)
            slope[0] += stopped @ apart
            slope[1] += (stopped * (r + x)) @ (one_over[t] - one_over[t_x])
            slope[2] += stopped.sum() / a
            slope[3] -= stopped @ (1 / after)[x]
        return float(value), slope * (r, alpha, a, b)

    return objective
