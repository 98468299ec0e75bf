"""What a model thinks of every kind of customer: how often, by how lately."""

from dataclasses import dataclass

import numpy as np

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.paretonbd import ParetoNbd


@dataclass(frozen=True)
class Cell:
    """Customers of one age who have bought again so often, the last time so long after the first."""

    frequency: int
    recency: float
    alive: float
    expected: float  # purchases within the horizon


def frequency_recency(
    model: BetaGeometric | ParetoNbd, *, age: float, horizon: float, most: int = 20, steps: int = 20
) -> tuple[Cell, ...]:
    """
    Ask a model about customers of one age, by frequency and recency.

    Args:
        model: the fitted model of purchases.
        age: time from first purchase to today, above 0, in the unit of time of the model.
        horizon: how far ahead to expect purchases, above 0.
        most: the highest count of repeat purchases, at least 1.
        steps: into how many recencies the age is cut, at least 1.

    Returns:
        the cells by frequency and recency; without repeat purchase there is one recency, 0.

    Raises:
        InvalidInput: an age, horizon or number is too small.
    """
    if not (age > 0 and horizon > 0 and most >= 1 and steps >= 1):
        raise InvalidInput("Give an age and a horizon above 0, and at least one count and one step.")
    counts = np.repeat(np.arange(1, most + 1), steps)
    x = np.concatenate([[0], counts])
    t_x = np.concatenate([[0.0], np.tile(np.linspace(age / steps, age, steps), most)])
    t = np.full(len(x), float(age))
    columns = (x, t_x, model.alive(x, t_x, t), model.expected_purchases(horizon, x, t_x, t))
    return tuple(Cell(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
