"""The most likely parameters, found quickly: a small sample shows the way, all the data decide."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from stammkunde.insight.errors import DoesNotFit
from stammkunde.insight.value.history import Floats

Objective = Callable[[Floats], tuple[float, Floats]]  # logarithms of the parameters → log-likelihood, its gradient

FARTHEST = 14.0  # parameters beyond e**±14 are no parameters any more
ENOUGH = 1e-7  # stop when the next step would gain less log-likelihood than this


@dataclass(frozen=True)
class Optimum:
    """Where the likelihood is highest: parameters, their standard errors, the log-likelihood there."""

    values: Floats
    standard_errors: Floats
    log_likelihood: float


def maximise(
    objective: Objective, *, start: Floats, sample: Objective | None = None, names: tuple[str, ...]
) -> Optimum:
    """
    Find the positive parameters under which the data are most likely.

    Args:
        objective: log-likelihood and gradient of all the data, at the parameters' logarithms.
        start: first guess of the parameters, shape (k,), above 0.
        sample: the same for a small part of the data; saves most of the work on all of it.
        names: of the parameters, for messages.

    Returns:
        the optimum, with standard errors from the curvature there.

    Raises:
        DoesNotFit: a parameter runs away to 0 or infinity, or no maximum was found.
    """
    theta = _quasi_newton(sample or objective, np.log(start), names)
    curvature = _hessian(sample or objective, theta)
    if sample is not None:
        theta, curvature = _refined(objective, theta, curvature, names)
    value, _ = objective(theta)
    try:
        spread = np.sqrt(np.diag(np.linalg.inv(-curvature)))
    except np.linalg.LinAlgError:
        spread = np.full(len(theta), np.nan)
    if not np.isfinite(spread).all():
        raise DoesNotFit(f"The data do not tell {', '.join(names)} apart: the likelihood is flat at its highest point.")
    return Optimum(values=np.exp(theta), standard_errors=np.exp(theta) * spread, log_likelihood=value)


def _quasi_newton(objective: Objective, theta: Floats, names: tuple[str, ...]) -> Floats:
    scale = max(abs(objective(theta)[0]), 1.0)

    def downhill(at: Floats) -> tuple[float, Floats]:
        value, gradient = objective(at)
        return -value / scale, -gradient / scale

    bounds = [(-FARTHEST, FARTHEST)] * len(theta)
    options = {"maxiter": 500, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 20}
    found = optimize.minimize(downhill, theta, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    at: Floats = np.asarray(found.x, dtype=np.float64)
    for name, place in zip(names, at, strict=True):
        if abs(place) > FARTHEST - 1e-3:
            end = "infinity" if place > 0 else "0"
            raise DoesNotFit(f"Parameter {name} runs away to {end}: customers do not differ as this model supposes.")
    return at


def _refined(objective: Objective, theta: Floats, curvature: Floats, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Newton's steps on all the data, the curvature taken from the sample first and from all the data at the end."""
    value, gradient = objective(theta)
    curvature = curvature * _ratio(objective, theta, curvature)
    for _ in range(25):
        step = np.linalg.solve(-curvature, gradient)
        if float(gradient @ step) / 2 < ENOUGH:
            return theta, _hessian(objective, theta)
        better, better_gradient = objective(theta + step)
        if better < value:
            break
        theta, value, gradient = theta + step, better, better_gradient
    theta = _quasi_newton(objective, theta, names)
    return theta, _hessian(objective, theta)


def _ratio(objective: Objective, theta: Floats, curvature: Floats) -> float:
    """Measure by how much all the data bend more than the sample, along the sample's flattest direction."""
    bends, directions = np.linalg.eigh(curvature)
    flattest = directions[:, np.argmax(bends)]
    ahead = objective(theta + 1e-3 * flattest)[1]
    behind = objective(theta - 1e-3 * flattest)[1]
    measured = float((ahead - behind) @ flattest) / 2e-3
    return max(measured / float(np.max(bends)), 1.0)


def _hessian(objective: Objective, theta: Floats) -> Floats:
    step = 1e-4
    columns = []
    for i in range(len(theta)):
        move = np.zeros_like(theta)
        move[i] = step
        columns.append((objective(theta + move)[1] - objective(theta - move)[1]) / (2 * step))
    matrix: Floats = np.array(columns)
    symmetric: Floats = (matrix + matrix.T) / 2
    return symmetric
