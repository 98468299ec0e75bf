"""What a play could show: the smallest effect per customer that stands out, by how many are left alone. Pure."""

from collections.abc import Sequence
from math import sqrt

Z = 2.487  # 80 % power, an interval of 90 %
FEWEST = 10  # in either arm, below that no figure is given
SHARES = ((1_000, 0.5), (5_000, 0.3), (50_000, 0.2), (500_000, 0.1))
FOR_MANY = 0.05
FEWEST_TO_COMPARE = 40  # below that, leaving half of them alone would tell next to nothing
MANY = 1_000  # as many as are thought of where nobody knows how many


def usual_share(reachable: int) -> float:
    """Suggest how many to leave alone by how many can be reached: few customers need a large share to show anything."""
    return next((share for below, share in SHARES if reachable < below), FOR_MANY)


def suggested_share(customers: int | None) -> float:
    """Suggest how many of those of a campaign to leave alone; nobody, where so few would tell nothing."""
    many = MANY if customers is None else customers
    return usual_share(many) if many >= FEWEST_TO_COMPARE else 0.0


def smallest_cents(*, customers: int, share: float, spread_cents: float) -> int | None:
    """
    Give the smallest effect per customer that could be seen; None: too few to see any.

    Args:
        customers: how many take part, in both arms.
        share: of them are left alone.
        spread_cents: the standard deviation of what a customer brings within the window of the goal.
    """
    held_out = round(customers * share)
    treated = customers - held_out
    if min(held_out, treated) < FEWEST:
        return None
    return round(Z * spread_cents * sqrt(1 / treated + 1 / held_out))


def spread_cents(brought: Sequence[int]) -> float:
    """Give the standard deviation of what each brought; too few bring none."""
    if len(brought) < 2:
        return 0.0
    mean = sum(brought) / len(brought)
    return sqrt(sum((one - mean) ** 2 for one in brought) / (len(brought) - 1))
