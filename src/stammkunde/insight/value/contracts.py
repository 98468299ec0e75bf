"""
Shifted beta-geometric: how many contract customers renew, and why the rate rises with age.

Each customer leaves with a probability of her own at every renewal (beta: alpha, beta). Those who leave easily leave
first, so that the ones who remain renew more often, although nobody changes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import DoesNotFit, InvalidInput, NotEnoughData
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.optimise import Matrix, Objective, maximise

NAMES = ("alpha", "beta")


@dataclass(frozen=True)
class RetentionCurve:
    """A fitted shifted beta-geometric model."""

    alpha: float
    beta: float
    standard_errors: tuple[float, float]
    log_likelihood: float
    log_covariance: Matrix = ()  # of the parameters' logarithms, for `value.interval`

    def renewal(self, period: ArrayLike) -> Floats:
        """
        Give the share of the customers still there who renew at the end of a period.

        Args:
            period: 1 is the first renewal, shape (n,).

        Returns:
            shares between 0 and 1, shape (n,).

        Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90, equation (8).
        """
        t = np.asarray(period, dtype=np.float64)
        shares: Floats = (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return shares

    def survival(self, period: ArrayLike) -> Floats:
        """
        Give the share of a cohort still there after a number of periods.

        Args:
            period: periods since the start, 0 or more, shape (n,).

        Returns:
            shares between 0 and 1, shape (n,).

        Source: as `renewal`, equation (6).
        """
        t = np.asarray(period, dtype=np.float64)
        shares: Floats = np.exp(special.betaln(self.alpha, self.beta + t) - special.betaln(self.alpha, self.beta))
        return shares


def fit_retention(active: ArrayLike) -> RetentionCurve:
    """
    Fit a retention curve to the renewal counts of one cohort.

    Args:
        active: customers, whole numbers, shape (n_periods + 1,), n_periods >= 2. active[0] is the cohort's size; it
            never rises. One period is one contract period.

    Returns:
        the fitted curve with standard errors.

    Raises:
        InvalidInput: the counts are too few, negative, fractional or rising.
        NotEnoughData: fewer than two periods saw a customer leave.
        DoesNotFit: renewal gets rarer with age, which this model cannot describe.

    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90.
    """
    counts = np.asarray(active, dtype=np.float64).ravel()
    _check(counts)
    lost = -np.diff(counts)
    if (lost > 0).sum() < 2:
        raise NotEnoughData("Customers left in fewer than two periods; a curve needs two.")
    try:
        best = maximise(_likelihood(lost, counts[-1]), start=np.array([1.0, 2.0]), names=NAMES, firm=NAMES)
    except DoesNotFit as runaway:
        raise DoesNotFit(
            "Renewal does not rise with age, so customers do not differ as this model supposes."
        ) from runaway
    alpha, beta = (float(value) for value in best.values)
    first, second = (float(error) for error in best.standard_errors)
    return RetentionCurve(alpha, beta, (first, second), best.log_likelihood, best.log_covariance)


def _check(counts: Floats) -> None:
    if len(counts) < 3:
        raise InvalidInput(f"{len(counts)} counts; give the cohort's size and at least two periods.")
    if not (np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))).all():
        raise InvalidInput("Counts must be whole numbers, 0 or more.")
    if (np.diff(counts) > 0).any():
        raise InvalidInput(
            f"The count rises in period {int(np.argmax(np.diff(counts) > 0)) + 1}; customers of a cohort only leave."
        )


def _likelihood(lost: Floats, stayed: float) -> Objective:
    """Prepare the log-likelihood: P(leave at t) = B(alpha+1, beta+t-1)/B, P(still there at n) = B(alpha, beta+n)/B."""
    t = np.arange(1, len(lost) + 1)
    n = len(lost)
    cohort = float(lost.sum() + stayed)

    def objective(theta: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(theta)
        value = lost @ special.betaln(alpha + 1, beta + t - 1) + stayed * special.betaln(alpha, beta + n)
        value -= cohort * special.betaln(alpha, beta)
        psi = special.digamma
        by_alpha = lost @ (psi(alpha + 1) - psi(alpha + beta + t)) + stayed * (psi(alpha) - psi(alpha + beta + n))
        by_beta = lost @ (psi(beta + t - 1) - psi(alpha + beta + t)) + stayed * (psi(beta + n) - psi(alpha + beta + n))
        both = psi(alpha + beta)
        by_alpha -= cohort * (psi(alpha) - both)
        by_beta -= cohort * (psi(beta) - both)
        return float(value), np.array([by_alpha * alpha, by_beta * beta])

    return objective
