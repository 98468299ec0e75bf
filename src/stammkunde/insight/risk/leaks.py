"""
Columns that know the answer: refused, with the reason, because what they teach cannot be known in time.

They are known by what they do: a score of leaving under any name, while the months that somebody has been inactive, or
orders cancelled, may well be known in time. Only names that are the answer itself (churn_reason, left_on) are refused
as such: what is not dated may have been written down afterwards, and tell half of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.risk.bins import FEWEST_ROWS, bins
from stammkunde.insight.risk.metrics import Bools, auc
from stammkunde.insight.value.history import Floats

TOO_WELL = 0.95  # area under the curve of one column alone
SURE_LEFT, SURE_STAYED = 0.97, 0.02  # share of leavers among those of one value, from and up to which all is settled
SETTLED_LEFT, SETTLED_STAYED = 0.25, 0.5  # so many of both in such values, and the column was written afterwards
FILLED_TOO_WELL = 0.9  # of whether a column is filled at all
FOLDS = 5
_NAMED = re.compile(
    r"churn|attrit|exited|win_?back|abwander|(leaving|left|lost|cancel\w*|terminat\w*)_?(on|at|date|day|why|reason)\b"
    r"|(k(ü|ue)ndig\w*|abgang\w*|austritt\w*|storno|verlust)_?(grund|datum|tag|am)\b",
    re.IGNORECASE,
)
Why = Literal[
    "named_like_the_answer",
    "filled_for_leavers",
    "predicts_too_well",
    "settles_both_sides",
    "different_for_everyone",
]


@dataclass(frozen=True)
class Refused:
    """A column that is not learnt from, and why; `measure` is its area under the curve, where that is the reason."""

    column: str
    code: Why
    measure: float | None = None


def refused(table: pa.Table, left: Bools, *, columns: Sequence[str]) -> list[Refused]:
    """
    Find the columns that know who left.

    Args:
        table: one row a customer.
        left: who left, shape (n,), both sorts present.
        columns: which columns to look at, numbers or text.

    Returns:
        one entry a refused column: called by the answer itself, filled for those who left alone, telling them apart too
        well on its own (each value judged by other customers), leaving no doubt about many who left and most who
        stayed, or a text that differs for nearly everyone.
    """
    found = (named(name) or _judged(name, table[name], left) for name in columns)
    return [refusal for refusal in found if refusal is not None]


def named(column: str) -> Refused | None:
    """
    Refuse a column that is called by the answer itself.

    Args:
        column: its name.

    Returns:
        the refusal, or None.
    """
    return Refused(column, "named_like_the_answer") if _NAMED.search(column) else None


def _judged(name: str, values: pa.ChunkedArray, left: Bools) -> Refused | None:
    filled = _direction_free(np.asarray(pc.is_valid(values), dtype=np.float64), left)
    if filled >= FILLED_TOO_WELL:
        return Refused(name, "filled_for_leavers", filled)
    if _is_text(values) and pc.count_distinct(values).as_py() > max(len(values) / 2, FEWEST_ROWS):
        return Refused(name, "different_for_everyone")
    share = _share_of_others(name, values, left)
    alone = _direction_free(share, left)
    if alone >= TOO_WELL:
        return Refused(name, "predicts_too_well", alone)
    return Refused(name, "settles_both_sides", alone) if _settles(share, left) else None


def _settles(share: Floats, left: Bools) -> bool:
    """Tell whether a column leaves no doubt on both sides: signs known in time are sure of one side at most."""
    sure_left, sure_stayed = (share[left] >= SURE_LEFT).mean(), (share[~left] <= SURE_STAYED).mean()
    return bool(sure_left >= SETTLED_LEFT and sure_stayed >= SETTLED_STAYED)


def _is_text(values: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(values.type) or pa.types.is_large_string(values.type))


def _direction_free(score: Floats, left: Bools) -> float:
    area = auc(score, left)
    return max(area, 1 - area)


def _share_of_others(name: str, values: pa.ChunkedArray, left: Bools) -> Floats:
    """Give each customer the share that left among others with her value, so that a rare value cannot know itself."""
    codes = bins(name, values).codes(values)
    fold = np.arange(len(left)) % FOLDS
    share, whole = np.empty(len(left)), float(left.mean())
    for number in range(FOLDS):
        others, own = fold != number, fold == number
        n = np.bincount(codes[others], minlength=int(codes.max()) + 1)
        gone = np.bincount(codes[others], left[others], minlength=int(codes.max()) + 1)
        share[own] = ((gone + whole) / (n + 1))[codes[own]]
    return share
