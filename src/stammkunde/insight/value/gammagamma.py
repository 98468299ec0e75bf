"""
Gamma-Gamma: what a customer spends on average, learned from the customer and from all the others.

A customer's purchases scatter around a mean of her own (gamma: shape p); the means differ from customer to customer
(inverse gamma: q, gamma). How much is spent is taken to be unrelated to how often.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.optimise import Matrix, Objective, maximise

NAMES = ("p", "q", "gamma")
FEWEST = 30
SAMPLE_ROWS = 20_000


@dataclass(frozen=True)
class GammaGamma:
    """A fitted Gamma-Gamma model; gamma is in the unit of money of the means."""

    p: float
    q: float
    gamma: float
    standard_errors: tuple[float, float, float]
    log_likelihood: float
    customers: float
    log_covariance: Matrix = ()  # of the parameters' logarithms, for `value.interval`

    def expected_mean(self, purchases: ArrayLike, mean: ArrayLike) -> Floats:
        """
        Give the mean amount to expect of customers' future purchases.

        Args:
            purchases: how many purchases the mean is of, shape (n,), 0 or more.
            mean: mean amount of those purchases, shape (n,); ignored where there are none.

        Returns:
            expected means, shape (n,): between the customer's own and everybody's.

        Raises:
            InvalidInput: q is 1 or less and a customer has no purchase, so that there is no mean to expect.

        Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415-430.
        """
        x, m = np.asarray(purchases, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        shape = self.p * x + self.q - 1
        if (shape <= 0).any():
            raise InvalidInput(f"With q = {self.q:.3g} there is no expected mean for customers without purchases.")
        answer: Floats = self.p * (self.gamma + np.where(x > 0, m * x, 0.0)) / shape
        return answer

    def mean_interval(self, purchases: ArrayLike, mean: ArrayLike, *, share: float = 0.9) -> tuple[Floats, Floats]:
        """
        Give the bounds between which a customer's true mean lies.

        Args:
            purchases: how many purchases the mean is of, shape (n,).
            mean: mean amount of those purchases, shape (n,).
            share: how sure, between 0 and 1.

        Returns:
            lower and upper bounds, each of shape (n,), equally likely to be missed.

        Raises:
            InvalidInput: the share does not lie between 0 and 1.

        Source: as `expected_mean`: the mean is p over a gamma variable with shape p·x + q and rate gamma + x·mean.
        """
        if not 0 < share < 1:
            raise InvalidInput(f"The share is {share:g}; give a number between 0 and 1.")
        x, m = np.asarray(purchases, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        shapes, place = np.unique(self.p * x + self.q, return_inverse=True)
        scale = self.p * (self.gamma + np.where(x > 0, m * x, 0.0))
        lower = scale / special.gammaincinv(shapes, (1 + share) / 2)[place].reshape(x.shape)
        upper = scale / special.gammaincinv(shapes, (1 - share) / 2)[place].reshape(x.shape)
        return lower, upper


def fit_gamma_gamma(purchases: ArrayLike, mean: ArrayLike, *, weight: ArrayLike | None = None) -> GammaGamma:
    """
    Fit Gamma-Gamma to customers' mean amounts by maximum likelihood.

    Args:
        purchases: how many purchases each mean is of, whole numbers above 0, shape (n,).
        mean: mean amount of those purchases, above 0, shape (n,).
        weight: customers with these values, shape (n,), above 0; 1 each where missing.

    Returns:
        the fitted model with standard errors.

    Raises:
        InvalidInput: a value is missing, or not above 0 (leave such customers out and say how many).
        NotEnoughData: fewer than 30 customers.
        DoesNotFit: all customers spend alike, or a parameter runs away.

    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415-430; Fader & Hardie (2013), note 025.
    """
    x, m = (np.asarray(values, dtype=np.float64).ravel() for values in (purchases, mean))
    w = np.ones_like(x) if weight is None else np.asarray(weight, dtype=np.float64).ravel()
    _check(x, m, w)
    if w.sum() < FEWEST:
        raise NotEnoughData(f"{w.sum():g} customers; the model needs {FEWEST}.")
    every = max(len(x) // SAMPLE_ROWS, 1)
    middle = float(np.average(m, weights=w))
    best = maximise(
        _likelihood(x, m, w),
        start=np.array([2.0, 3.0, middle]),
        sample=None if every == 1 else _likelihood(x[::every], m[::every], w[::every]),
        times=float(w.sum() / w[::every].sum()),
        names=NAMES,
        firm=NAMES,
    )
    p, q, gamma = (float(value) for value in best.values)
    errors = [float(error) for error in best.standard_errors]
    return GammaGamma(
        p, q, gamma, (errors[0], errors[1], errors[2]), best.log_likelihood, float(w.sum()), best.log_covariance
    )


def _check(x: Floats, m: Floats, w: Floats) -> None:
    if not len(x) == len(m) == len(w):
        raise InvalidInput(f"Lengths differ: purchases {len(x)}, mean {len(m)}, weight {len(w)}.")
    rules = (
        ("purchases must be a whole number above 0", (x > 0) & (x == np.floor(x)) & np.isfinite(x)),
        ("mean must be above 0", (m > 0) & np.isfinite(m)),
        ("weight must be above 0", (w > 0) & np.isfinite(w)),
    )
    for rule, holds in rules:
        if not holds.all():
            row = int(np.argmin(holds))
            raise InvalidInput(f"Row {row}: {rule}; purchases {x[row]:g}, mean {m[row]:g}.")


def _likelihood(x: Floats, m: Floats, w: Floats) -> Objective:
    """Prepare the log-likelihood: gamma terms once per count, one logarithm a customer."""
    counts, count_of = np.unique(x, return_inverse=True)
    per_count = np.bincount(count_of, w)
    spent, customers = m * x, float(w.sum())
    log_m = np.log(m)
    fixed = _dot(w, log_m)
    bought = w * x
    by_mean = _dot(bought, log_m) + float((per_count * counts) @ np.log(counts))

    def objective(theta: Floats) -> tuple[float, Floats]:
        p, q, gamma = np.exp(theta)
        total = gamma + spent
        log_total, one_over = np.log(total), 1 / total
        shape = p * counts + q
        all_logs, bought_logs = _dot(w, log_total), _dot(bought, log_total)
        value = per_count @ (special.gammaln(shape) - special.gammaln(p * counts))
        value += customers * (q * np.log(gamma) - special.gammaln(q))
        value += p * by_mean - fixed - p * bought_logs - q * all_logs
        both = special.digamma(shape)
        slope = np.array([
            (per_count * counts) @ (both - special.digamma(p * counts)) + by_mean - bought_logs,
            per_count @ both + customers * (np.log(gamma) - special.digamma(q)) - all_logs,
            customers * q / gamma - p * _dot(bought, one_over) - q * _dot(w, one_over),
        ])  # fmt: skip
        return float(value), slope * (p, q, gamma)

    return objective


def _dot(a: Floats, b: Floats) -> float:
    """Multiply and sum without BLAS, whose threads cost more than they bring on a busy machine."""
    return float(np.einsum("n,n->", a, b))
