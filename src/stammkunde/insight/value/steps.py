"""Time ahead in steps, each of which counts differently."""

from collections.abc import Sequence

import numpy as np

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.value.history import Floats


def step_weights(ends: Sequence[float], factors: Sequence[float]) -> Floats:
    """
    Turn factors of what comes within steps into weights of what comes until their ends.

    Args:
        ends: when the steps end, rising, above 0, shape (k,).
        factors: of each step, above 0, shape (k,).

    Returns:
        weights, shape (k,): the factor less that of the next step.

    Raises:
        InvalidInput: ends do not rise from above 0, or a factor is not above 0.
    """
    until, counted = np.asarray(ends, dtype=np.float64), np.asarray(factors, dtype=np.float64)
    if len(until) == 1 and not until[0] > 0:
        raise InvalidInput(f"The horizon is {until[0]:g}; give a time above 0.")
    if not (np.diff(until, prepend=0.0) > 0).all() or not (counted > 0).all() or len(until) != len(counted):
        raise InvalidInput("Give ends of steps that rise from above 0, and as many factors above 0.")
    weights: Floats = counted - np.append(counted[1:], 0.0)
    return weights


def quarters(days: int, *, force: float) -> tuple[list[float], list[float]]:
    """
    Cut a time in quarters of a year, each discounted from its middle.

    Args:
        days: how long, at least 1.
        force: how much less money counts when it comes a day later: e to this power.

    Returns:
        the ends, and the factors.
    """
    ends = [*range(91, days, 91), days]
    starts = [0, *ends[:-1]]
    factors = [float(np.exp(-force * (start + end) / 2)) for start, end in zip(starts, ends, strict=True)]
    return [float(end) for end in ends], factors
