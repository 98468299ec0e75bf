"""When a verdict is due: once, when all are ripe, or at four looks planned beforehand; between looks there is none."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.experiments.boundaries import obrien_fleming

LOOKS = 4  # at 25, 50, 75 and 100 % of the planned number
Plan = Literal["once", "rolling"]


@dataclass(frozen=True)
class Look:
    """
    Where a play stands between two looks.

    `number` counts the last look that is due, from 1; 0: none is. `multiple` is how many standard errors its interval
    takes to either side; None: as many as Student's t says. `next_at` is how many ripe customers the next look waits
    for; None: this was the last one, and a new round begins with a new number. `comparisons` are made at once.
    """

    number: int
    of: int
    due: bool
    multiple: float | None
    next_at: int | None
    comparisons: int = 1


def look(
    *,
    ripe: int,
    planned: int,
    plan: Plan = "rolling",
    taken: int = 0,
    confidence: float = 0.9,
    comparisons: int = 1,
) -> Look:
    """
    Tell whether a verdict is due.

    Args:
        ripe: customers whose window, and time for returns, is over.
        planned: of a rolling play, the number fixed at its start (`customers_needed`); of a one-off, all enrolled.
        plan: one verdict when all are ripe, or looks at 25, 50, 75 and 100 %.
        taken: number of the last look whose verdict was given in this round; 0: none was.
        confidence: of the interval at all looks together.
        comparisons: made at once, as of each pair of three; more of them share the error of a rolling plan.

    Returns:
        the look. One that was missed is made up by the next that is reached: skipping a look deceives nobody.

    Raises:
        InvalidInput: numbers are negative, nobody is planned, or more looks were taken than there are.

    Source: `docs/methods/experiments.md`.
    """
    looks = LOOKS if plan == "rolling" else 1
    if ripe < 0 or planned < 1 or not 0 <= taken <= looks:
        raise InvalidInput(
            f"Nobody is planned, or numbers are negative: {ripe} ripe, {planned} planned, {taken} taken."
        )
    if comparisons < 1 or (comparisons > 1 and plan == "once"):
        raise InvalidInput(f"{comparisons} comparisons at once are for a rolling plan.")
    needed = [ceil(planned * (number + 1) / looks) for number in range(looks)]
    reached = sum(ripe >= customers for customers in needed)
    number = max(reached, taken)
    each = 1 - (1 - confidence) / comparisons
    multiples = obrien_fleming(looks, confidence=each) if looks > 1 and number else ()
    return Look(
        number=number,
        of=looks,
        due=reached > taken,
        multiple=multiples[number - 1] if multiples else None,
        next_at=needed[number] if number < looks else None,
        comparisons=comparisons,
    )
