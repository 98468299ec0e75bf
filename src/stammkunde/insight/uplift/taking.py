"""Taking what a play did from a table: who was contacted, what came of it, in which draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stammkunde.insight.errors import ColumnMissing, InvalidInput, NotEnoughData, WrongType
from stammkunde.insight.experiments import FEWEST
from stammkunde.insight.frames import Table, arrow, open_table
from stammkunde.insight.value.history import Floats

Bools = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Played:
    """Customers of a play, a row each, all arrays of shape (n,); draws with too few of one arm are left out."""

    outcome: Floats
    treated: Bools
    draw: Numbers  # 0 .. draws - 1
    share: Floats  # treated of the row's draw
    table: pa.Table  # the other columns, the same rows
    left_out: int  # customers of draws with too few of one arm
    covariate: Floats | None = None  # what was expected of each

    @property
    def arms(self) -> tuple[int, int]:
        """Count the treated and the held out."""
        treated = int(self.treated.sum())
        return treated, len(self.treated) - treated

    def sorted_by(self, order: Numbers) -> "Played":
        """
        Put the rows in an order.

        Args:
            order: the rows' numbers, shape (n,).

        Returns:
            the same customers.
        """
        return Played(
            self.outcome[order],
            self.treated[order],
            self.draw[order],
            self.share[order],
            self.table.take(pa.array(order)),
            self.left_out,
            None if self.covariate is None else self.covariate[order],
        )


def take(
    table: Table,
    *,
    treated: str,
    outcome: str,
    draw: str | None,
    others: Sequence[str],
    covariate: str | None = None,
) -> Played:
    """
    Read the columns that are asked for.

    Args:
        table: a row a customer.
        treated: the column that says who was contacted.
        outcome: the column with what came of it.
        draw: the column with the draw, if there were several.
        others: further columns.
        covariate: the column with what was expected of each, if gains are corrected with it.

    Returns:
        the customers.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: who was contacted is no yes or no, or the outcome no number.
        InvalidInput: one of these is empty or infinite, or a column is named twice.
        NotEnoughData: no draw has ten customers in each arm.
    """
    names = [treated, outcome, *(one for one in (draw, covariate) if one is not None), *others]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"Column '{twice[0]}' is named twice. What is judged by cannot be judged, too.")
    opened = open_table(table, duckdb.connect())
    found = opened.collect_schema().names()
    for name in names:
        if name not in found:
            raise ColumnMissing(f"There is no column '{name}'. Found {', '.join(found)}.")
    rows = arrow(opened.select(*names))
    contacted = _yes_or_no(rows[treated], name=treated)
    expected = None if covariate is None else _amounts(rows[covariate], name=covariate)
    outcomes = _amounts(rows[outcome], name=outcome)
    return _by_draw(rows.select(list(others)), contacted, outcomes, _draws(rows, draw), expected)


def _by_draw(table: pa.Table, treated: Bools, outcome: Floats, draw: Numbers, expected: Floats | None) -> Played:
    n = np.bincount(draw)
    contacted = np.bincount(draw, weights=treated, minlength=len(n))
    counts = (contacted >= FEWEST) & (n - contacted >= FEWEST)
    if not counts.any():
        raise NotEnoughData(
            f"{int(treated.sum())} customers were contacted and {int((~treated).sum())} held out; "
            f"a comparison needs {FEWEST} of each in the same draw."
        )
    kept = counts[draw]
    renumbered = np.unique(draw[kept], return_inverse=True)[1].astype(np.int64)
    share = (contacted / np.maximum(n, 1))[draw[kept]]
    return Played(
        outcome[kept],
        treated[kept],
        renumbered,
        share,
        table.filter(pa.array(kept)),
        int(len(kept) - kept.sum()),
        None if expected is None else expected[kept],
    )


def _yes_or_no(column: pa.ChunkedArray, *, name: str) -> Bools:
    if not (pa.types.is_boolean(column.type) or is_number(column.type)):
        raise WrongType(f"Column '{name}' holds {column.type}. Give yes or no, or 1 for the contacted and 0.")
    found = _amounts(column, name=name)
    if not np.isin(found, (0, 1)).all():
        raise WrongType(f"Column '{name}' holds other numbers than 1 for the contacted and 0 for the held out.")
    contacted: Bools = found == 1
    return contacted


def _amounts(column: pa.ChunkedArray, *, name: str) -> Floats:
    if not (pa.types.is_boolean(column.type) or is_number(column.type)):
        raise WrongType(f"Column '{name}' holds {column.type}. Give numbers, or yes and no.")
    found = floats(column)
    odd = int((~np.isfinite(found)).sum())
    if odd:
        raise InvalidInput(
            f"Column '{name}' is empty or infinite in {odd} rows. Leave out customers of whom it is not known yet."
        )
    return found


def _draws(rows: pa.Table, draw: str | None) -> Numbers:
    if draw is None:
        return np.zeros(rows.num_rows, np.int64)
    column = rows[draw].combine_chunks()
    if column.null_count:
        raise InvalidInput(f"Column '{draw}' is empty in {column.null_count} rows. Say of each in which draw it was.")
    words = pc.unique(column)
    words = words.take(pc.sort_indices(words))  # the same numbers, in whatever order rows come
    found: Numbers = pc.index_in(column, value_set=words).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def is_number(kind: pa.DataType) -> bool:
    """
    Tell whether a column holds numbers.

    Args:
        kind: its type.

    Returns:
        yes for whole numbers, floats and decimals.
    """
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def floats(column: pa.ChunkedArray) -> Floats:
    """
    Give a column of numbers, or of yes and no, as floats.

    Args:
        column: the column.

    Returns:
        the numbers, shape (n,); not a number where it is empty.
    """
    whole = pc.cast(column, pa.int8()) if pa.types.is_boolean(column.type) else column
    found: Floats = pc.cast(whole, pa.float64()).to_numpy(zero_copy_only=False)
    return found
