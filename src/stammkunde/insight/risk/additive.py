"""
The additive model: the log-odds of leaving are a sum of steps, one for each column's bin.

So the reasons are exact: what a bin adds, against the average customer, is read off. Steps of neighbouring bins are
drawn together, and each column finds from the data how strongly, so that a column that says nothing is flat.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy import linalg, special

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.risk.bins import Bins, Codes, bins
from stammkunde.insight.risk.design import Design
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.threads import on_one_thread
from stammkunde.insight.value.history import Floats

FEWEST_OF_EACH = 30
ROUNDS = 30
SETTLED = 0.005  # log-odds
LEVEL = 0.05  # how much the level of a column is held, beside the differences between neighbours
FIRMEST = 1e5


@dataclass(frozen=True, eq=False)
class Additive:
    """A fitted sum of steps; `base` are the log-odds of the average customer, and steps average to 0 over all."""

    base: float
    columns: tuple[Bins, ...]
    steps: tuple[Floats, ...]
    firmness: Floats  # how strongly each column's steps were drawn together

    def contributions(self, table: pa.Table) -> Floats:
        """
        Say what each column adds to each customer's log-odds, against the average customer.

        Args:
            table: with the columns of the fit.

        Returns:
            shape (n, columns).
        """
        found = np.empty((table.num_rows, len(self.columns)))
        for number, (column, step) in enumerate(zip(self.columns, self.steps, strict=True)):
            found[:, number] = step[column.codes(table[column.column])]
        return found

    def probability(self, table: pa.Table) -> Floats:
        """
        Give the probability of leaving.

        Args:
            table: with the columns of the fit.

        Returns:
            probabilities, shape (n,).
        """
        chance: Floats = special.expit(self.base + self.contributions(table).sum(axis=1))
        return chance


@on_one_thread
def fit_additive(table: pa.Table, left: Bools) -> Additive:
    """
    Fit the additive model by penalised maximum likelihood.

    Args:
        table: one row a customer, columns of numbers or text; empty is a bin of its own.
        left: who left, shape (n,).

    Returns:
        the fitted model.

    Raises:
        NotEnoughData: fewer than 30 left or fewer than 30 stayed.

    Source: penalties by Fellner-Schall steps, Wood & Fasiolo (2017), Biometrics 73(4), 1071-1081; fitted by iterated
    reweighted least squares, McCullagh & Nelder (1989).
    """
    fewest = int(min(left.sum(), (~left).sum()))
    if fewest < FEWEST_OF_EACH:
        raise NotEnoughData(f"Only {fewest} of one sort (left or stayed); the model needs {FEWEST_OF_EACH} of each.")
    columns = tuple(bins(name, table[name]) for name in table.column_names)
    codes = np.column_stack([column.codes(table[column.column]) for column in columns])
    starts = np.cumsum([1, *(column.count for column in columns)])
    beta, firmness = _maximise(codes, left, [_penalty(column) for column in columns])
    return _centred(beta, columns, codes, starts, firmness)


def _centred(beta: Floats, columns: tuple[Bins, ...], codes: Codes, starts: Floats, firmness: Floats) -> Additive:
    base, steps = float(beta[0]), []
    for number, column in enumerate(columns):
        own = beta[starts[number] : starts[number] + column.count]
        mean = float(own[codes[:, number]].mean())
        base += mean
        steps.append(own - mean)
    return Additive(base, columns, tuple(steps), firmness)


def _penalty(column: Bins) -> Floats:
    """Weigh differences between neighbouring bins, and a little the level; without an order, the level alone."""
    if not column.ordered:
        return np.eye(column.count)
    between = np.diff(np.eye(column.count)[:-1], axis=0)  # the last bin, of what is missing, has no neighbours
    penalty: Floats = between.T @ between + LEVEL * np.eye(column.count)
    penalty[-1, -1] = 1.0
    return penalty


def _maximise(codes: Codes, left: Bools, penalties: list[Floats]) -> tuple[Floats, Floats]:
    design = Design(codes, [len(penalty) for penalty in penalties])
    beta, firmness = np.zeros(design.size), np.full(len(penalties), 10.0)
    beta[0] = special.logit(float(left.mean()))
    for _ in range(ROUNDS):
        penalty = linalg.block_diag(0.0, *(f * own for f, own in zip(firmness, penalties, strict=True)))
        p = special.expit(design.sums(beta))
        inverse = _inverse(design.products(p * (1 - p)) + penalty)
        step = inverse @ (design.totals(left - p) - penalty @ beta)
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        firmness = _firmer(firmness, penalties, beta, inverse)
        if np.abs(step).max() < SETTLED:
            break
    return beta, firmness


def _inverse(curve: Floats) -> Floats:
    """Invert a symmetric positive matrix, at half the cost of any other."""
    factor, _ = linalg.lapack.dpotrf(curve, lower=1)
    lower, _ = linalg.lapack.dpotri(factor, lower=1)
    below: Floats = np.tril(lower)
    return below + np.tril(below, -1).T


def _firmer(firmness: Floats, penalties: list[Floats], beta: Floats, inverse: Floats) -> Floats:
    """Take a Fellner-Schall step: a column whose steps are no larger than their noise is drawn together more."""
    found, start = np.empty(len(penalties)), 1
    for number, penalty in enumerate(penalties):
        own = slice(start, start + len(penalty))
        start += len(penalty)
        free = len(penalty) / firmness[number] - float(np.sum(inverse[own, own] * penalty))
        size = float(beta[own] @ penalty @ beta[own])
        factor = np.clip(max(free, 1e-9) / max(size, 1e-12), 0.2, 5.0)
        found[number] = np.clip(firmness[number] * factor, 1e-3, FIRMEST)
    return found
