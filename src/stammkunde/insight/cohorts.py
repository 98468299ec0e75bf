"""Cohorts: who came together, and how many of them buy again one, two, three periods later."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.frames import Facts, Frame, rows, whole_parts
from stammkunde.insight.periods import GRAIN_MONTHS, Grain, Period, of_number
from stammkunde.insight.slices import Slicing, sliced, slicing


@dataclass(frozen=True)
class CohortMatrix:
    """
    Buyers by cohort (row) and age in periods (column); age 0 is the period of the first purchase.

    A cell is None where the period had not begun when the facts end. The last period of the facts may be unfinished.
    """

    grain: Grain
    cohorts: tuple[Period, ...]
    counts: tuple[tuple[int | None, ...], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Give the number of customers in each cohort."""
        return tuple(row[0] or 0 for row in self.counts)

    @property
    def shares(self) -> tuple[tuple[float | None, ...], ...]:
        """Give the share of each cohort that bought at each age."""
        return tuple(
            tuple(None if n is None else n / size for n in row)
            for row, size in zip(self.counts, self.sizes, strict=True)
        )

    def table(self) -> list[dict[str, Any]]:
        """Give one row a cell that is known: cohort, size, age, customers, share."""
        return [
            {"cohort": str(cohort), "size": row[0], "age": age, "customers": n, "share": n / (row[0] or 1)}
            for cohort, row in zip(self.cohorts, self.counts, strict=True)
            for age, n in enumerate(row)
            if n is not None
        ]

    def __str__(self) -> str:
        """Write the shares as a text table."""
        return "\n".join("  ".join(f"{cell:>7}" for cell in line) for line in self._lines())

    def _repr_html_(self) -> str:
        head, *body = ["".join(f"<td>{escape(cell)}</td>" for cell in line) for line in self._lines()]
        return f"<table><thead><tr>{head}</tr></thead><tbody><tr>{'</tr><tr>'.join(body)}</tr></tbody></table>"

    def _lines(self) -> list[list[str]]:
        ages = len(self.counts[0]) if self.counts else 0
        lines = [["cohort", "n", *[str(age) for age in range(ages)]]]
        for cohort, size, shares in zip(self.cohorts, self.sizes, self.shares, strict=True):
            lines.append([str(cohort), str(size), *["" if s is None else f"{s:.1%}" for s in shares]])
        return lines


def matrix(facts: Facts, *, grain: Grain = "month") -> CohortMatrix:
    """
    Count, for every cohort, the customers who bought again in each later period.

    Args:
        facts: the facts.
        grain: length of the cohorts and of the periods.

    Returns:
        the matrix; empty without purchases.
    """
    return by_slice(facts, grain=grain).get(None, CohortMatrix(grain, (), ()))


def by_slice(facts: Facts, *, grain: Grain = "month", by: str | None = None) -> dict[str | None, CohortMatrix]:
    """
    Count one cohort matrix for each slice.

    Args:
        facts: the facts.
        grain: length of the cohorts and of the periods.
        by: what to slice by (see `slices.slicing`); None: one matrix, under the key None.

    Returns:
        the matrices; in a slice of the line, cohorts are those of its own first purchases.

    Raises:
        SliceUnknown: there is no such slice.
    """
    slices = slicing(facts, by=by)
    cells: dict[str | None, dict[tuple[int, int], int]] = {}
    for row in rows(_cells(facts, slices, GRAIN_MONTHS[grain])):
        cells.setdefault(slices.label(row["slice"]), {})[row["cohort"], row["number"]] = row["n"]
    last = max((number for found in cells.values() for _, number in found), default=0)
    return {value: _matrix(found, grain, last) for value, found in sorted(cells.items(), key=lambda kv: kv[0] or "")}


def _cells(facts: Facts, slices: Slicing, months: int) -> Frame:
    keys, number = slices.keys, whole_parts(nw.col("month"), months)
    again = ~nw.col("month_before").is_null() & (whole_parts(nw.col("month_before"), months) == number)
    once = buying.days(facts, slices=slices).filter(~again)
    first = once.group_by(*keys).agg(nw.col("month").min().alias("first"))
    placed = once.join(first, on=keys, how="inner")
    counted = sliced(facts, placed, slices=slices).select(
        "slice", whole_parts(nw.col("first"), months).alias("cohort"), number.alias("number")
    )
    return counted.group_by("slice", "cohort", "number").agg(nw.len().cast(nw.Int64).alias("n"))


def _matrix(cells: Mapping[tuple[int, int], int], grain: Grain, last: int) -> CohortMatrix:
    numbers = sorted({cohort for cohort, _ in cells})
    width = last - numbers[0] + 1
    counts = tuple(
        tuple(cells.get((cohort, cohort + age), 0) if cohort + age <= last else None for age in range(width))
        for cohort in numbers
    )
    return CohortMatrix(grain, tuple(of_number(number, grain=grain) for number in numbers), counts)
