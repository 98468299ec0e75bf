"""Small drawings beside a number: how a series went, in a few strokes. `ui/components/spark.html` shows one."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 200.0, 28.0, 3.0
LEAST_POINTS = 3


@dataclass(frozen=True, kw_only=True)
class Spark:
    """A line in a box of 200 by 28, and between what it moved."""

    points: str
    area: str  # the same line, closed along the bottom
    low: float
    high: float


def spark(values: Sequence[float | None]) -> Spark | None:
    """Draw a series, one value a step, with gaps left out; None with fewer than three values."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < LEAST_POINTS:
        return None
    low, high = min(value for _at, value in known), max(value for _at, value in known)
    first, last = known[0][0], known[-1][0]
    points = " ".join(f"{_across(at, first, last):.1f},{_down(value, low, high):.1f}" for at, value in known)
    return Spark(points=points, area=f"0,{HEIGHT:g} {points} {WIDTH:g},{HEIGHT:g}", low=low, high=high)


def _across(at: int, first: int, last: int) -> float:
    return (at - first) / (last - first) * WIDTH


def _down(value: float, low: float, high: float) -> float:
    return HEIGHT - MARGIN - (value - low) / ((high - low) or 1) * (HEIGHT - 2 * MARGIN)
