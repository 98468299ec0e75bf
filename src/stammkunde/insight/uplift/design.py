"""Traits laid out twice: as columns of the linear learner, and as groups of which gains are told."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.drivers.traits import Trait
from stammkunde.insight.errors import InvalidInput, WrongType
from stammkunde.insight.uplift.taking import Bools, floats, is_number
from stammkunde.insight.value.history import Floats

MOST_VALUES = 10  # of a text, the most frequent; the rest together is what none of them is
LEAST_HOLDERS = 100  # who have a value, and lack it: below that, a column is noise
FARTHEST = 4.0  # standard deviations from the mean that a number may count: one customer shall not turn the learner


@dataclass(frozen=True, eq=False)
class Group:
    """Who has a trait; whoever is not known takes no part."""

    trait: Trait
    has: Bools  # shape (n,)
    known: Bools | None  # None: of everybody


@dataclass(frozen=True, eq=False)
class Design:
    """What is known of customers before the play."""

    columns: Floats  # shape (n, 1 + columns); the first is 1
    groups: tuple[Group, ...]
    left_out: tuple[str, ...]  # traits that tell nobody apart


def lay_out(table: pa.Table, traits: Sequence[str]) -> Design:
    """
    Lay traits out; nothing is learnt from what came of the play.

    Args:
        table: a row a customer.
        traits: columns of numbers, texts, or yes and no; empty is unknown.

    Returns:
        columns and groups, in the order of the traits.

    Raises:
        WrongType: a trait is neither number nor text nor yes or no.
        InvalidInput: a number is infinite.
    """
    columns: list[Floats] = [np.ones(table.num_rows)]
    groups: list[Group] = []
    left_out = []
    for name in traits:
        made, of = _of(name, table[name])
        columns += made
        groups += of
        if not made:
            left_out.append(name)
    return Design(np.column_stack(columns), tuple(groups), tuple(left_out))


def _of(name: str, column: pa.ChunkedArray) -> tuple[list[Floats], list[Group]]:
    kind = column.type
    if pa.types.is_boolean(kind) or is_number(kind):
        return _of_number(name, floats(column))
    if pa.types.is_dictionary(kind):
        return _of(name, pc.cast(column, kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _of_text(name, column)
    if pa.types.is_null(kind):
        return [], []
    raise WrongType(f"Trait '{name}' holds {kind}. Give numbers, texts, or yes and no: of a date, the days since.")


def _of_number(name: str, x: Floats) -> tuple[list[Floats], list[Group]]:
    if np.isinf(x).any():
        raise InvalidInput(f"Trait '{name}' is infinite in {int(np.isinf(x).sum())} rows. Mend them.")
    known = ~np.isnan(x)
    made = [] if known.all() or not _tells_apart(known) else [known - known.mean()]
    values = x[known]
    spread = values.std() if len(values) else 0.0
    if not spread > 1e-12 * np.abs(values).max(initial=0.0):
        return made, []
    scaled = np.zeros(len(x))
    scaled[known] = np.clip((values - values.mean()) / spread, -FARTHEST, FARTHEST)
    return [scaled, *made], _halves(name, x, known)


def _halves(name: str, x: Floats, known: Bools) -> list[Group]:
    """Cut a number where it divides the customers most evenly, near the median."""
    different, count = np.unique(x[known], return_counts=True)
    below = np.cumsum(count)[:-1]
    at = int(np.argmin(np.abs(2 * below - count.sum())))
    has = known & (np.nan_to_num(x, nan=-np.inf) > different[at])
    if not _tells_apart(has[known]):
        return []
    return [Group(Trait("attribute", name, f"{different[at + 1]:.15g}.."), has, None if known.all() else known)]


def _of_text(name: str, column: pa.ChunkedArray) -> tuple[list[Floats], list[Group]]:
    texts = pc.fill_null(pc.cast(column, pa.string()), "").combine_chunks()
    known = np.asarray(pc.not_equal(texts, ""))
    made = [] if known.all() or not _tells_apart(known) else [known - known.mean()]
    counts = sorted((-row["counts"], row["values"]) for row in pc.value_counts(texts).to_pylist() if row["values"])
    groups = []
    for word in [word for _, word in counts[:MOST_VALUES]]:
        has = np.asarray(pc.equal(texts, word))
        if _tells_apart(has[known]):
            groups.append(Group(Trait("attribute", name, word), has, None if known.all() else known))
            made.append(has - has.mean())
    if len(groups) == 2 and (groups[0].has ^ groups[1].has)[known].all():
        return made, groups[1:]  # of two values of which everybody has exactly one, one is told
    return made, groups


def _tells_apart(has: Bools) -> bool:
    return bool(LEAST_HOLDERS <= has.sum() <= len(has) - LEAST_HOLDERS)
