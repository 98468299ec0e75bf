"""
Candidates, from simple to strong: each learns from past evenings and gives every customer a probability of leaving.

They are ordered: whoever comes first is simpler, and preferred where the next is not clearly better.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.risk.additive import Additive, fit_additive
from stammkunde.insight.risk.bins import numbers
from stammkunde.insight.risk.calibration import Rising, rising
from stammkunde.insight.risk.evenings import Evening
from stammkunde.insight.risk.metrics import Bools
from stammkunde.insight.value.history import Floats

Rule = Literal["silence", "rate", "value", "additive"]
RULES: tuple[Rule, ...] = ("silence", "rate", "value", "additive")
PURCHASES = np.array([2.0, 3.0, 5.0, 10.0])  # one, two, three or four, five to nine, ten and more
SILENCES = np.arange(1, 6) / 6
BORROWED = 20  # customers of the whole company that a cell borrows
MOST_ROWS = 80_000


class Fitted(Protocol):
    """What every candidate can do once it has learnt."""

    def probability(self, table: pa.Table) -> Floats:
        """Give each customer's probability of leaving, shape (n,)."""
        ...


@dataclass(frozen=True, eq=False)
class Silence:
    """Silence in multiples of the customer's usual gap."""

    curve: Rising

    def probability(self, table: pa.Table) -> Floats:
        """
        Read the share that left after as many usual gaps of silence.

        Args:
            table: the signs.

        Returns:
            probabilities, shape (n,).
        """
        return self.curve.at(numbers(table["silence"]))


@dataclass(frozen=True, eq=False)
class Rate:
    """Share that left among customers with as many purchases and as long a silence."""

    silences: Floats
    share: Floats
    customers: Floats

    def cells(self, table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
        """
        Find each customer's cell.

        Args:
            table: the signs.

        Returns:
            row and column of the cell, shape (n,) each.
        """
        bought, silent = numbers(table["purchase_days"]), numbers(table["silent_days"])
        return np.searchsorted(PURCHASES, bought, side="right"), np.searchsorted(self.silences, silent, side="right")

    def probability(self, table: pa.Table) -> Floats:
        """
        Read the share that left among those alike.

        Args:
            table: the signs.

        Returns:
            probabilities, shape (n,).
        """
        found: Floats = self.share[self.cells(table)]
        return found


@dataclass(frozen=True, eq=False)
class Expected:
    """Purchases that the value model expects within the horizon."""

    curve: Rising

    def probability(self, table: pa.Table) -> Floats:
        """
        Read the share that left of whom as few purchases were expected.

        Args:
            table: with expected_purchases.

        Returns:
            probabilities, shape (n,).
        """
        return self.curve.at(-numbers(table["expected_purchases"]))


def fit_candidate(rule: Rule, evenings: Sequence[Evening], *, attributes: Sequence[str] = ()) -> Fitted:
    """
    Let a candidate learn from past evenings.

    Args:
        rule: which one.
        evenings: evenings with their outcome, latest first; at least one with customers.
        attributes: columns of the customers that the additive model may use.

    Returns:
        the fitted candidate.

    Raises:
        NotEnoughData: too few of one sort, or no value model for one of the evenings.
    """
    table = pa.concat_tables(evening.table for evening in evenings)
    columns = [*evenings[0].told, *attributes]
    left = np.concatenate([evening.left for evening in evenings])
    if min(left.sum(), (~left).sum()) < 1:
        raise NotEnoughData("Everybody left, or everybody stayed: there is nothing to learn from.")
    fit: dict[Rule, Callable[[], Fitted]] = {
        "silence": lambda: Silence(rising(numbers(table["silence"]), left)),
        "rate": lambda: _rate(table, left),
        "value": lambda: _expected(table, left),
        "additive": lambda: _additive(table.select(columns), left),
    }
    return fit[rule]()


def _rate(table: pa.Table, left: Bools) -> Rate:
    silences = np.unique(np.quantile(numbers(table["silent_days"]), SILENCES))
    shape = (len(PURCHASES) + 1, len(silences) + 1)
    empty = Rate(silences, np.zeros(shape), np.zeros(shape))
    gone, customers = np.zeros(shape), np.zeros(shape)
    np.add.at(customers, empty.cells(table), 1)
    np.add.at(gone, empty.cells(table), left)
    return Rate(silences, (gone + BORROWED * left.mean()) / (customers + BORROWED), customers)


def _expected(table: pa.Table, left: Bools) -> Expected:
    expected = numbers(table["expected_purchases"])
    if np.isnan(expected).any():
        raise NotEnoughData("The value model could not be fitted on every evening.")
    return Expected(rising(-expected, left))


def _additive(table: pa.Table, left: Bools) -> Additive:
    """Learn from the latest rows alone where there are very many."""
    told = [name for name in table.column_names if table[name].null_count < table.num_rows]
    return fit_additive(table.select(told).slice(0, MOST_ROWS), left[:MOST_ROWS])
