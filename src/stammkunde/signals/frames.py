"""The mirror's tables as insight wants them: whole or within one slice, long lists of values cut to the largest."""

from dataclasses import dataclass

import narwhals as nw

from stammkunde.insight import slices
from stammkunde.insight.frames import Facts, facts, rows, text
from stammkunde.signals import mirror

OTHER = "…"  # the slice value under which the smaller values of a long list are counted together
MOST_VALUES = 30


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A part of the business: the customers, or the lines, whose `by` is `value` (empty text: unknown)."""

    by: str
    value: str


def open_facts(tables: mirror.Tables) -> Facts:
    """Open the mirror's tables for insight."""
    return facts(tables.lines, customers=tables.customers, products=tables.products)


def within(known: Facts, part: Slice | None) -> Facts:
    """
    Keep the lines of one slice only.

    :raises SliceUnknown: if the facts cannot be sliced by that name
    """
    if part is None:
        return known
    slicing = slices.slicing(known, by=part.by)
    if slicing.kind == "line":
        lines = slices.known_lines(known, slices=slicing).filter(nw.col("slice") == part.value).drop("slice")
        return Facts(lines, known.customers, known.products)
    return Facts(_of_customers(known, part), known.customers, known.products)


def _of_customers(known: Facts, part: Slice):
    theirs = known.customers.filter(text(part.by) == part.value).select("customer_id")
    return known.lines.join(theirs, on="customer_id", how="semi")


def values(known: Facts, *, by: str) -> list[tuple[str, int]]:
    """List what a slice column says, with the number of customers (or lines, for `channel`), the largest first."""
    table, column = (known.lines, by) if by in slices.OF_THE_LINE else (known.customers, by)
    counted = table.group_by(text(column).alias("value")).agg(nw.len().alias("n"))
    return sorted(((row["value"], row["n"]) for row in rows(counted)), key=lambda pair: (-pair[1], pair[0]))


def cut(known: Facts, *, by: str) -> Facts:
    """Count the smaller values of a long list together, as `OTHER`, so that a chart stays readable."""
    found = [value for value, _ in values(known, by=by)]
    if len(found) <= MOST_VALUES:
        return known
    kept = found[: MOST_VALUES - 1]
    shortened = nw.when(text(by).is_in(kept)).then(text(by)).otherwise(nw.lit(OTHER)).alias(by)
    if by in slices.OF_THE_LINE:
        return Facts(known.lines.with_columns(shortened), known.customers, known.products)
    return Facts(known.lines, known.customers.with_columns(shortened), known.products)
