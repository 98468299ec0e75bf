"""
Pareto/NBD: customers buy at their own rate until they stop for good, at any time, unseen.

Purchases come at a rate that differs from customer to customer (gamma: r, alpha); the time until a customer stops is
exponential with a rate that differs, too (gamma: s, beta).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.late import special
from stammkunde.insight.value.bgnbd import FEWEST_REPEATERS
from stammkunde.insight.value.history import Floats, History, Whole, places
from stammkunde.insight.value.optimise import Matrix, Objective, maximise
from stammkunde.insight.value.steps import step_weights

NAMES = ("r", "alpha", "s", "beta")
SAMPLE_ROWS = 5_000
MOST_TIMES = 5_000
NODES = 6


@dataclass(frozen=True)
class ParetoNbd:
    """A fitted Pareto/NBD; alpha and beta are in the unit of time of the history."""

    r: float
    alpha: float
    s: float
    beta: float
    standard_errors: tuple[float, float, float, float]
    log_likelihood: float
    customers: float
    log_covariance: Matrix = ()  # of the parameters' logarithms, for `value.interval`

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """
        Give the probability that customers have not stopped buying.

        Args:
            frequency: repeat purchases, shape (n,).
            recency: time from first to last purchase, shape (n,).
            age: time from first purchase to today, shape (n,).

        Returns:
            probabilities, shape (n,).

        Raises:
            InvalidInput: the times have more than 5,000 different values.

        Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24.
        """
        x, t_x, t = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (frequency, recency, age)))
        past = _Past(x.ravel().astype(np.int64), t_x.ravel(), t.ravel())
        chance: Floats = special.expit(-past.odds(self.r, self.alpha, self.s, self.beta)).reshape(x.shape)
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
            InvalidInput: the horizon is not above 0, or the times have more than 5,000 different values.

        Source: as `alive`, equation (22); written so that it does not cancel near s = 1.
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
            InvalidInput: ends do not rise from above 0, a factor is not above 0, or the times have more than 5,000
                different values.

        Source: as `expected_purchases`.
        """
        weights = step_weights(ends, factors)
        x, t_x, t = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (frequency, recency, age)))
        ages, place = places(t.ravel())
        stays = sum(part * self._stay(end, ages) for end, part in zip(ends, weights, strict=True))
        rate = (self.r + x) / (self.alpha + t)
        answer: Floats = rate * np.asarray(stays)[place].reshape(x.shape) * self.alive(x, t_x, t)
        return answer

    def _stay(self, horizon: float, age: Floats) -> Floats:
        """Give how long customers who are still there will stay within a time."""
        log_shrink = -np.log1p(horizon / (self.beta + age))
        near = self.s - 1
        # (1 - q^(s-1)) / (s-1), which is -ln q at s = 1
        spent: Floats = -log_shrink if abs(near) < 1e-9 else -np.expm1(near * log_shrink) / near
        return (self.beta + age) * spent


def fit_pareto_nbd(history: History) -> ParetoNbd:
    """
    Fit Pareto/NBD to purchase histories by maximum likelihood.

    Args:
        history: from `value.history`; its times take at most 5,000 different values (whole days do).

    Returns:
        the fitted model with standard errors.

    Raises:
        NotEnoughData: fewer than 30 customers came back.
        InvalidInput: the times have more than 5,000 different values.
        DoesNotFit: customers do not differ in the way that the model describes.

    Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24; the likelihood as in
    Fader & Hardie (2005), note 009, with the integral over the time of leaving taken by quadrature once for all
    customers instead of hypergeometric functions for each.
    """
    if history.repeaters < FEWEST_REPEATERS:
        raise NotEnoughData(f"{history.repeaters:g} customers came back; the model needs {FEWEST_REPEATERS}.")
    typical = float(np.average(history.age, weights=history.weight)) or 1.0
    small = history.sample(SAMPLE_ROWS)
    best = maximise(
        _likelihood(history),
        start=np.array([0.5, typical / 3, 0.6, typical / 3]),
        sample=None if small is history else _likelihood(small),
        times=history.customers / small.customers,
        names=NAMES,
        firm=("r", "alpha"),
    )
    r, alpha, s, beta = (float(value) for value in best.values)
    errors = [float(error) for error in best.standard_errors]
    return ParetoNbd(
        r=r,
        alpha=alpha,
        s=s,
        beta=beta,
        standard_errors=(errors[0], errors[1], errors[2], errors[3]),
        log_likelihood=best.log_likelihood,
        customers=history.customers,
        log_covariance=best.log_covariance,
    )


class _Past:
    """
    Distinct counts and times of some histories, and integrals over when their customers may have left.

    With f(y) = (alpha+y)^-(r+x) · (beta+y)^-(s+1), the tail integrals R(t) = ∫_t f(y) dy / f(t) follow from one
    another, backwards from one distinct time to the one before; no f is ever formed,
    so nothing underflows at any count.
    """

    def __init__(self, x: Whole, t_x: Floats, t: Floats):
        self.counts, self.count_of = np.unique(x, return_inverse=True)
        known, _ = places(np.concatenate([t_x, t]))
        if len(known) > MOST_TIMES:
            raise InvalidInput(
                f"The times have {len(known):,} different values; Pareto/NBD takes {MOST_TIMES:,}. "
                "Round them to whole days."
            )
        self.times = _dense(known)
        place = np.searchsorted(self.times, np.concatenate([t_x, t]))
        self.recency_of, self.age_of = place[: len(t_x)], place[len(t_x) :]
        self.recency_cell = self.recency_of * len(self.counts) + self.count_of
        self.age_cell = self.age_of * len(self.counts) + self.count_of
        widths = np.diff(self.times)
        nodes, weights = special.roots_sh_legendre(NODES)
        self.nodes = self.times[:-1] + widths * nodes[:, None]
        self.steps = widths * weights[:, None]

    def odds(self, r: float, alpha: float, s: float, beta: float) -> Floats:
        """Give the logarithm of the odds that each customer has left: s·∫ f(y) dy from t_x to T over having stayed."""
        span, drop = self._spans(r, alpha, s, beta, slopes=0)
        return self._log_odds(span[0], drop, s, beta)

    def left(self, r: float, alpha: float, s: float, beta: float) -> tuple[Floats, Floats]:
        """Give the logarithm of the odds that each customer has left, and its slopes by the parameters, (4, n)."""
        span, drop = self._spans(r, alpha, s, beta, slopes=4)
        mean = np.where(span[0] > 0, span[1:] / np.where(span[0] > 0, span[0], 1.0), 0.0)
        rates, t = r + self.counts[self.count_of], self.age_of
        slopes = np.stack([
            np.log(alpha + self.times)[t] - mean[0],
            rates * ((1 / (alpha + self.times))[t] - mean[1]),
            1 / s + np.log(beta + self.times)[t] - mean[2],
            (s / (beta + self.times))[t] - (s + 1) * mean[3],
        ])  # fmt: skip
        return self._log_odds(span[0], drop, s, beta), slopes

    def _log_odds(self, span: Floats, drop: Floats, s: float, beta: float) -> Floats:
        with np.errstate(divide="ignore"):
            odds: Floats = np.log(s) - drop - np.log(beta + self.times)[self.age_of] + np.log(span)
        return odds

    def _spans(self, r: float, alpha: float, s: float, beta: float, *, slopes: int) -> tuple[Floats, Floats]:
        """Integrate from t_x to T over f(t_x): plain, and with as many slopes; and give ln f(T) - ln f(t_x)."""
        log_a, log_b = np.log(alpha + self.times), np.log(beta + self.times)
        rate = r + self.counts.astype(np.float64)
        tails = self._tails(rate, alpha, s, beta, slopes).reshape(1 + slopes, -1)
        t_x, t = self.recency_of, self.age_of
        drop = -(r + self.counts[self.count_of]) * (log_a[t] - log_a[t_x]) - (s + 1) * (log_b[t] - log_b[t_x])
        span = tails[:, self.recency_cell]
        span -= np.exp(drop) * tails[:, self.age_cell]
        return span, drop

    def _tails(self, rate: Floats, alpha: float, s: float, beta: float, slopes: int) -> Floats:
        """Integrate f, and f times ln(alpha+y), 1/(alpha+y), ln(beta+y), 1/(beta+y), from each time to the last one."""
        node_a, node_b = np.log(alpha + self.nodes), np.log(beta + self.nodes)
        log_a, log_b = np.log(alpha + self.times), np.log(beta + self.times)
        extra = np.stack([np.ones_like(node_a), node_a, 1 / (alpha + self.nodes), node_b, 1 / (beta + self.nodes)])
        weighted = self.steps * extra[: 1 + slopes]  # (slopes, nodes, intervals)
        rise = node_a - log_a[:-1]
        f = np.exp(-(s + 1) * (node_b - log_b[:-1]) - rate[0] * rise)
        pieces = np.empty((1 + slopes, len(rate), len(self.times) - 1))
        for place, gap in enumerate(np.diff(rate, prepend=rate[0])):  # from count to count f is only multiplied
            if gap:
                f *= np.exp(-gap * rise)
            pieces[:, place] = np.einsum("knj,nj->kj", weighted, f)
        fall = np.exp(-np.diff(log_a)[:, None] * rate - (s + 1) * np.diff(log_b)[:, None])
        tails = np.zeros((1 + slopes, len(self.times), len(rate)))
        rows = np.ascontiguousarray(pieces.transpose(2, 0, 1))
        for j in range(len(self.times) - 2, -1, -1):
            np.multiply(fall[j], tails[:, j + 1], out=tails[:, j])
            tails[:, j] += rows[j]
        return tails


def _dense(times: Floats) -> Floats:
    """Add times where there are few, so that f changes little from one to the next: closer together near 0."""
    last = times[-1]
    between = np.concatenate([last * np.linspace(0, 1, 200) ** 2, np.linspace(0, last, 1000)])
    far = np.diff(times, append=last) > last / 1000
    inside = far[np.maximum(np.searchsorted(times, between, side="right") - 1, 0)]
    return np.unique(np.concatenate([times, between[inside & (between >= times[0])]]))


def _likelihood(history: History) -> Objective:
    """Prepare the log-likelihood: stayed (alpha+T)^-(r+x) (beta+T)^-s, plus left, which is stayed times the odds."""
    past = _Past(history.frequency, history.recency, history.age)
    w = history.weight
    per_count = np.bincount(past.count_of, w)
    by_age = np.bincount(past.age_of, w, minlength=len(past.times))
    buys_by_age = np.bincount(past.age_of, w * history.frequency, minlength=len(past.times))
    customers = history.customers

    def objective(theta: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = np.exp(theta)
        a_time, b_time = alpha + past.times, beta + past.times
        kept = r * by_age + buys_by_age
        log_odds, slopes = past.left(r, alpha, s, beta)
        stopped = w * special.expit(log_odds)
        value = per_count @ special.gammaln(r + past.counts) - customers * special.gammaln(r)
        value += (
            customers * (r * np.log(alpha) + s * np.log(beta)) - kept @ np.log(a_time) - s * (by_age @ np.log(b_time))
        )
        psi = special.digamma
        slope = np.array([
            per_count @ psi(r + past.counts) + customers * (np.log(alpha) - psi(r)) - by_age @ np.log(a_time),
            customers * r / alpha - kept @ (1 / a_time),
            customers * np.log(beta) - by_age @ np.log(b_time),
            customers * s / beta - s * (by_age @ (1 / b_time)),
        ])  # fmt: skip
        return float(value + np.einsum("n,n->", w, np.logaddexp(0, log_odds))), (
            slope + np.einsum("kn,n->k", slopes, stopped)
        ) * (r, alpha, s, beta)

    return objective
