"""Contract customers from a snapshot: one row each, with what is known of her and whether she left."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.drivers.columns import Values, family
from stammkunde.insight.drivers.findings import Drivers, Numbers, Rows, findings
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.risk.bins import bins
from stammkunde.insight.risk.leaks import refused
from stammkunde.insight.risk.metrics import Bools

LEAST_OF_EACH = 30


def of_snapshot(table: pa.Table, left: Bools, *, comparable: Sequence[str] = ()) -> Drivers:
    """
    Find what those who left have in common, in a table of one row a customer.

    Args:
        table: columns of numbers or text; empty is unknown.
        left: who left, shape (n,).
        comparable: columns in which those compared are alike (numbers: in the same tenth), such as tenure; they are not
            findings themselves.

    Returns:
        the findings.

    Raises:
        InvalidInput: a column to be alike in is missing.
        NotEnoughData: fewer than 30 left or stayed.
    """
    missing = [name for name in comparable if name not in table.column_names]
    if missing:
        raise InvalidInput(f"The table has no column '{missing[0]}'. It has {', '.join(table.column_names)}.")
    fewest = int(min(left.sum(), (~left).sum()))
    if fewest < LEAST_OF_EACH:
        raise NotEnoughData(f"Only {fewest} of one sort (left or stayed); a comparison needs {LEAST_OF_EACH} of each.")
    names = [name for name in table.column_names if name not in comparable]
    leaking = refused(table, left, columns=names)
    kept = [name for name in names if name not in {column.column for column in leaking}]
    stratum = _strata(table, comparable)
    rows = Rows(np.arange(table.num_rows), left)
    had = [family("attribute", name, [_values(table[name])], stratum=stratum) for name in kept]
    found, compared, hidden = findings(rows, had)
    lost = int(left.sum())
    return Drivers(
        (), 0, 0, 0, table.num_rows, lost, table.num_rows - lost, compared, hidden, tuple(leaking), tuple(found)
    )


def _strata(table: pa.Table, comparable: Sequence[str]) -> Numbers:
    found = np.zeros(table.num_rows, np.int64)
    for name in comparable:
        column = bins(name, table[name])
        found = found * column.count + column.codes(table[name])
    return np.unique(found, return_inverse=True)[1]


def _values(column: pa.ChunkedArray) -> Values:
    known = np.flatnonzero(np.asarray(pc.is_valid(column)))
    return Values(known, column.combine_chunks().take(pa.array(known)))
