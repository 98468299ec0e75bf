"""Smooth positive functions at many places: worked out at a few, and read between them to ten digits."""

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev

from stammkunde.insight.value.history import Floats

DEGREES = 12, 32, 64
ENOUGH = 1e-11  # of the logarithm: the last terms of the series are no larger


def along(function: Callable[[Floats], Floats], at: Floats) -> Floats:
    """
    Evaluate a smooth function above 0, exactly where few places are asked for or where it is not smooth enough.

    Args:
        function: gives values above 0, shape (k,), at places, shape (k,).
        at: places, shape (n,).

    Returns:
        values, shape (n,).

    Source: Chebyshev interpolation of the logarithm; Trefethen (2013), Approximation Theory and Approximation Practice.
    """
    low, high = (float(at.min()), float(at.max())) if len(at) else (0.0, 0.0)
    if high > low:
        for degree in DEGREES:
            if len(at) <= 2 * degree:
                break
            series = _series(function, low, high, degree)
            if np.abs(series[-2:]).max() <= ENOUGH:  # NaN, where the function is 0, is not
                values: Floats = np.exp(chebyshev.chebval((at - low) / (high - low) * 2 - 1, series))
                return values
    return function(at)


def _series(function: Callable[[Floats], Floats], low: float, high: float, degree: int) -> Floats:
    nodes = chebyshev.chebpts1(degree + 1)
    with np.errstate(divide="ignore"):
        logs = np.log(function(low + (nodes + 1) / 2 * (high - low)))
    series: Floats = chebyshev.chebvander(nodes, degree).T @ logs * 2 / (degree + 1)
    series[0] /= 2
    return series
