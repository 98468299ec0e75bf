"""From long tables of values to who has which trait: numbers in bands, rare values left aside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.drivers.findings import LEAST_CUSTOMERS, Had, Numbers
from stammkunde.insight.drivers.traits import FAMILIES, NO, Trait
from stammkunde.insight.late import sparse

MOST_VALUES = 300  # of a family, the most frequent
BANDS = 4  # quarters of the customers


@dataclass(frozen=True, eq=False)
class Values:
    """Which row has which value; a row may have several."""

    row: Numbers
    value: pa.Array

    @classmethod
    def placed(cls, table: pa.Table, customer_ids: Numbers, *, first_row: int = 0) -> "Values":
        """
        Find the rows of customers.

        Args:
            table: customer_id and value.
            customer_ids: of the rows, in their order.
            first_row: the number of the first of them.

        Returns:
            the values of these rows.
        """
        place = pc.index_in(table["customer_id"].combine_chunks(), value_set=pa.array(customer_ids))
        known = pc.is_valid(place)
        row = place.filter(known).to_numpy(zero_copy_only=False).astype(np.int64) + first_row
        return cls(row, table["value"].combine_chunks().filter(known))

    def spread(self, customer: Numbers) -> "Values":
        """
        Give every row of a customer what the customer has.

        Args:
            customer: the customer's number of each row, shape (n,).

        Returns:
            the values of the rows.
        """
        size = int(customer.max()) + 1 if len(customer) else 0
        at = sparse.csr_array(
            (np.arange(1, len(self.row) + 1), (np.arange(len(self.row)), self.row)), (len(self.row), size)
        )
        whose = sparse.csr_array(
            (np.ones(len(customer), np.int64), (customer, np.arange(len(customer)))), (size, len(customer))
        )
        found = (at @ whose).tocoo()
        return Values(found.coords[1].astype(np.int64), self.value.take(pa.array(found.coords[0])))


def family(of: str, name: str, values: Sequence[Values], *, stratum: Numbers) -> Had:
    """
    Lay out a family: a column for each of its traits.

    Args:
        of: the family.
        name: of the attribute, or empty.
        values: of the rows, in pieces; none where the facts say nothing.
        stratum: of each row, shape (n,): within which its traits are compared.

    Returns:
        who has which trait; values of fewer than 30 rows, and "no" to a problem, have no column.
    """
    row, n = np.concatenate([np.empty(0, np.int64), *(piece.row for piece in values)]), len(stratum)
    known = np.zeros(n, bool)
    known[row] = True
    if FAMILIES[of].lists_all:
        known[:] = True
    if not len(row):
        return Had((), sparse.csr_array((n, 0)), known, stratum)
    found = pa.chunked_array([piece.value for piece in values]).combine_chunks()
    words, codes = _bands(found) if _is_number(found.type) else _texts(found)
    traits = tuple(Trait(of, name, word) for word in words)
    chosen = codes >= 0
    has = sparse.csr_array((np.ones(int(chosen.sum())), (row[chosen], codes[chosen])), shape=(n, len(traits)))
    return Had(traits, has, known, stratum)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _texts(found: pa.Array) -> tuple[list[str], Numbers]:
    texts = pc.cast(found, pa.string())
    counts = [(-row["counts"], row["values"]) for row in pc.value_counts(texts).to_pylist()]
    often = [word for n, word in sorted(counts) if -n >= LEAST_CUSTOMERS and word != NO][:MOST_VALUES]
    codes = pc.fill_null(pc.index_in(texts, value_set=pa.array(often, pa.string())), -1)
    return often, codes.to_numpy(zero_copy_only=False).astype(np.int64)


def _bands(found: pa.Array) -> tuple[list[str], Numbers]:
    """Cut numbers at their quarters into bands "low..high"; whole numbers that differ little get a band each."""
    x = pc.cast(found, pa.float64()).to_numpy(zero_copy_only=False)
    different = np.unique(x)
    if len(different) <= BANDS:
        edges = different[:-1]
    else:
        edges = np.unique(np.quantile(x, np.arange(1, BANDS) / BANDS, method="inverted_cdf"))
        edges = edges[edges < different[-1]]
    after = [different[np.searchsorted(different, edge, side="right")] for edge in edges]
    lows, highs = ["", *(f"{low:.15g}" for low in after)], [*(f"{high:.15g}" for high in edges), ""]
    return [f"{low}..{high}" for low, high in zip(lows, highs, strict=True)], np.searchsorted(edges, x)
