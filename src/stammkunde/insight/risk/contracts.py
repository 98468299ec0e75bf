"""Contract customers from a snapshot: one row each, with what is known of her and whether she left."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.risk import metrics
from stammkunde.insight.risk.additive import Additive, fit_additive
from stammkunde.insight.risk.leaks import Refused, refused
from stammkunde.insight.risk.metrics import Bools, Quality, quality
from stammkunde.insight.risk.reasons import LEAST_RAISE, MOST_REASONS, Reason, table_rows
from stammkunde.insight.value.history import Floats, Whole

FOLDS = 5
MOST_PAIRS = 8
CLEAR_LEAD = 2.0  # standard errors by which pairs must be better on customers left out


@dataclass(frozen=True, eq=False)
class SnapshotModel:
    """A model of who does not renew, what it was worth on customers it had not seen, and what it must not see."""

    additive: Additive
    quality: Quality
    refused: tuple[Refused, ...]
    without_pairs: Quality | None = None  # of the plain sum of steps, where pairs of columns were tried

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Name the columns that tell more together than one by one."""
        return tuple(pair.names for pair in self.additive.pairs)


def fit_snapshot(table: pa.Table, left: Bools, *, folds: int = FOLDS, most_pairs: int = MOST_PAIRS) -> SnapshotModel:
    """
    Fit the additive model to a snapshot of contract customers, and try it on those left out in turn.

    Args:
        table: one row a customer, columns of numbers or text.
        left: who left, shape (n,).
        folds: into how many parts to split for the trial, at least 2.
        most_pairs: how many pairs of columns may tell something together; they are kept only where that is clearly
            better (two standard errors of the logarithmic losses) on customers left out.

    Returns:
        the model fitted to all, its quality on customers left out, and the columns refused as they know the answer.

    Raises:
        InvalidInput: nobody left, nobody stayed, or no column remains.
        NotEnoughData: fewer than 30 left or stayed in what is learnt from.
    """
    if folds < 2:
        raise InvalidInput(f"{folds} parts; give at least 2.")
    leaking = refused(table, left, columns=table.column_names)
    told = table.drop_columns([column.column for column in leaking])
    if not told.column_names:
        raise InvalidInput("All columns know the answer, so there is nothing to learn from.")
    fold = np.arange(len(left)) % folds
    np.random.default_rng(0).shuffle(fold)
    plain = _left_out(told, left, fold, most_pairs=0)
    paired = _left_out(told, left, fold, most_pairs=most_pairs) if most_pairs else plain
    lead = metrics.losses(plain, left) - metrics.losses(paired, left)
    wins = bool(lead.mean() > CLEAR_LEAD * lead.std() / math.sqrt(len(left))) if most_pairs else False
    return SnapshotModel(
        fit_additive(told, left, most_pairs=most_pairs if wins else 0),
        quality(paired if wins else plain, left),
        tuple(leaking),
        quality(plain, left) if most_pairs else None,
    )


def _left_out(table: pa.Table, left: Bools, fold: Whole, *, most_pairs: int) -> Floats:
    """Give everybody the probability of a model that has not seen her."""
    chance = np.empty(len(left))
    for number in np.unique(fold):
        own = fold == number
        learnt = fit_additive(table.filter(pa.array(~own)), left[~own], most_pairs=most_pairs)
        chance[own] = learnt.probability(table.filter(pa.array(own)))
    return chance


def explain_snapshot(table: pa.Table, model: SnapshotModel, *, rows: Sequence[int]) -> list[list[Reason]]:
    """
    Give the reasons of chosen contract customers.

    Args:
        table: with the columns of the fit.
        model: from `fit_snapshot`.
        rows: numbers of rows of the table.

    Returns:
        one list a row: at most five reasons, the strongest first, each with code (`attribute`), column, value, and
        odds_factor (how many times higher than the average customer's it makes the odds of leaving); what two columns
        tell beyond that has the code `pair`, columns and values.
    """
    chosen = list(rows)
    adds = model.additive.contributions(table.take(pa.array(chosen, pa.int64())))
    names = [*((column.column,) for column in model.additive.columns), *model.pairs]
    return [
        [
            _told(names[place], row) | {"odds_factor": round(math.exp(own[place]), 2)}
            for place in np.argsort(-own, kind="stable")[:MOST_REASONS]
            if own[place] >= LEAST_RAISE
        ]
        for row, own in zip(table_rows(table, chosen), adds, strict=True)
    ]


def _told(columns: tuple[str, ...], row: dict[str, Any]) -> Reason:
    if len(columns) == 1:
        return {"code": "attribute", "column": columns[0], "value": row[columns[0]]}
    return {"code": "pair", "columns": list(columns), "values": [row[name] for name in columns]}
