"""Segments named before the start: whether a play works better in them than for all others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stammkunde.insight.errors import InvalidInput, NotEnoughData, WrongType
from stammkunde.insight.frames import Table
from stammkunde.insight.late import special
from stammkunde.insight.stratified import benjamini_hochberg
from stammkunde.insight.uplift.judging import Between
from stammkunde.insight.uplift.taking import LEAST_OF_A_DRAW, Bools, Played, floats, take
from stammkunde.insight.value.history import Floats

MOST_SEGMENTS = 3
CLEAR = 0.05
SHARE = 0.9  # of intervals


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


@dataclass(frozen=True)
class _Estimate:
    value: float
    error: float
    freedom: float

    def between(self) -> Between:
        reach = float(special.stdtrit(self.freedom, (1 + SHARE) / 2)) * self.error
        return Between(self.value, self.value - reach, self.value + reach)


def segments(table: Table, *, treated: str, outcome: str, segments: Sequence[str], draw: str | None = None) -> Compared:
    """
    Compare the gain in each of a few segments with the gain of all others, however few customers there are.

    Only segments that were named before the start count: whoever looks first and names then finds something in pure
    noise. P-values are adjusted after Benjamini and Hochberg for all that were named.

    Args:
        table: a row a customer: a path of a Parquet file, or a frame or table of any engine.
        treated: the column that says who was contacted, by the draw: yes or no, 1 or 0.
        outcome: the column with what came of it; never empty.
        segments: at most three columns that say who belongs to a segment: yes or no, 1 or 0; empty: left out of it.
        draw: the column that tells draws apart, where the share held out was changed.

    Returns:
        the gains.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: a column holds what it cannot.
        InvalidInput: no segment is named, or more than three.
        NotEnoughData: of no segment were ten contacted and ten held out, inside and outside.
    """
    if not 0 < len(segments) <= MOST_SEGMENTS:
        raise InvalidInput(f"{len(segments)} segments are named. Name one to {MOST_SEGMENTS}, before the start.")
    played = take(table, treated=treated, outcome=outcome, draw=draw, others=segments)
    sides = {name: [_gain(played, which) for which in _inside(played, name)] for name in segments}
    enough = {name: (one, other) for name, (one, other) in sides.items() if one and other}
    if not enough:
        raise NotEnoughData(
            f"Of {', '.join(segments)}: inside or outside, fewer than {LEAST_OF_A_DRAW} customers were contacted, or "
            "held out. Wait for more, or name larger segments before the next start."
        )
    apart = {name: _difference(*both) for name, both in enough.items()}
    p = benjamini_hochberg([_p(one) for one in apart.values()])
    found = [
        Segment(name, enough[name][0].between(), enough[name][1].between(), one.between(), float(p[at]))
        for at, (name, one) in enumerate(apart.items())
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


def _gain(played: Played, rows: Bools) -> _Estimate | None:
    """Estimate the gain of some customers: in each draw of its own, draws weighted by their customers."""
    found = []
    for draw in np.unique(played.draw):
        here = rows & (played.draw == draw)
        arms = [played.outcome[here & arm] for arm in (played.treated, ~played.treated)]
        if min(len(arm) for arm in arms) >= LEAST_OF_A_DRAW:
            found.append((int(here.sum()), _apart(*arms)))
    if not found:
        return None
    weights = np.array([n for n, _ in found]) / sum(n for n, _ in found)
    value = sum(weight * one.value for weight, (_, one) in zip(weights, found, strict=True))
    error = float(np.hypot.reduce([weight * one.error for weight, (_, one) in zip(weights, found, strict=True)]))
    return _Estimate(float(value), error, min(one.freedom for _, one in found))


def _apart(treated: Floats, held_out: Floats) -> _Estimate:
    """Compare two arms, with the larger of Welch's and the pooled error: the smaller arm may lack the big customer."""
    n, m = len(treated), len(held_out)
    v, w = treated.var(ddof=1), held_out.var(ddof=1)
    own, pooled = v / n + w / m, ((n - 1) * v + (m - 1) * w) / (n + m - 2) * (1 / n + 1 / m)
    freedom = n + m - 2.0
    if own > pooled:
        freedom = own**2 / ((v / n) ** 2 / (n - 1) + (w / m) ** 2 / (m - 1))
    return _Estimate(float(treated.mean() - held_out.mean()), float(np.sqrt(max(own, pooled))), float(freedom))


def _difference(one: _Estimate, other: _Estimate) -> _Estimate:
    return _Estimate(one.value - other.value, float(np.hypot(one.error, other.error)), min(one.freedom, other.freedom))


def _p(found: _Estimate) -> float:
    if found.error == 0:
        return 1.0
    return float(2 * special.stdtr(found.freedom, -abs(found.value) / found.error))
