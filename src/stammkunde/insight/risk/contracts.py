"""Contract customers from a snapshot: one row each, with what is known of her and whether she left."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.risk.additive import Additive, fit_additive
from stammkunde.insight.risk.leaks import Refused, refused
from stammkunde.insight.risk.metrics import Bools, Quality, quality
from stammkunde.insight.risk.reasons import LEAST_RAISE, MOST_REASONS, Reason, table_rows

FOLDS = 5


@dataclass(frozen=True, eq=False)
class SnapshotModel:
    """A model of who does not renew, what it was worth on customers it had not seen, and what it must not see."""

    additive: Additive
    quality: Quality
    refused: tuple[Refused, ...]


def fit_snapshot(table: pa.Table, left: Bools, *, folds: int = FOLDS) -> SnapshotModel:
    """
    Fit the additive model to a snapshot of contract customers, and try it on those left out in turn.

    Args:
        table: one row a customer, columns of numbers or text.
        left: who left, shape (n,).
        folds: into how many parts to split for the trial, at least 2.

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
    chance = np.empty(len(left))
    for number in range(folds):
        others, own = pa.array(fold != number), pa.array(fold == number)
        chance[fold == number] = fit_additive(told.filter(others), left[fold != number]).probability(told.filter(own))
    return SnapshotModel(fit_additive(told, left), quality(chance, left), tuple(leaking))


def explain_snapshot(table: pa.Table, model: SnapshotModel, *, rows: Sequence[int]) -> list[list[Reason]]:
    """
    Give the reasons of chosen contract customers.

    Args:
        table: with the columns of the fit.
        model: from `fit_snapshot`.
        rows: numbers of rows of the table.

    Returns:
        one list a row: at most five reasons, the strongest first, each with code (`attribute`), column, value, and
        odds_factor (how many times higher than the average customer's it makes the odds of leaving).
    """
    chosen = list(rows)
    adds = model.additive.contributions(table.take(pa.array(chosen, pa.int64())))
    names = [column.column for column in model.additive.columns]
    return [
        [
            {
                "code": "attribute",
                "column": names[place],
                "value": row[names[place]],
                "odds_factor": round(math.exp(own[place]), 2),
            }
            for place in np.argsort(-own, kind="stable")[:MOST_REASONS]
            if own[place] >= LEAST_RAISE
        ]
        for row, own in zip(table_rows(table, chosen), adds, strict=True)
    ]
