"""Cost of keeping against cost of winning, where they are known."""

from dataclasses import dataclass

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.retention.point import DISCOUNT, Base, point


@dataclass(frozen=True)
class Costs:
    """What winning and keeping cost here; None: not known, and nothing is put in its place."""

    winning_each_cents: float | None  # by customer won
    keeping_each_cents: float | None  # by customer kept, most of whom would have stayed anyway
    times: float | None  # how many times as much winning costs
    most_cents: float  # what keeping one customer more may cost before it costs more than she brings


def costs(
    base: Base, *, won: int, winning_cents: int | None, keeping_cents: int | None, discount: float = DISCOUNT
) -> Costs:
    """
    Compare what winning a customer costs with what keeping one costs.

    Costs are those of the year of the base. What keeping one customer *more* costs is another figure, which only
    hold-outs tell: most of those on whom money was spent would have stayed without it.

    Args:
        base: the company's year.
        won: customers at its end who were none at its start.
        winning_cents: spent on winning customers in the year; None where it is not known.
        keeping_cents: spent on customers there were; None where it is not known.
        discount: yearly rate at which later money counts less, 0 or more.

    Returns:
        costs by customer, and what they may be.

    Raises:
        InvalidInput: an amount or a number is negative.
        NotEnoughData: as `point` says.
    """
    if min(won, winning_cents or 0, keeping_cents or 0) < 0:
        raise InvalidInput("Costs, and the number of customers won, cannot be negative.")
    winning = None if winning_cents is None or not won else winning_cents / won
    keeping = None if keeping_cents is None or not base.kept else keeping_cents / base.kept
    least = 100 / base.customers  # points that one customer is
    return Costs(
        winning,
        keeping,
        winning / keeping if winning is not None and keeping else None,
        point(base, points=least, discount=discount).lifetime.cents,
    )
