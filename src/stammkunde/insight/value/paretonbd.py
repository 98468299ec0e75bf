"""
Pareto/NBD: customers buy at their own rate until they stop for good, at any time, unseen.

Purchases come at a rate that differs from customer to customer (gamma: r, alpha); the time until a customer stops is
exponential with a rate that differs, too (gamma: s, beta).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.value.bgnbd import FEWEST_REPEATERS, SAMPLE_ROWS
from stammkunde.insight.value.history import Floats, History, Whole
from stammkunde.insight.value.optimise import Objective, maximise

NAMES = ("r", "alpha", "s", "beta")
MOST_TIMES = 5_000
NODES, WEIGHTS = special.roots_sh_legendre(6)


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
        log_odds, _ = past.left(self.r, self.alpha, self.s, self.beta)
        chance: Floats = special.expit(-log_odds).reshape(x.shape)
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
        if not horizon > 0:
            raise InvalidInput(f"The horizon is {horizon:g}; give a time above 0.")
        x, t = np.asarray(frequency, dtype=np.float64), np.asarray(age, dtype=np.float64)
        rate = (self.r + x) / (self.alpha + t)
        log_shrink = -np.log1p(horizon / (self.beta + t))
        near = self.s - 1
        # (1 - q^(s-1)) / (s-1), which is -ln q at s = 1
        spent = -log_shrink if abs(near) < 1e-9 else -np.expm1(near * log_shrink) / near
        answer: Floats = rate * (self.beta + t) * spent * self.alive(frequency, recency, age)
        return answer


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
        known = np.unique(np.concatenate([t_x, t]))
        if len(known) > MOST_TIMES:
            raise InvalidInput(
                f"The times have {len(known):,} different values; Pareto/NBD takes {MOST_TIMES:,}. "
                "Round them to whole days."
            )
        self.times = _dense(known)
        place = np.searchsorted(self.times, np.concatenate([t_x, t]))
        self.recency_of, self.age_of = place[: len(t_x)], place[len(t_x) :]
        widths = np.diff(self.times)
        self.nodes = self.times[:-1, None] + widths[:, None] * NODES
        self.steps = widths[:, None] * WEIGHTS

    def left(self, r: float, alpha: float, s: float, beta: float) -> tuple[Floats, Floats]:
        """
        Give the logarithm of the odds that each customer has left: s·∫ f(y) dy from t_x to T over having stayed.

        The second answer holds its slopes by r, alpha, s and beta, shape (4, n).
        """
        rate = r + self.counts[:, None].astype(np.float64)
        log_a, log_b = np.log(alpha + self.times), np.log(beta + self.times)
        tails = self._tails(rate, alpha, s, beta, log_a, log_b)
        i, t_x, t = self.count_of, self.recency_of, self.age_of
        drop = -(r + self.counts[i]) * (log_a[t] - log_a[t_x]) - (s + 1) * (log_b[t] - log_b[t_x])
        # ∫ from t_x to T over f(t_x): plain, and with each slope
        span = tails[:, t_x, i] - np.exp(drop) * tails[:, t, i]
        with np.errstate(invalid="ignore", divide="ignore"):
            log_odds = np.log(s) - drop - log_b[t] + np.log(span[0])
            mean = np.where(span[0] > 0, span[1:] / span[0], 0.0)
        rates = r + self.counts[i]
        slopes = np.stack([
            log_a[t] - mean[0],
            rates * (1 / (alpha + self.times[t]) - mean[1]),
            1 / s + log_b[t] - mean[2],
            s / (beta + self.times[t]) - (s + 1) * mean[3],
        ])  # fmt: skip
        return log_odds, slopes

    def _tails(self, rate: Floats, alpha: float, s: float, beta: float, log_a: Floats, log_b: Floats) -> Floats:
        """Integrate f, and f times ln(alpha+y), 1/(alpha+y), ln(beta+y), 1/(beta+y), from each time to the last one."""
        node_a, node_b = np.log(alpha + self.nodes), np.log(beta + self.nodes)
        extra = np.stack([np.ones_like(node_a), node_a, 1 / (alpha + self.nodes), node_b, 1 / (beta + self.nodes)])
        rise_a = node_a - log_a[:-1, None]
        fixed = -(s + 1) * (node_b - log_b[:-1, None])
        f = np.exp(fixed[:, None, :] - rise_a[:, None, :] * rate[None, :, :])  # (intervals, counts, nodes)
        pieces = np.einsum("kjn,jcn->kjc", extra * self.steps, f, optimize=True)
        fall = np.exp(-np.diff(log_a)[:, None] * rate[:, 0] - (s + 1) * np.diff(log_b)[:, None])
        tails = np.zeros((5, len(self.times), len(self.counts)))
        for j in range(len(self.times) - 2, -1, -1):
            tails[:, j] = pieces[:, j] + fall[j] * tails[:, j + 1]
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
        return float(value + w @ np.logaddexp(0, log_odds)), (slope + slopes @ stopped) * (r, alpha, s, beta)

    return objective
