"""What a little more retention would be worth, roughly: the company's own numbers, multiplied in plain sight."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from stammkunde.figures.tiles import Figures
from stammkunde.team.policy import Sight

POINTS = (1, 3, 5)


@dataclass(frozen=True, kw_only=True)
class Step:
    points: int
    customers: float
    cents: float


@dataclass(frozen=True, kw_only=True)
class Gain:
    """So many points more: so many customers more, each worth what a buyer is worth on average."""

    basis: str
    each_cents: float
    of: str  # the year, or where none is over yet the period, in which a buyer was worth so much
    is_yearly: bool
    start: int
    steps: list[Step]

    @property
    def currency(self) -> str:
        return str(settings.CURRENCY)

    @property
    def per_point(self) -> Step:
        """Give what the slider multiplies: one point, the first step."""
        return self.steps[0]


def gain(figures: Figures, *, name: str, year: tuple[str, Figures] | None, sight: Sight) -> Gain | None:
    """
    Say what one, three and five points more retention would be worth; None where it cannot be said.

    `year` is the last one that is over, with its name: a customer more is one for longer than a quarter.
    """
    start = figures.get("customers_start")
    of, counted = year or (name, figures)
    basis, each = _each(counted, sight=sight)
    if start is None or not start.value or each is None:
        return None
    return Gain(
        basis=basis,
        each_cents=each,
        of=of,
        is_yearly=year is not None,
        start=int(start.value),
        steps=[
            Step(points=points, customers=start.value * points / 100, cents=start.value * points / 100 * each)
            for points in POINTS
        ],
    )


def _each(figures: Figures, *, sight: Sight) -> tuple[str, float | None]:
    """Take the margin per customer where it is known and may be seen, else the revenue, and say which."""
    margin = figures.get("margin_per_customer_cents") if sight.margin else None
    if margin is not None and margin.value is not None:
        return _("contribution margin"), margin.value
    revenue = figures.get("revenue_per_customer_cents")
    return _("revenue"), revenue.value if revenue else None
