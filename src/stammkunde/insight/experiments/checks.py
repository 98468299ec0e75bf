"""Whether the draw came out as it was meant, and whether the held out were left alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.late import special

WRONG_BELOW = 0.001  # looked at daily for 90 days, a right split is called wrong in fewer than one of a hundred plays
FEWEST_ENROLLED = 100
MOST_CONTAMINATED = 0.05


class Drawn(NamedTuple):
    """How many were enrolled while a share was drawn, and how many of them chance held out."""

    enrolled: int
    held_out: int
    share: float


@dataclass(frozen=True)
class Split:
    """How the draw came out: held out, expected, the chance of being as far off, and whether that is too far."""

    enrolled: int
    held_out: int
    expected: float
    p: float
    wrong: bool


def check_split(draws: Iterable[Drawn]) -> Split:
    """
    Compare how many were held out with the shares that were drawn (sample ratio mismatch).

    Draws of one share are counted together and tested, exactly and by χ²; several shares are each tested, and the
    smallest chance is multiplied by their number.

    Args:
        draws: one for each share and salt; shares between 0 and 1.

    Returns:
        the split; wrong is one that chance brings about in fewer than one of a thousand plays, and never one of fewer
        than 100 customers.

    Raises:
        InvalidInput: a share is not between 0 and 1, or more are held out than enrolled.

    Source: Fabijan et al. (2019), KDD, 2156-2164; exact binomial test and χ².
    """
    enrolled, held_out = Counter[float](), Counter[float]()
    for draw in draws:
        if not (0 < draw.share < 1 and 0 <= draw.held_out <= draw.enrolled):
            raise InvalidInput(f"A share is not between 0 and 1, or more are held out than enrolled: {draw}.")
        enrolled[draw.share] += draw.enrolled
        held_out[draw.share] += draw.held_out
    chances = [_chance(held_out[share], n, share) for share, n in enrolled.items() if n]
    p = min(1.0, min(chances, default=1.0) * max(len(chances), 1))
    return Split(
        enrolled=sum(enrolled.values()),
        held_out=sum(held_out.values()),
        expected=sum(n * share for share, n in enrolled.items()),
        p=p,
        wrong=p < WRONG_BELOW and sum(enrolled.values()) >= FEWEST_ENROLLED,
    )


def contaminated_share(*, held_out: int, contacted: int) -> float:
    """
    Tell how many of the held out were contacted all the same; the effect shows less by as much.

    Args:
        held_out: how many the draw held out.
        contacted: how many of them were contacted.

    Returns:
        the share, 0 to 1; more than `MOST_CONTAMINATED` calls for a look at why.

    Raises:
        InvalidInput: nobody is held out, or more are contacted than held out.
    """
    if held_out < 1 or not 0 <= contacted <= held_out:
        raise InvalidInput(f"Of {held_out} held out, {contacted} cannot have been contacted.")
    return contacted / held_out


def _chance(held_out: int, enrolled: int, share: float) -> float:
    """
    Give the chance of being as far off to either side: the larger of twice the smaller tail and that of χ².

    Looked at daily, each alone calls one of a hundred right splits wrong, and both together fewer.
    """
    below = float(special.bdtr(held_out, enrolled, share))
    above = float(special.bdtrc(held_out - 1, enrolled, share)) if held_out else 1.0
    apart = (held_out - enrolled * share) ** 2 / (enrolled * share * (1 - share))
    return max(min(1.0, 2 * min(below, above)), float(special.chdtrc(1, apart)))
