"""Limits of warnings that are counts, whatever there is at stake."""

from dataclasses import dataclass

from stammkunde.insight import risk
from stammkunde.signals import lit
from stammkunde.tasks.policy import Capacity


@dataclass(frozen=True)
class Exactly(risk.Reach):
    month: int = 0

    def most(self, customers):
        return min(self.month, customers)


@dataclass(frozen=True, kw_only=True)
class Limited(lit.Limits):
    week: int
    month: int

    def reach(self, evening, *, part=1.0):
        return Exactly(contacts=self.week, month=self.month)


def limits(*, week: int, month: int) -> Limited:
    """So many red, and so many red and amber together."""
    return Limited(capacity=Capacity(hours_per_week=0, usual_minutes=24), warned_percent=12, week=week, month=month)
