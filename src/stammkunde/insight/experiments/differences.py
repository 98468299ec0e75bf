"""
The difference between both arms, corrected with one covariate, with an error that a single large customer cannot fool.

Everything runs over the last axis, so that one play, or a thousand simulated ones, is worked out at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.experiments.arms import Draw
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats

FEWEST = 10  # customers in either arm, below that no figure is given
ROUNDED = 1 - 1e-9  # arms of one size have one error, whatever the last digit says
MOST_LEVERAGE = 0.95  # of one customer on the slope; more would divide by nearly nothing
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Error:
    """Standard errors and degrees of freedom of differences, shape (…)."""

    se: Floats
    df: Floats

    def multiple(self, confidence: float) -> Floats:
        """
        Tell how many standard errors lie between the difference and either end of its interval.

        Args:
            confidence: of the interval, between 0 and 1.

        Returns:
            quantiles of Student's t, shape (…).
        """
        found: Floats = special.stdtrit(self.df, (1 + confidence) / 2)
        return found


@dataclass(frozen=True, eq=False)
class Differences:
    """
    Treated less held out, in the unit of the outcome, shape (…).

    `effect` is corrected by `slope` times the difference of the covariate, `raw` is not. `spreads` are the variances of
    the residuals of the treated and of the held out, `raw_spreads` those of the outcomes.
    """

    treated: Floats  # how many
    held_out: Floats
    held_out_mean: Floats
    effect: Floats
    raw: Floats
    slope: Floats
    spreads: tuple[Floats, Floats]
    raw_spreads: tuple[Floats, Floats]

    def error(self) -> Error:
        """
        Give the larger of the arms' own error (Welch's) and the pooled one.

        A small control rarely holds the one large customer, and then its own spread is too small; a pooled one is too
        small where the larger spread is that of the smaller arm.

        Returns:
            errors of `effect`, with the degrees of freedom that belong to the larger.
        """
        return _larger(*self.spreads, self.treated, self.held_out)

    def raw_error(self) -> Error:
        """
        Give the same for the difference that is not corrected.

        Returns:
            errors of `raw`.
        """
        return _larger(*self.raw_spreads, self.treated, self.held_out)

    def welch(self) -> Error:
        """
        Give Welch's error of the difference that is not corrected: what others show.

        Returns:
            errors of `raw`, with the degrees of freedom by Welch and Satterthwaite.

        Source: Welch (1947), Biometrika 34, 28-35.
        """
        return _own(*self.raw_spreads, self.treated, self.held_out)


def differences(outcome: ArrayLike, *, treated: ArrayLike, covariate: ArrayLike | None = None) -> Differences:
    """
    Compare both arms, customer by customer.

    Args:
        outcome: of each customer, in any unit, shape (…, n).
        treated: whether the draw let the customer be contacted, shape (…, n).
        covariate: known before the customer entered, in any unit, shape (…, n); None: nothing is corrected.

    Returns:
        differences of shape (…); residuals are divided by one less their leverage on the slope (HC3).

    Raises:
        InvalidInput: shapes differ, a value is missing or infinite, or an arm has fewer than two customers.

    Source: Deng, Xu, Kohavi & Walker (2013), WSDM, 123-132; MacKinnon & White (1985), Journal of Econometrics 29,
        305-325.
    """
    y, z, x = read(outcome, treated, covariate)
    n1 = z.sum(-1)
    n0 = z.shape[-1] - n1
    if min(n1.min(initial=2), n0.min(initial=2)) < 2:
        raise InvalidInput("An arm has fewer than two customers.")
    y1, y0, y = _centred(y, z, n1, n0)
    raw = _squares(y, z, n1, n0)
    if x is None:
        none = np.zeros(np.shape(n1))
        return Differences(n1, n0, y0, y1 - y0, y1 - y0, none, raw, raw)
    x1, x0, x = _centred(x, z, n1, n0)
    spread = np.einsum("...i,...i", x, x)
    slope = np.divide(np.einsum("...i,...i", x, y), spread, out=np.zeros_like(spread), where=spread > 0)
    residual = leveraged(y, x, slope, spread)
    return Differences(n1, n0, y0, (y1 - y0) - slope * (x1 - x0), y1 - y0, slope, _squares(residual, z, n1, n0), raw)


def read(outcome: ArrayLike, treated: ArrayLike, covariate: ArrayLike | None) -> tuple[Floats, Bools, Floats | None]:
    """
    Check what is told of customers.

    Args:
        outcome: shape (…, n).
        treated: shape (…, n), true and false, or 0 and 1.
        covariate: shape (…, n), or None.

    Returns:
        the same as arrays.

    Raises:
        InvalidInput: shapes differ, or a value is missing or infinite.
    """
    y, given = np.asarray(outcome, dtype=np.float64), np.asarray(treated)
    x = None if covariate is None else np.asarray(covariate, dtype=np.float64)
    if y.ndim == 0 or y.shape != given.shape or (x is not None and x.shape != y.shape):
        raise InvalidInput(
            f"Lengths differ: outcome {y.shape}, treated {given.shape}, covariate {None if x is None else x.shape}."
        )
    if given.dtype != np.bool_ and not np.isin(given, (0, 1)).all():
        raise InvalidInput("Whether somebody was treated must be true or false, or 1 or 0.")
    if not (np.isfinite(y).all() and (x is None or np.isfinite(x).all())):
        raise InvalidInput("An outcome or a covariate is missing. Leave out whoever has none, in both arms.")
    return y, given.astype(np.bool_), x


def from_sums(draw: Draw) -> Differences:
    """
    Compare both arms by their sums alone; leverage is left out, which is of no account from some thousand customers on.

    Args:
        draw: both arms of one draw, at least two customers each.

    Returns:
        differences of shape ().

    Raises:
        InvalidInput: an arm has fewer than two customers.
    """
    one, other = draw.treated, draw.held_out
    if min(one.n, other.n) < 2:
        raise InvalidInput("An arm has fewer than two customers.")
    arms = [(arm.n, *arm.squares()) for arm in (one, other)]
    spread = sum(sxx for _, _, sxx, _ in arms)
    slope = sum(sxy for *_, sxy in arms) / spread if spread > 0 else 0.0
    residual = [(syy - 2 * slope * sxy + slope**2 * sxx) / (n - 1) for n, syy, sxx, sxy in arms]
    raw = one.mean - other.mean
    return Differences(
        treated=np.asarray(one.n),
        held_out=np.asarray(other.n),
        held_out_mean=np.asarray(other.mean),
        effect=np.asarray(raw - slope * (one.covariate_mean - other.covariate_mean)),
        raw=np.asarray(raw),
        slope=np.asarray(slope),
        spreads=_pair(max(value, 0.0) for value in residual),
        raw_spreads=_pair(syy / (n - 1) for n, syy, *_ in arms),
    )


def leveraged(y: Floats, x: Floats, slope: Floats, spread: Floats) -> Floats:
    """
    Divide residuals by what their customer leaves of herself when the slope follows her.

    Args:
        y: outcomes about the mean of their arm, shape (…, n).
        x: covariates about the mean of their arm, shape (…, n).
        slope: shape (…).
        spread: sum of squares of `x`, shape (…).

    Returns:
        residuals, shape (…, n).
    """
    leverage = np.divide(x * x, spread[..., None], out=np.zeros_like(x), where=spread[..., None] > 0)
    residual: Floats = (y - slope[..., None] * x) / (1 - np.minimum(leverage, MOST_LEVERAGE))
    return residual


def _centred(values: Floats, z: Bools, n1: Floats, n0: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the means of both arms, and values about them."""
    of_treated = np.einsum("...i,...i", values, z)
    one, other = of_treated / n1, (values.sum(-1) - of_treated) / n0
    return one, other, values - np.where(z, one[..., None], other[..., None])


def _squares(residual: Floats, z: Bools, n1: Floats, n0: Floats) -> tuple[Floats, Floats]:
    squared = residual * residual
    of_treated = np.einsum("...i,...i", squared, z)
    return of_treated / (n1 - 1), np.maximum(squared.sum(-1) - of_treated, 0.0) / (n0 - 1)


def _pair(values: Iterable[float]) -> tuple[Floats, Floats]:
    one, other = (np.asarray(value, dtype=np.float64) for value in values)
    return one, other


def _own(v1: Floats, v0: Floats, n1: Floats, n0: Floats) -> Error:
    one, other = v1 / n1, v0 / n0
    bottom = one**2 / (n1 - 1) + other**2 / (n0 - 1)
    df = np.divide((one + other) ** 2, bottom, out=np.asarray(n1 + n0 - 2.0), where=bottom > 0)
    return Error(np.sqrt(one + other), df)


def _larger(v1: Floats, v0: Floats, n1: Floats, n0: Floats) -> Error:
    own, freedom = _own(v1, v0, n1, n0), n1 + n0 - 2.0
    pooled = np.sqrt(((n1 - 1) * v1 + (n0 - 1) * v0) / freedom * (1 / n1 + 1 / n0))
    return Error(np.maximum(own.se, pooled), np.where(own.se >= pooled * ROUNDED, own.df, freedom))
