"""
The additive model: the log-odds of leaving are a sum of steps, one for each column's bin.

So the reasons are exact: what a bin adds, against the average customer, is read off. Steps of neighbouring bins are
drawn together, and each column finds from the data how strongly, so that a column that says nothing is flat.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.late import linalg, special
from stammkunde.insight.risk.bins import Bins, Codes, bins
from stammkunde.insight.risk.design import Design
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.risk.pairs import Grouped, Pair, grouped, strongest
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
    pairs: tuple[Pair, ...] = ()
    pair_steps: tuple[Floats, ...] = ()

    def contributions(self, table: pa.Table) -> Floats:
        """
        Say what each column, and then each pair, adds to each customer's log-odds, against the average customer.

        Args:
            table: with the columns of the fit.

        Returns:
            shape (n, columns + pairs).
        """
        found = np.empty((table.num_rows, len(self.columns) + len(self.pairs)))
        for number, (column, step) in enumerate(zip(self.columns, self.steps, strict=True)):
            found[:, number] = step[column.codes(table[column.column])]
        for number, (pair, step) in enumerate(zip(self.pairs, self.pair_steps, strict=True), len(self.columns)):
            found[:, number] = step[pair.codes(table)]
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
def fit_additive(table: pa.Table, left: Bools, *, most_pairs: int = 0) -> Additive:
    """
    Fit the additive model by penalised maximum likelihood.

    Args:
        table: one row a customer, columns of numbers or text; empty is a bin of its own.
        left: who left, shape (n,).
        most_pairs: how many pairs of columns may have steps of their own; one is added at a time, while one stands out.

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
    codes = [column.codes(table[column.column]) for column in columns]
    fit = _Fit(columns, (), codes)
    fit.maximise(left)
    parts = [grouped(*each) for each in zip(columns, codes, strict=True)] if most_pairs else []
    groups = [part.groups[own] for part, own in zip(parts, codes, strict=False)]
    while len(fit.pairs) < most_pairs:
        chance = fit.probability
        pair = strongest(parts, groups, left - chance, chance * (1 - chance))
        if pair is None or pair.names in {known.names for known in fit.pairs}:
            break
        fit = _Fit(columns, (*fit.pairs, pair), [*fit.codes, pair.codes(table)])
        fit.maximise(left)
    return fit.told()


class _Fit:
    """Columns and pairs, being fitted."""

    def __init__(self, columns: tuple[Bins, ...], pairs: tuple[Pair, ...], codes: list[Codes]) -> None:
        self.columns, self.pairs, self.codes = columns, pairs, codes
        self.penalties = [
            *(_penalty(column.count, ordered=column.ordered) for column in columns),
            *(pair.penalty([_of_groups(part) for part in (pair.one, pair.other)]) for pair in pairs),
        ]
        self.design = Design(np.column_stack(codes), [len(penalty) for penalty in self.penalties])
        self.beta, self.firmness = np.zeros(self.design.size), np.full(len(self.penalties), 10.0)

    @property
    def probability(self) -> Floats:
        """Give the probability of each row that was learnt from."""
        chance: Floats = special.expit(self.design.sums(self.beta))
        return chance

    def maximise(self, left: Bools) -> None:
        """Find the steps."""
        self.beta, self.firmness = _maximise(self.design, left, self.penalties)

    def told(self) -> Additive:
        """Let steps average to 0 over all rows."""
        base, steps, start = float(self.beta[0]), list[Floats](), 1
        for own_codes, penalty in zip(self.codes, self.penalties, strict=True):
            own = self.beta[start : start + len(penalty)]
            start += len(penalty)
            mean = float(own[own_codes].mean())
            base += mean
            steps.append(own - mean)
        single = len(self.columns)
        return Additive(base, self.columns, tuple(steps[:single]), self.firmness, self.pairs, tuple(steps[single:]))


def _of_groups(part: Grouped) -> Floats:
    return _penalty(part.count, ordered=part.column.ordered)


def _penalty(count: int, *, ordered: bool) -> Floats:
    """Weigh differences between neighbouring bins, and a little the level; without an order, the level alone."""
    if not ordered:
        return np.eye(count)
    between = np.diff(np.eye(count)[:-1], axis=0)  # the last bin, of what is missing, has no neighbours
    penalty: Floats = between.T @ between + LEVEL * np.eye(count)
    penalty[-1, -1] = 1.0
    return penalty


def _maximise(design: Design, left: Bools, penalties: list[Floats]) -> tuple[Floats, Floats]:
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
