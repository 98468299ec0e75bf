"""What more retention would be worth: by the year's own facts where they are known, else a rough count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from stammkunde.figures import claims
from stammkunde.figures.tiles import Figures
from stammkunde.insight import retention
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.retention import Amount, Base, Costs, Worth
from stammkunde.team.policy import Sight
from stammkunde.ui.tables import Column

POINTS = (1, 3, 5)
COMPARED_POINTS = 5  # of which the literature speaks


@dataclass(frozen=True, kw_only=True)
class Step:
    points: int
    customers: float
    cents: float
    year: Amount | None = None  # with its interval, where it is known
    life: Amount | None = None  # as long as they stay, discounted


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What winning and keeping cost in a year, as somebody wrote down; None: nobody did."""

    year: str
    winning_cents: int | None
    keeping_cents: int | None
    won: int
    kept: int
    each: Costs

    @property
    def keeping_is_dearer(self) -> bool:
        """Tell whether keeping a customer cost more than winning one."""
        return self.each.times is not None and self.each.times < 1


@dataclass(frozen=True, kw_only=True)
class Gain:
    """So many points more: so many customers more, each worth so much a year."""

    basis: str
    each_cents: float
    of: str  # the year, or where none is over yet the period, in which a buyer was worth so much
    is_yearly: bool
    start: int
    steps: list[Step]
    like: float | None = None  # what those who leave bring, as a share of what those bring who stay
    rises: float | None = None  # how much more a customer brings in her life with five points more
    most_cents: float | None = None  # what keeping one more may cost
    spent: Spent | None = None  # None: not told here, as of a part of the customers
    discount: float = retention.DISCOUNT

    @property
    def currency(self) -> str:
        return str(settings.CURRENCY)

    @property
    def per_point(self) -> Step:
        """Give what the slider multiplies: one point, the first step."""
        return self.steps[0]

    @property
    def claims(self) -> Sequence[claims.Told]:
        return claims.told()


def gain(
    figures: Figures,
    *,
    name: str,
    year: tuple[str, Figures] | None,
    sight: Sight,
    facts: Base | None = None,
    said: Spent | None = None,
) -> Gain | None:
    """
    Say what one, three and five points more retention would be worth; None where it cannot be said.

    `year` is the last one that is over, with its name: a customer more is one for longer than a quarter. `facts` is
    what that year's facts say, where they were asked; `said` is what winning and keeping cost in it.
    """
    start = figures.get("customers_start")
    if start is None or not start.value:
        return None
    of, counted = year or (name, figures)
    basis, each = _each(counted, sight=sight)
    if facts is not None:
        basis, each = _named(facts), facts.marginal_cents
    if each is None:
        return None
    base = facts or _rough(year[1] if year else {}, each)
    found = _worth(replace(base, customers=int(start.value), kept=round(start.value * base.rate)) if base else None)
    return Gain(
        basis=basis,
        each_cents=each,
        of=of,
        is_yearly=year is not None,
        start=int(start.value),
        steps=[_step(points, start.value, each, found.get(points)) for points in POINTS],
        like=facts.like if facts else None,
        rises=found[COMPARED_POINTS].rises if COMPARED_POINTS in found else None,
        most_cents=found[1].lifetime.cents / found[1].customers if 1 in found else None,
        spent=said,
    )


def spent(
    base: Base, *, year: str, figures: Figures, winning_cents: int | None, keeping_cents: int | None
) -> Spent | None:
    """Divide what winning and keeping cost in a year by whom it won and kept; None where that cannot be told."""
    won = figures.get("customers_won")
    if won is None or won.value is None:
        return None
    count = int(won.value)
    try:
        each = retention.costs(base, won=count, winning_cents=winning_cents, keeping_cents=keeping_cents)
    except CannotAnswer:
        return None
    return Spent(
        year=year, winning_cents=winning_cents, keeping_cents=keeping_cents, won=count, kept=base.kept, each=each
    )


def columns() -> list[Column]:
    """Give the columns of the file."""
    return [
        Column(label=_("More retention, in points"), unit="number"),
        Column(label=_("Customers more"), unit="ratio"),
        Column(label=_("Counted in")),
        Column(label=_("Each is worth"), unit="cents"),
        Column(label=_("By")),
        Column(label=_("Worth"), unit="cents"),
        Column(label=_("At least"), unit="cents"),
        Column(label=_("At most"), unit="cents"),
        Column(label=_("As long as they stay"), unit="cents"),
        Column(label=_("At least, as long as they stay"), unit="cents"),
        Column(label=_("At most, as long as they stay"), unit="cents"),
    ]


def rows(found: Gain) -> Iterator[tuple[Any, ...]]:
    """Give a row each number of points; ranges only where they are known, as the page does."""
    for step in found.steps:
        life = step.life.cents if step.life else None
        of_life = _ends(step.life) if step.year else (None, None)
        told = (step.points, step.customers, found.basis, round(found.each_cents), found.of, round(step.cents))
        yield *told, *_ends(step.year), None if life is None else round(life), *of_life


def _ends(amount: Amount | None) -> tuple[int | None, int | None]:
    return (round(amount.low_cents), round(amount.high_cents)) if amount else (None, None)


def _each(figures: Figures, *, sight: Sight) -> tuple[str, float | None]:
    """Take the margin per customer where it is known and may be seen, else the revenue, and say which."""
    margin = figures.get("margin_per_customer_cents") if sight.margin else None
    if margin is not None and margin.value is not None:
        return _("contribution margin"), margin.value
    revenue = figures.get("revenue_per_customer_cents")
    return _("revenue"), revenue.value if revenue else None


def _named(base: Base) -> str:
    return _("contribution margin") if base.basis == "margin" else _("revenue")


def _rough(year: Figures, each: float) -> Base | None:
    """Take the year's rate and the average buyer, where its facts were not asked."""
    rate = year.get("retention_rate")
    if rate is None or rate.value is None or not rate.denominator or rate.numerator is None:
        return None
    return Base(customers=int(rate.denominator), kept=int(rate.numerator), each_cents=each)


def _worth(base: Base | None) -> dict[int, Worth]:
    """Work out each number of points; those that cannot be (more than leave) are left out."""
    found: dict[int, Worth] = {}
    for points in POINTS:
        if base is None:
            break
        try:
            found[points] = retention.point(base, points=points)
        except CannotAnswer:
            break
    return found


def _step(points: int, start: float, each: float, worth: Worth | None) -> Step:
    customers = start * points / 100
    return Step(
        points=points,
        customers=customers,
        cents=customers * each,
        year=worth.year if worth and not worth.is_ceiling else None,
        life=worth.lifetime if worth else None,
    )
