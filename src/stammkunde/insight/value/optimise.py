"""The most likely parameters, found quickly: a small sample shows the way, all the data decide."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.errors import DoesNotFit
from stammkunde.insight.late import optimize
from stammkunde.insight.threads import on_one_thread
from stammkunde.insight.value.history import Floats

Matrix = tuple[tuple[float, ...], ...]
Objective = Callable[[Floats], tuple[float, Floats]]  # logarithms of the parameters → log-likelihood, its gradient

FARTHEST = 14.0  # parameters beyond e**±14 are no parameters any more
UNKNOWN = 3.0  # a standard error of the logarithm: twentyfold up or down says nothing
ENOUGH = 1e-6  # stop when the next step would gain less log-likelihood than this


@dataclass(frozen=True)
class Optimum:
    """Where the likelihood is highest: parameters, how sure they are, the log-likelihood there."""

    values: Floats
    standard_errors: Floats
    log_likelihood: float
    log_covariance: Matrix  # of the logarithms; directions in which the likelihood is flat are left out


@on_one_thread
def maximise(
    objective: Objective,
    *,
    start: Floats,
    names: tuple[str, ...],
    firm: tuple[str, ...],
    sample: Objective | None = None,
    times: float = 1.0,
) -> Optimum:
    """
    Find the positive parameters under which the data are most likely.

    Args:
        objective: log-likelihood and gradient of all the data, at the parameters' logarithms.
        start: first guess of the parameters, shape (k,), above 0.
        names: of the parameters.
        firm: names of those without which the model says nothing; the others may run to their limit (nobody ever
            stops, say), which is an answer, too, with an infinite standard error.
        sample: the same for a small part of the data; saves most of the work on all of it.
        times: how many times as many customers as in the sample there are.

    Returns:
        the optimum, with standard errors from the curvature there.

    Raises:
        DoesNotFit: a firm parameter runs away to 0 or infinity, or cannot be told within a factor of twenty.
    """
    theta = _quasi_newton(sample or objective, np.log(start), close=sample is None)
    value, gradient = (sample or objective)(theta)
    curvature = _hessian(sample or objective, theta, gradient)
    if sample is not None:
        theta, value, gradient = _refined(objective, theta, times * curvature)
        curvature = _hessian(objective, theta, gradient)
    errors = _standard_errors(curvature)
    for name, place, error in zip(names, theta, errors, strict=True):
        if name in firm and (abs(place) > FARTHEST - 1e-3 or not error < UNKNOWN):
            end = "infinity" if place > 0 else "0"
            raise DoesNotFit(f"Parameter {name} runs away to {end}: customers do not differ as this model supposes.")
    return Optimum(
        values=np.exp(theta),
        standard_errors=np.exp(theta) * errors,
        log_likelihood=value,
        log_covariance=_covariance(curvature),
    )


def _quasi_newton(objective: Objective, theta: Floats, *, close: bool = True) -> Floats:
    """Climb to the summit, or where it need not be `close`, as near as a sample is to all the data."""
    scale = max(abs(objective(theta)[0]), 1.0)

    def downhill(at: Floats) -> tuple[float, Floats]:
        value, gradient = objective(at)
        return -value / scale, -gradient / scale

    bounds = [(-FARTHEST, FARTHEST)] * len(theta)
    options = {"maxiter": 500, "ftol": 1e-15 if close else 1e-10, "gtol": 1e-10 if close else 1e-7, "maxcor": 20}
    found = optimize.minimize(downhill, theta, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(found.x, dtype=np.float64)


def _refined(objective: Objective, theta: Floats, curvature: Floats) -> tuple[Floats, float, Floats]:
    """Newton's steps on all the data; the curvature comes from the sample and learns from every step."""
    value, gradient = objective(theta)
    for _ in range(25):
        step = _newton_step(curvature, gradient)
        if float(gradient @ step) / 2 < ENOUGH:
            return theta, value, gradient
        ahead = np.clip(theta + step, -FARTHEST, FARTHEST)
        better, better_gradient = objective(ahead)
        if better < value:
            break
        curvature = _learned(curvature, ahead - theta, better_gradient - gradient)
        theta, value, gradient = ahead, better, better_gradient
    theta = _quasi_newton(objective, theta)
    return theta, *objective(theta)


def _learned(curvature: Floats, step: Floats, change: Floats) -> Floats:
    """Bend the curvature so that it explains how the gradient changed (Broyden, Fletcher, Goldfarb, Shanno)."""
    along, bent = float(step @ change), curvature @ step
    if along >= 0:
        return curvature
    learned: Floats = curvature + np.outer(change, change) / along - np.outer(bent, bent) / float(step @ bent)
    return learned


def _bends(curvature: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Split the curvature into directions: how much each bends, the directions, and which are not flat."""
    bends, directions = np.linalg.eigh(-curvature)
    return bends, directions, bends > 1e-10 * max(float(bends.max()), 1.0)


def _newton_step(curvature: Floats, gradient: Floats) -> Floats:
    bends, directions, firm = _bends(curvature)
    along = directions.T @ gradient
    step: Floats = directions[:, firm] @ (along[firm] / bends[firm])
    return step


def _standard_errors(curvature: Floats) -> Floats:
    """Give the standard errors of the logarithms; infinite for whatever a flat direction moves."""
    bends, directions, firm = _bends(curvature)
    share = directions**2
    variance = share[:, firm] @ (1 / bends[firm])
    errors: Floats = np.where((share[:, ~firm] > 1e-6).any(axis=1), np.inf, np.sqrt(variance))
    return errors


def _covariance(curvature: Floats) -> Matrix:
    bends, directions, firm = _bends(curvature)
    matrix = (directions[:, firm] / bends[firm]) @ directions[:, firm].T
    return tuple(tuple(row) for row in matrix.tolist())


def _hessian(objective: Objective, theta: Floats, gradient: Floats) -> Floats:
    """Take differences to the gradient at a place, to one side."""
    step = 1e-4
    moves = step * np.eye(len(theta))
    matrix: Floats = np.array([(objective(theta + move)[1] - gradient) / step for move in moves])
    symmetric: Floats = (matrix + matrix.T) / 2
    return symmetric
