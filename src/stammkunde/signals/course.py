"""The course of a risk, drawn over time: what was said on each day, between 0 and 100 of a hundred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

HEIGHT = 96
TOP = 8  # where 100 of a hundred lie
FLOOR = 74  # where 0 lie
MARGIN = 8
LEAST_POINTS = 2


@dataclass(frozen=True, kw_only=True)
class Dot:
    x: str
    y: str
    on: date
    risk: float


@dataclass(frozen=True, kw_only=True)
class Drawing:
    width: int
    height: int = HEIGHT
    floor: int = FLOOR
    top: int = TOP
    line: str  # the dots, as a polyline wants them
    dots: list[Dot]

    @property
    def first(self) -> Dot:
        return self.dots[0]

    @property
    def last(self) -> Dot:
        return self.dots[-1]


def comparable(points: Sequence[Mapping[str, Any]], *, horizon_days: int | None) -> list[Mapping[str, Any]]:
    """Keep the days on which a risk was told that looked as far ahead as today's."""
    return [point for point in points if point["risk"] is not None and point["horizon_days"] == horizon_days]


def draw(points: Sequence[Mapping[str, Any]], *, width: int) -> Drawing | None:
    """Draw days with a known risk, oldest first; None with fewer than two."""
    if len(points) < LEAST_POINTS:
        return None
    begin, end = points[0]["on"], points[-1]["on"]
    dots = [
        Dot(x=_x(point["on"], begin, end, width), y=_y(point["risk"]), on=point["on"], risk=point["risk"])
        for point in points
    ]
    return Drawing(width=width, line=" ".join(f"{dot.x},{dot.y}" for dot in dots), dots=dots)


def _x(on: date, begin: date, end: date, width: int) -> str:
    share = (on - begin).days / max((end - begin).days, 1)
    return f"{MARGIN + share * (width - 2 * MARGIN):.1f}"


def _y(risk: float) -> str:
    return f"{FLOOR - min(max(risk, 0.0), 1.0) * (FLOOR - TOP):.1f}"
