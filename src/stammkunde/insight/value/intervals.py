"""How sure answers are: bounds, and what the parameters of a fitted model leave open."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeVar

import numpy as np

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats

Scale = Literal["log", "logit"]
Fitted = TypeVar("Fitted", bound=Any)
STEP = 1e-4
TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Bounds:
    """Between which something lies with a given probability, a pair a customer."""

    low: Floats
    high: Floats

    def times(self, factor: Floats | float) -> "Bounds":
        """Give the bounds of a multiple."""
        return Bounds(self.low * factor, self.high * factor)


def interval(model: Fitted, answer: Callable[[Fitted], Floats], *, share: float = 0.8, scale: Scale = "log") -> Bounds:
    """
    Bound an answer of a fitted model by what its parameters leave open (delta method).

        >>> from stammkunde.insight.value import worth
        >>> model = worth.fit(facts, as_of=today).purchases
        >>> x, t_x, t = (np.array([value]) for value in (5, 300, 330))  # 5 repeat purchases, the last 30 days ago
        >>> bounds = interval(model, lambda m: m.alive(x, t_x, t), scale="logit")
        >>> bounds.low.round(2), bounds.high.round(2)
        (array([0.87]), array([0.89]))

    Args:
        model: any fitted model of `insight.value`.
        answer: asks a model of the same kind, shape (n,).
        share: how sure the bounds are, between 0 and 1.
        scale: log for what is above 0, logit for probabilities, so that the bounds stay within what can be.

    Returns:
        the bounds of the mean, or of the probability; chance is not in them. With many customers they are narrow, and
        say nothing about how well the model describes them.

    Raises:
        InvalidInput: the share is not between 0 and 1, or the model does not know how sure its parameters are.

    Source: Casella & Berger (2002), Statistical Inference, 2nd edition, section 5.5.4.
    """
    covariance = np.asarray(model.log_covariance, dtype=np.float64)
    if not 0 < share < 1 or not covariance.size:
        raise InvalidInput("Give a share between 0 and 1, and a model that was fitted.")
    names = [field.name for field in fields(model)][: len(covariance)]
    ahead, behind = ([_moved(model, answer, name, step, scale) for name in names] for step in (STEP, -STEP))
    slopes = (np.array(ahead) - np.array(behind)) / (2 * STEP)
    width = special.ndtri((1 + share) / 2) * np.sqrt(np.einsum("i...,ij,j...->...", slopes, covariance, slopes))
    middle = _to(answer(model), scale)
    return Bounds(_back(middle - width, scale), _back(middle + width, scale))


def _moved(model: Any, answer: Callable[[Any], Floats], name: str, step: float, scale: Scale) -> Floats:
    return _to(answer(replace(model, **{name: getattr(model, name) * np.exp(step)})), scale)


def _to(values: Floats, scale: Scale) -> Floats:
    if scale == "log":
        logs: Floats = np.log(np.maximum(values, TINY))
        return logs
    odds: Floats = special.logit(np.clip(values, TINY, 1 - 1e-16))
    return odds


def _back(values: Floats, scale: Scale) -> Floats:
    answer: Floats = np.exp(values) if scale == "log" else special.expit(values)
    return answer
