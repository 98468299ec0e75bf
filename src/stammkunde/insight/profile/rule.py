"""
The rule: points for what is known of somebody who has bought nothing yet, added up.

Of what stands for several things at once (the groups of a first order), each that the portrait found is a column of its
own, "first_category=Coffee": yes or no. A list has one column for all of them, `first_category`.

The additive model of early warning, learnt on who is one of the best, tried on customers left out. Ten points double
the odds. The score tells how many in a hundred of the own customers resemble the best less.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from stammkunde.insight.errors import DoesNotFit, InvalidInput, NotEnoughData
from stammkunde.insight.frames import Table, arrow, open_table
from stammkunde.insight.late import special
from stammkunde.insight.lifetime import Z95
from stammkunde.insight.risk.additive import Additive
from stammkunde.insight.risk.bins import Bins, Codes
from stammkunde.insight.risk.contracts import fit_snapshot
from stammkunde.insight.risk.leaks import Refused
from stammkunde.insight.risk.metrics import Bools, Quality
from stammkunde.insight.value.history import Floats

POINTS_PER_DOUBLING = 10
CHANCE = 0.5  # area under the curve of a coin
MOST_REASONS = 5
SEVERAL = ("first_category", "first_product")  # columns in which there may be more than one value
BETWEEN = re.compile(r"[;|\n]")  # values in one text
YES, NO = "yes", "no"
LEAST_REASON = 0.5  # points


@dataclass(frozen=True)
class RuleRefusal:
    """Why there is no rule: `no_columns`, `too_few` or `no_better_than_chance`, in words, and its quality if known."""

    code: str
    text: str
    quality: Quality | None = None


@dataclass(frozen=True)
class Points:
    """What one value of one column is worth; `value` is empty for what is missing, "…" for all rarer texts."""

    column: str
    value: str  # a text, or "low..high"
    points: float  # against the average customer
    customers: int


@dataclass(frozen=True, eq=False)
class Rule:
    """Points by column and value, what they were worth on customers left out, and whom they are compared with."""

    additive: Additive
    steps: tuple[Floats, ...]  # of each column's bins; 0 for those that no own customer is in
    quality: Quality
    points: tuple[Points, ...]
    own: Floats  # log-odds of the own customers, sorted
    refused: tuple[Refused, ...]

    @property
    def columns(self) -> list[str]:
        """Name the columns of a list that the rule looks at."""
        return list(dict.fromkeys(source(column.column)[0] for column in self.additive.columns))

    @property
    def wanted(self) -> dict[str, list[str]]:
        """Give the values that it looks for where a column may have several."""
        found: dict[str, list[str]] = {name: [] for name in SEVERAL}
        for name, value in (source(column.column) for column in self.additive.columns):
            if value:
                found[name].append(value)
        return {name: values for name, values in found.items() if values}


def source(column: str) -> tuple[str, str]:
    """
    Tell which column of a list a column of the rule is read from, and which value in it says yes.

    Args:
        column: of the rule.

    Returns:
        the column of the list, and the value; empty where the column itself is the value.
    """
    name, _equals, value = column.partition("=")
    return (name, value) if name in SEVERAL else (column, "")


@dataclass(frozen=True, eq=False)
class Scored:
    """The prospects in the order given, and which columns of the rule they lack."""

    table: pa.Table  # score (0..100), chance (0..1), reasons (JSON: column, value, points; the weightiest first)
    missing: tuple[str, ...]


def learn(table: pa.Table, is_best: Bools) -> tuple[Rule | None, RuleRefusal | None]:
    """
    Learn the points, and try them on customers left out in turn.

    Args:
        table: one row a customer, columns that are known of prospects, too.
        is_best: who is one of the best, shape (n,).

    Returns:
        the rule, or why there is none.
    """
    if not table.column_names:
        return None, RuleRefusal("no_columns", "Nothing is known of the customers that is known of prospects, too.")
    try:
        found = fit_snapshot(table, is_best, most_pairs=0)  # points are added up by hand: a column each
    except (InvalidInput, NotEnoughData) as reason:
        return None, RuleRefusal("no_columns" if isinstance(reason, InvalidInput) else "too_few", str(reason))
    quality = found.quality
    if quality.auc - Z95 * quality.auc_error <= CHANCE:
        text = (
            f"What is known of prospects does not tell the best apart: on customers left out, the rule was right in "
            f"{100 * quality.auc:.0f} of 100 pairs (± {100 * Z95 * quality.auc_error:.0f}); a coin is in 50."
        )
        return None, RuleRefusal("no_better_than_chance", text, quality)
    own = np.sort(found.additive.contributions(table).sum(axis=1))
    seen = _seen(found.additive, table)
    steps = tuple(np.where(n > 0, step, 0.0) for n, step in zip(seen, found.additive.steps, strict=True))
    return Rule(found.additive, steps, quality, _points(found.additive, seen), own, found.refused), None


def score(prospects: Table, rule: Rule | None) -> Scored:
    """
    Score prospects by their likeness to the best customers.

    Args:
        prospects: one row each, in columns named like the rule's; others are passed over. Texts are compared without
            regard to case and outer spaces.
        rule: of a profile.

    Returns:
        score, chance and reasons of each; a column that the prospects lack counts as average.

    Raises:
        DoesNotFit: there is no rule.
        InvalidInput: the prospects have none of its columns.
    """
    if rule is None:
        raise DoesNotFit("There is no rule: what is known of prospects does not tell the best customers apart.")
    given = arrow(open_table(prospects, duckdb.connect()))
    missing = tuple(name for name in rule.columns if name not in given.column_names)
    if len(missing) == len(rule.columns):
        raise InvalidInput(f"The prospects have none of the columns {', '.join(rule.columns)}.")
    added = np.zeros((given.num_rows, len(rule.additive.columns)))
    for at, (column, steps) in enumerate(zip(rule.additive.columns, rule.steps, strict=True)):
        name, value = source(column.column)
        if name not in missing:
            said = _among(given[name], value) if value else _alike(given[name], column)
            added[:, at] = steps[column.codes(said)]
    whole = added.sum(axis=1)
    below, above = np.searchsorted(rule.own, whole, "left"), np.searchsorted(rule.own, whole, "right")
    return Scored(
        pa.table(
            {
                "score": (below + above) / 2 / max(len(rule.own), 1) * 100,
                "chance": special.expit(rule.additive.base + whole),
                "reasons": [
                    json.dumps(_reasons(rule, given, row, at), ensure_ascii=False) for at, row in enumerate(added)
                ],
            }
        ),
        missing,
    )


def _alike(values: pa.ChunkedArray, column: Bins) -> pa.ChunkedArray:
    """Read texts as the rule writes them, numbers as numbers; what is neither counts as missing."""
    if column.ordered:
        return pa.chunked_array([pa.array([_number(value) for value in values.to_pylist()], pa.float64())])
    known = {text.strip().casefold(): text for text in column.texts}
    texts = (None if value is None else str(value).strip() for value in values.to_pylist())
    return pa.chunked_array(
        [pa.array([known.get(text.casefold(), text) if text else None for text in texts], pa.string())]
    )


def _among(values: pa.ChunkedArray, wanted: str) -> pa.ChunkedArray:
    """Tell whether a value is among those given: a list, or a text with ";" or "|" between; nothing given: missing."""
    told = [(YES if known_as(wanted, value) else NO) if _texts(value) else None for value in values.to_pylist()]
    return pa.chunked_array([pa.array(told, pa.string())])


def _texts(value: object) -> set[str]:
    given = value if isinstance(value, list) else [str(value or ""), *BETWEEN.split(str(value or ""))]
    return {str(one).strip().casefold() for one in given} - {""}


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None


def _reasons(rule: Rule, given: pa.Table, added: Floats, at: int) -> list[Mapping[str, object]]:
    points = added / np.log(2) * POINTS_PER_DOUBLING
    order = [place for place in np.argsort(-np.abs(points), kind="stable") if abs(points[place]) >= LEAST_REASON]
    told = [(*source(rule.additive.columns[place].column), round(float(points[place]), 1)) for place in order]
    reasons: list[Mapping[str, object]] = [
        {"column": name, "value": value or _said(given[name][at].as_py()), "points": worth}
        for name, value, worth in told
        if not value or known_as(value, given[name][at].as_py())
    ]
    return reasons[:MOST_REASONS]


def known_as(wanted: str, value: object) -> bool:
    """
    Tell whether a value is among those given.

    Args:
        wanted: the value.
        value: a list, or a text with ";" or "|" between its values.

    Returns:
        whether it is.
    """
    return wanted.strip().casefold() in _texts(value)


def _said(value: object) -> str:
    return "" if value is None else str(value).strip()


def _seen(additive: Additive, table: pa.Table) -> list[Codes]:
    """Count the customers in each column's bins."""
    return [
        np.bincount(column.codes(table[column.column]), minlength=column.count).astype(np.int32)
        for column in additive.columns
    ]


def _points(additive: Additive, seen: list[Codes]) -> tuple[Points, ...]:
    found = []
    for column, steps, counts in zip(additive.columns, additive.steps, seen, strict=True):
        worth = steps / np.log(2) * POINTS_PER_DOUBLING
        name, value = source(column.column)
        labels = [value if label == YES else "" for label in column.texts] if value else _labels(column)
        found += [
            Points(name, label, round(float(points), 1), int(n))
            for label, points, n in zip([*labels, *[""] * (column.count - len(labels))], worth, counts, strict=True)
            if n and (label or not value)
        ]
    return tuple(found)


def _labels(column: Bins) -> list[str]:
    if not column.ordered:
        return [*column.texts, "…"]
    edges = [f"{edge:.15g}" for edge in column.edges]
    return [f"{low}..{high}" for low, high in zip(["", *edges], [*edges, ""], strict=True)]
