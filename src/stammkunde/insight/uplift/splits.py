"""For whom a play works, by honest splits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Table
from stammkunde.insight.uplift.design import Design, lay_out
from stammkunde.insight.uplift.judging import Between, Gap, Judged, between, gap, halve, judge, together
from stammkunde.insight.uplift.taking import Numbers, Played, take

LEAST_PER_ARM = 2_000
SPLITS = 11
CLEAR = 0.05


class TooFewPerArm(NotEnoughData):
    """Fewer customers than from which it can be told for whom a play works."""

    code = "too_few_per_arm"

    def __init__(self, *, treated: int, held_out: int) -> None:
        super().__init__(
            f"{treated} customers were contacted and {held_out} held out; for whom it works can be told from "
            f"{LEAST_PER_ARM} of each. Compare up to three segments that were named before the start instead."
        )
        self.numbers = {"treated": treated, "held_out": held_out, "least": LEAST_PER_ARM}


@dataclass(frozen=True)
class Uplift:
    """
    Whether some gain more than others, and who.

    All gains are in units of the outcome a customer, and judged on customers from whom it was not learnt. `gaps` is
    empty unless `is_clear`: where nothing is clear, no trait is named.
    """

    treated: int
    held_out: int
    left_out_customers: int  # of draws with fewer than ten in one arm
    left_out_traits: tuple[str, ...]  # that tell nobody apart
    splits: int
    qini: float  # median over splits, as the next two
    qini_error: float
    p: float  # doubled
    better_half: Between  # gain of those of whom more was expected
    rest: Between
    difference: Between
    gaps: tuple[Gap, ...]  # clear ones, the strongest first

    @property
    def is_clear(self) -> bool:
        """Tell whether some gain more than others beyond chance."""
        return self.p <= CLEAR


def find(
    table: Table, *, treated: str, outcome: str, traits: Sequence[str], draw: str | None = None, seed: int = 0
) -> Uplift:
    """
    Find out for whom a play works better than for others.

    The customers of each arm are halved 11 times. One half learns what comes of each arm by its traits (two linear
    models); the other, ranked by what is expected of them, is judged. The same table and seed give the same answer,
    in whatever order rows come.

    Args:
        table: a row a customer, as frozen at her entry: a path of a Parquet file, or a frame or table of any engine.
        treated: the column that says who was contacted, by the draw: yes or no, 1 or 0.
        outcome: the column with what came of it (margin less cost, purchases, or yes and no); never empty.
        traits: columns known before the start: numbers, texts, yes or no; empty is unknown.
        draw: the column that tells draws apart, where the share held out was changed.
        seed: chance's beginning.

    Returns:
        whether, how much, and who. Traits are named by the learning halves, at most three each.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: a column holds what it cannot.
        InvalidInput: no trait is named, or values are infinite, or empty where they must not be.
        NotEnoughData: fewer than 2,000 were contacted, or held out (`TooFewPerArm`, with the numbers).

    Source: two models after Radcliffe & Surry (1999), Credit Scoring and Credit Control VI; splits and medians after
        Chernozhukov, Demirer, Duflo & Fernandez-Val (2018), NBER working paper 24678.
    """
    if not traits:
        raise InvalidInput("Name at least one trait by which customers may be told apart.")
    played = take(table, treated=treated, outcome=outcome, draw=draw, others=traits)
    contacted, held_out = played.arms
    if min(contacted, held_out) < LEAST_PER_ARM:
        raise TooFewPerArm(treated=contacted, held_out=held_out)
    played, design = _in_order(played, traits)
    dice = np.random.default_rng(seed)
    judged = [judge(played, design, learning=halve(played, dice)) for _ in range(SPLITS)]
    return _answer(played, design, judged)


def _in_order(played: Played, traits: Sequence[str]) -> tuple[Played, Design]:
    """Put rows in an order of their own, as engines promise none; equal rows may stand for each other."""
    design = lay_out(played.table, traits)
    words = [design.columns[:, at] for at in range(1, design.columns.shape[1])]
    order: Numbers = np.lexsort((*words, played.outcome, played.treated, played.draw))
    played = played.sorted_by(order)
    return played, lay_out(played.table, traits)


def _answer(played: Played, design: Design, judged: list[Judged]) -> Uplift:
    halves = np.array([one.halves for one in judged])
    better, rest, difference = (between(halves[:, side]) for side in range(3))
    p = together([one.p for one in judged])
    treated, held_out = played.arms
    return Uplift(
        treated=treated,
        held_out=held_out,
        left_out_customers=played.left_out,
        left_out_traits=design.left_out,
        splits=len(judged),
        qini=float(np.median([one.qini for one in judged])),
        qini_error=float(np.median([one.error for one in judged])),
        p=p,
        better_half=better,
        rest=rest,
        difference=difference,
        gaps=_gaps(design, judged) if p <= CLEAR else (),
    )


def _gaps(design: Design, judged: list[Judged]) -> tuple[Gap, ...]:
    found = []
    for at, group in enumerate(design.groups):
        rows = [one.picked[at] for one in judged if at in one.picked]
        if rows:
            found.append(gap(group, rows, splits=len(judged)))
    return tuple(sorted((one for one in found if one.p <= CLEAR), key=lambda one: (one.p, one.trait)))
