"""Segments named before the start: whether a play works better in them than for all others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stammkunde.insight.errors import InvalidInput, NotEnoughData, WrongType
from stammkunde.insight.experiments import FEWEST, Effect, estimate
from stammkunde.insight.frames import Table
from stammkunde.insight.late import special
from stammkunde.insight.stratified import benjamini_hochberg
from stammkunde.insight.uplift.judging import Between
from stammkunde.insight.uplift.taking import Bools, Played, floats, take

MOST_SEGMENTS = 3
CLEAR = 0.05


@dataclass(frozen=True)
class Segment:
    """Gains in a segment and outside it, with 90 % intervals, in units of the outcome a customer."""

    name: str
    inside: Between
    outside: Between
    difference: Between
    p: float  # adjusted for the number of segments

    @property
    def is_clear(self) -> bool:
        """Tell whether the play works differently there, beyond chance."""
        return self.p <= CLEAR


@dataclass(frozen=True)
class Compared:
    """Segments in the order in which they were named; of those in `refused` too few were contacted or held out."""

    segments: tuple[Segment, ...]
    refused: tuple[str, ...]


def segments(
    table: Table,
    *,
    treated: str,
    outcome: str,
    segments: Sequence[str],
    covariate: str | None = None,
    draw: str | None = None,
) -> Compared:
    """
    Compare the gain in each of a few segments with the gain of all others, however few customers there are.

    Only segments that were named before the start count: whoever looks first and names then finds something in pure
    noise. P-values are adjusted after Benjamini and Hochberg for all that were named.

    Args:
        table: a row a customer: a path of a Parquet file, or a frame or table of any engine.
        treated: the column that says who was contacted, by the draw: yes or no, 1 or 0.
        outcome: the column with what came of it; never empty.
        segments: at most three columns that say who belongs to a segment: yes or no, 1 or 0; empty: left out of it.
        covariate: the column with what was expected of each on the evening before entry; None: nothing is corrected.
        draw: the column that tells draws apart, where the share held out was changed.

    Returns:
        the gains.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: a column holds what it cannot.
        InvalidInput: no segment is named, or more than three.
        NotEnoughData: of no segment were ten contacted and ten held out, inside and outside.

    Source: gains as `experiments.estimate`.
    """
    if not 0 < len(segments) <= MOST_SEGMENTS:
        raise InvalidInput(f"{len(segments)} segments are named. Name one to {MOST_SEGMENTS}, before the start.")
    played = take(table, treated=treated, outcome=outcome, draw=draw, covariate=covariate, others=segments)
    sides = {name: [_gain(played, which) for which in _inside(played, name)] for name in segments}
    enough = {name: (one, other) for name, (one, other) in sides.items() if one and other}
    if not enough:
        raise NotEnoughData(
            f"Of {', '.join(segments)}: inside or outside, fewer than {FEWEST} customers were contacted, or "
            "held out. Wait for more, or name larger segments before the next start."
        )
    apart = {name: _apart(*both) for name, both in enough.items()}
    p = benjamini_hochberg([one for _, one in apart.values()])
    found = [
        Segment(name, _between(enough[name][0]), _between(enough[name][1]), difference, float(p[at]))
        for at, (name, (difference, _)) in enumerate(apart.items())
    ]
    return Compared(tuple(found), tuple(name for name in segments if name not in enough))


def _inside(played: Played, name: str) -> tuple[Bools, Bools]:
    column = played.table[name]
    try:
        found = floats(column)
    except (ValueError, TypeError):  # what Arrow says of texts
        found = np.array([2.0])
    known = ~np.isnan(found)
    if not np.isin(found[known], (0, 1)).all():
        raise WrongType(f"Segment '{name}' holds other values than yes and no. Give yes and no, or 1 and 0.")
    return found == 1, found == 0


def _gain(played: Played, rows: Bools) -> Effect | None:
    """Estimate the gain of some customers as that of a play, each draw by itself; None where too few were compared."""
    covariate = None if played.covariate is None else played.covariate[rows]
    try:
        return estimate(played.outcome[rows], treated=played.treated[rows], covariate=covariate, draw=played.draw[rows])
    except NotEnoughData:
        return None


def _apart(one: Effect, other: Effect) -> tuple[Between, float]:
    """Give the difference of two gains with its p-value, by the degrees of freedom of the one that has fewer."""
    value, error, freedom = one.effect - other.effect, math.hypot(one.se, other.se), min(one.df, other.df)
    reach = float(special.stdtrit(freedom, (1 + one.confidence) / 2)) * error
    p = float(2 * special.stdtr(freedom, -abs(value) / error)) if error else 1.0
    return Between(value, value - reach, value + reach), p


def _between(found: Effect) -> Between:
    return Between(found.effect, found.low, found.high)
