"""
What a play changed per customer: intention to treat, one row a customer, one covariate, the larger error.

    >>> import numpy as np
    >>> dice = np.random.default_rng(9)
    >>> expected = dice.gamma(2.0, 50.0, 4000)  # what the customers were expected to bring, before they entered
    >>> treated = dice.random(4000) < 0.7
    >>> margin = expected * dice.gamma(4.0, 0.25, 4000) + 6.0 * treated
    >>> found = estimate(margin, treated=treated, covariate=expected)
    >>> round(found.effect, 2), round(found.low, 2), round(found.high, 2)
    (7.18, 3.52, 10.83)
    >>> round(found.uncorrected, 2), round(found.smallest_visible, 2)
    (9.72, 5.53)
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
from numpy.typing import ArrayLike

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.experiments.arms import Draw, sums
from stammkunde.insight.experiments.differences import (
    FEWEST,
    Bools,
    Differences,
    differences,
    from_sums,
    read,
)
from stammkunde.insight.experiments.effect import Effect, Moved
from stammkunde.insight.frames import Table, arrow, open_table
from stammkunde.insight.late import special
from stammkunde.insight.value.history import Floats, Whole

ENOUGH_FOR_SUMS = 5_000  # customers in either arm: with so many, leverage is of no account
MOST_MOVED = 3
CONFIDENCE = 0.9


def estimate(
    outcome: ArrayLike,
    *,
    treated: ArrayLike,
    covariate: ArrayLike | None = None,
    draw: ArrayLike | None = None,
    reached_share: float | None = None,
    confidence: float = CONFIDENCE,
) -> Effect:
    """
    Estimate what a play changed, from one row a customer.

    Draws, that is rounds with a share and a salt of their own, are each estimated alone and combined by their numbers
    of customers, never pooled: a share that changes with the season would else be taken for an effect.

    Args:
        outcome: what each customer brought in a window of the same length after entry, less what the play cost for
            that very customer; or how often she bought; or whether she did (0, 1). Shape (n,).
        treated: whether the draw let the customer be contacted, whatever came of it, shape (n,).
        covariate: what was expected of her on the evening before entry, in any unit, shape (n,); a later value is
            itself an outcome. None: nothing is corrected.
        draw: which draw she was in, shape (n,); None: all are of one.
        reached_share: share of the treated whom the play reached, above 0 to 1, for `per_reached`.
        confidence: of the interval, between 0 and 1.

    Returns:
        the effect per customer, with everything that a page about it says.

    Raises:
        NotEnoughData: no draw has ten customers in either arm.
        InvalidInput: lengths differ, a value is missing, or a share is out of range.

    Source: as `differences`; combining draws: Miratrix, Sekhon & Yu (2013), JRSS B 75(2), 369-396.
    """
    _check_shares(reached_share, confidence)
    y, z, x = read(outcome, treated, covariate)
    if y.ndim != 1:
        raise InvalidInput(f"Give one row a customer, not the shape {y.shape}.")
    places = _places(draw, len(y))
    large = [rows for rows in places if min(z[rows].sum(), (~z[rows]).sum()) >= FEWEST]
    parts = [differences(y[rows], treated=z[rows], covariate=None if x is None else x[rows]) for rows in large]
    found = _combined(parts, len(y), reached_share, confidence)
    moved = [
        replace(one, by=one.by * len(rows) / found.customers)
        for rows, part in zip(large, parts, strict=True)
        for one in _moved(y[rows], z[rows], None if x is None else x[rows], part, rows)
    ]
    return replace(found, moved=tuple(sorted(moved, key=lambda one: -abs(one.by))[:MOST_MOVED]))


def estimate_sums(
    draws: Sequence[Draw], *, reached_share: float | None = None, confidence: float = CONFIDENCE
) -> Effect:
    """
    Estimate the same from sums by draw and arm, for many customers.

    Args:
        draws: from `sums`, or put together from sums that were kept.
        reached_share: as in `estimate`.
        confidence: of the interval, between 0 and 1.

    Returns:
        the effect, without those who move it most; residuals are not divided by leverage.

    Raises:
        NotEnoughData: no draw has ten customers in either arm.
        InvalidInput: a share is out of range.

    Source: as `estimate`.
    """
    _check_shares(reached_share, confidence)
    large = [draw for draw in draws if min(draw.treated.n, draw.held_out.n) >= FEWEST]
    customers = sum(draw.customers for draw in draws)
    return _combined([from_sums(draw) for draw in large], customers, reached_share, confidence)


def estimate_table(
    table: Table,
    *,
    outcome: str = "outcome",
    treated: str = "treated",
    covariate: str | None = None,
    draw: str | None = None,
    reached_share: float | None = None,
    confidence: float = CONFIDENCE,
) -> Effect:
    """
    Estimate what a play changed, from a table that lives anywhere.

    Whole numbers are summed up where they live; only where an arm of a draw has fewer than 5,000 customers are rows
    fetched. Other numbers are always fetched.

    Args:
        table: whatever Narwhals accepts, or the path of a Parquet file; one row a customer.
        outcome: its column, as in `estimate`.
        treated: its column.
        covariate: its column; None: nothing is corrected.
        draw: its column; None: all are of one draw.
        reached_share: as in `estimate`.
        confidence: of the interval, between 0 and 1.

    Returns:
        the effect.

    Raises:
        ColumnMissing: the table lacks a column.
        WrongType: a column holds no numbers.
        NotEnoughData: no draw has ten customers in either arm.
        InvalidInput: a value is missing, or a share is out of range.

    Source: as `estimate`.
    """
    frame = open_table(table, duckdb.connect())
    schema = frame.collect_schema()
    numbers = [name for name in (outcome, covariate) if name is not None]
    if not any(name in schema and schema[name].is_float() for name in numbers):
        draws = sums(frame.to_native(), outcome=outcome, treated=treated, covariate=covariate, draw=draw)
        if draws and min(min(one.treated.n, one.held_out.n) for one in draws) >= ENOUGH_FOR_SUMS:
            return estimate_sums(draws, reached_share=reached_share, confidence=confidence)
    chosen = [name for name in (outcome, treated, covariate, draw) if name is not None]
    fetched = arrow(frame.select(*dict.fromkeys(chosen)))

    def of(name: str | None) -> Any:
        return None if name is None else fetched[name].to_numpy(zero_copy_only=False)

    return estimate(
        of(outcome),
        treated=of(treated),
        covariate=of(covariate),
        draw=of(draw),
        reached_share=reached_share,
        confidence=confidence,
    )


def _check_shares(reached_share: float | None, confidence: float) -> None:
    if not 0 < confidence < 1:
        raise InvalidInput(f"The confidence is {confidence}. Give one between 0 and 1, as 0.9.")
    if reached_share is not None and not 0 < reached_share <= 1:
        raise InvalidInput(f"The share reached is {reached_share}. Give one above 0, at most 1.")


def _places(draw: ArrayLike | None, n: int) -> list[Whole]:
    """Give the rows of each draw."""
    if draw is None:
        return [np.arange(n)]
    names = np.asarray(draw)
    if names.shape != (n,):
        raise InvalidInput(f"Lengths differ: {n} outcomes, draws {names.shape}.")
    _, place = np.unique(names.astype(str), return_inverse=True)
    return np.split(np.argsort(place, kind="stable"), np.cumsum(np.bincount(place))[:-1])


def _combined(parts: Sequence[Differences], customers: int, reached: float | None, confidence: float) -> Effect:
    """Weigh draws by their customers; degrees of freedom by Satterthwaite."""
    if not parts:
        raise NotEnoughData(f"No draw has {FEWEST} customers in either arm, so nothing can be compared.")
    treated, held_out = (np.array([float(getattr(part, arm)) for part in parts]) for arm in ("treated", "held_out"))
    weight = (treated + held_out) / (treated + held_out).sum()
    effect, se, df = _sum([(part.effect, part.error().se, part.error().df) for part in parts], weight)
    raw, raw_se, raw_df = _sum([(part.raw, part.raw_error().se, part.raw_error().df) for part in parts], weight)
    reach, raw_reach = (float(special.stdtrit(freedom, (1 + confidence) / 2)) for freedom in (df, raw_df))
    return Effect(
        treated=int(treated.sum()),
        held_out=int(held_out.sum()),
        held_out_mean=float(weight @ [float(part.held_out_mean) for part in parts]),
        effect=effect,
        se=se,
        df=df,
        low=effect - reach * se,
        high=effect + reach * se,
        confidence=confidence,
        uncorrected=raw,
        uncorrected_se=raw_se,
        uncorrected_low=raw - raw_reach * raw_se,
        uncorrected_high=raw + raw_reach * raw_se,
        draws=len(parts),
        left_out=customers - int((treated + held_out).sum()),
        reached_share=reached,
    )


def _sum(parts: list[tuple[Floats, Floats, Floats]], weight: Floats) -> tuple[float, float, float]:
    effects, errors, freedoms = np.array(parts, dtype=np.float64).T
    variances = (weight * errors) ** 2
    bottom = float((variances**2 / freedoms).sum())
    df = float(variances.sum()) ** 2 / bottom if bottom > 0 else float(freedoms.sum())
    return float(weight @ effects), float(np.sqrt(variances.sum())), df


def _moved(y: Floats, z: Bools, x: Floats | None, part: Differences, rows: Whole) -> list[Moved]:
    """
    Tell exactly how far the effect of a draw would move without each of its customers, and give the farthest.

    Source: Belsley, Kuh & Welsch (1980), Regression Diagnostics, section 2.1.
    """
    size = np.where(z, part.treated, part.held_out)
    pull, leverage = np.where(z, 1.0, -1.0) / size, 1 / size
    residual = y - np.where(z, y[z].mean(), y[~z].mean())
    if x is not None:
        apart, about = x[z].mean() - x[~z].mean(), x - np.where(z, x[z].mean(), x[~z].mean())
        spread = max(float(about @ about), np.finfo(np.float64).tiny)
        pull, leverage = pull - apart * about / spread, leverage + about**2 / spread
        residual = residual - part.slope * about
    by = pull * residual / np.maximum(1 - leverage, 1e-9)
    farthest = np.argsort(-np.abs(by), kind="stable")[:MOST_MOVED]
    return [Moved(int(rows[place]), float(by[place])) for place in farthest]
