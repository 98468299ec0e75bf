"""
Slices: what a figure can be asked "by".

A property of the customer (any column, or the cohort) puts every customer into exactly one slice. A property of the
line (channel, category) looks at each value's own lines, so a customer may belong to several slices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import narwhals as nw

from stammkunde.insight import cells
from stammkunde.insight.errors import SliceUnknown
from stammkunde.insight.frames import COSTS_ALONE, SERVICE, Alike, Facts, Frame, arrow, hold, text, whole_parts
from stammkunde.insight.periods import GRAIN_MONTHS, Grain, of_number

COHORTS: dict[str, Grain] = {"cohort": "month", "cohort_quarter": "quarter", "cohort_year": "year"}
OF_THE_LINE = ("channel", "category")
OF_NO_SLICE = {"channel": (SERVICE,), "category": COSTS_ALONE}  # kinds of lines that belong to no value of these
MOST_SORTS = 20_000  # of customers; with more, one counting would be as large as all of them apart


@dataclass(frozen=True)
class Slicing:
    """What to slice by, and whether it is a property of nothing, the customer, a cohort or the line."""

    by: str
    kind: Literal["whole", "customer", "cohort", "line"]

    @property
    def keys(self) -> list[str]:
        """Name the columns that make one buyer: the customer, within one slice of the lines."""
        return ["customer_id", "slice"] if self.kind == "line" else ["customer_id"]

    def label(self, value: object) -> str | None:
        """Word a raw slice value: a cohort's number becomes its period; the whole has no slice."""
        if self.kind == "whole":
            return None
        if self.kind == "cohort":
            return "" if value is None else str(of_number(int(str(value)), grain=COHORTS[self.by]))
        return str(value)


def slicing(facts: Facts, *, by: str | None) -> Slicing:
    """
    Find out what a name to slice by means for these facts.

    Args:
        facts: the facts.
        by: a column of the customers, `channel`, `category`, `cohort` (month of the first purchase),
            `cohort_quarter`, `cohort_year`, or None for the whole.

    Returns:
        the slicing.

    Raises:
        SliceUnknown: there is no such name.
    """
    if not by:
        return Slicing("", "whole")
    if by in COHORTS:
        return Slicing(by, "cohort")
    if by == "channel" or (by == "category" and facts.products is not None):
        return Slicing(by, "line")
    if by in facts.attributes():
        return Slicing(by, "customer")
    raise SliceUnknown(f"Figures cannot be sliced by '{by}'. Choose one of {', '.join(names(facts))}.")


def names(facts: Facts) -> list[str]:
    """
    List what figures of these facts can be sliced by.

    Args:
        facts: the facts.

    Returns:
        names for `slicing`.
    """
    line = list(OF_THE_LINE) if facts.products is not None else ["channel"]
    return [*line, *COHORTS, *facts.attributes()]


def known_lines(facts: Facts, *, slices: Slicing) -> Frame:
    """
    Take the lines of known customers, with their slice where it is a property of the line.

    Args:
        facts: the facts.
        slices: what to slice by.

    Returns:
        the lines, with a column `slice` for slices of the line.
    """
    known = facts.lines.filter(~nw.col("customer_id").is_null())
    if slices.by == "channel":
        return known.filter(~nw.col("kind").is_in(OF_NO_SLICE["channel"])).with_columns(text("channel").alias("slice"))
    if slices.by == "category" and slices.kind == "line":
        assert facts.products is not None
        category = facts.products.select("product_id", text("category").alias("slice"))
        return (
            known.filter(~nw.col("kind").is_in(OF_NO_SLICE["category"]))
            .join(category, on="product_id", how="left")
            .with_columns(text("slice"))
        )
    return known


def kept_months(facts: Facts, *, slices: Slicing) -> Frame | None:
    """
    Take off the shelf what known customers bought by month.

    Args:
        facts: the facts.
        slices: what to slice by.

    Returns:
        the months of `shelf.tables`, or None where there is no shelf, or slices are of the line.
    """
    kept = None if slices.kind == "line" else facts.shelf.get("months")
    return None if kept is None else kept.filter(~nw.col("customer_id").is_null())


def sliced(facts: Facts, frame: Frame, *, slices: Slicing) -> Frame:
    """
    Give every row its slice.

    Args:
        facts: the facts.
        frame: a table with customer_id, and with slice where it is a property of the line.
        slices: what to slice by.

    Returns:
        the table with a column `slice`: text, or the number of the cohort's period.
    """
    if slices.kind == "whole":
        return frame.with_columns(nw.lit("").alias("slice"))
    if slices.kind == "line":
        return frame
    of_customer = _cohorts(facts, slices) if slices.kind == "cohort" else _attribute(facts, slices)
    joined = frame.join(of_customer, on="customer_id", how="left")
    return joined if slices.kind == "cohort" else joined.with_columns(text("slice"))


def counted(facts: Facts, frame: Frame, *, slices: Slicing, by: Sequence[str], key: tuple[object, ...]) -> cells.Cells:
    """
    Count the rows of a table by slice and some columns of whole numbers.

    Where several properties are put together, all their slices are read off one counting.

    Args:
        facts: the facts.
        frame: a table with customer_id, and with slice where it is a property of the line.
        slices: what to slice by.
        by: the columns; none of them may be empty.
        key: names the table among all that are counted of these facts.

    Returns:
        the cells.
    """

    def cells_of() -> cells.Cells:
        return cells.counted(told_apart(facts, frame, slices=slices), by=by)

    to = meanings(facts, slices)
    return cells_of() if to is None else cells.rolled_up(facts.remember(("cells", key, *by), cells_of), to=to)


def told_apart(facts: Facts, frame: Frame, *, slices: Slicing) -> Frame:
    """
    Give every row its slice or, where several properties are put together, the number of its sort of customers.

    Args:
        facts: the facts.
        frame: a table with customer_id, and with slice where it is a property of the line.
        slices: what to slice by.

    Returns:
        the table with a column `slice`; see `meanings`.
    """
    if facts.alike is None or meanings(facts, slices) is None:
        return sliced(facts, frame, slices=slices)
    return frame.join(facts.alike.numbers, on="customer_id", how="left")


def put_together(facts: Facts, *, by: Sequence[str]) -> Facts:
    """
    Number the customers who are alike in several properties, so that figures by all of these are counted at once.

    Args:
        facts: the facts.
        by: columns of the customers.

    Returns:
        facts that share what was worked out from the lines; the same facts where too many sorts of customers would be
        told apart, or there is only one property.
    """
    if len(by) < 2 or facts.customers is None:
        return facts
    told = facts.customers.select("customer_id", *(text(name).alias(name) for name in by))
    sorts = told.select(*by).unique()
    numbered = hold(sorts.with_columns(nw.col(by[0]).cum_count().over(order_by=list(by)).cast(nw.Int64).alias("slice")))
    meaning = arrow(numbered.sort("slice"))
    if meaning.num_rows > MOST_SORTS:
        return facts
    values = {name: tuple(meaning[name].to_pylist()) for name in by}
    numbers = hold(told.join(numbered, on=list(by), how="inner").select("customer_id", "slice"))
    return facts.with_alike(Alike(numbers, values))


def meanings(facts: Facts, slices: Slicing) -> dict[int | None, str] | None:
    """
    Say which slice each sort of customers belongs to.

    Args:
        facts: the facts.
        slices: what to slice by.

    Returns:
        number → raw slice, where customers nobody knows of are in the slice of what is unknown; None where the slice
        is none of the properties that were put together. The whole is one slice with all of them.
    """
    if facts.alike is None or slices.kind not in {"whole", "customer"}:
        return None
    if slices.kind == "whole":
        return dict.fromkeys([None, *range(1, facts.alike.sorts + 1)], "")
    values = facts.alike.values.get(slices.by)
    return None if values is None else {None: "", **dict(enumerate(values, start=1))}


def is_sale() -> nw.Expr:
    """
    Recognise the lines that make a purchase: a known customer, kind sale, something for more than nothing.

    Returns:
        the condition.
    """
    return ~nw.col("customer_id").is_null() & is_sold()


def is_sold() -> nw.Expr:
    """
    Recognise the lines that sell something for more than nothing, to known customers or guests.

    Returns:
        the condition.
    """
    return (nw.col("kind") == "sale") & (nw.col("quantity") > 0) & (nw.col("revenue_cents") > 0)


def _attribute(facts: Facts, slices: Slicing) -> Frame:
    assert facts.customers is not None
    return facts.customers.select("customer_id", text(slices.by).alias("slice"))


def _cohorts(facts: Facts, slices: Slicing) -> Frame:
    bought = facts.lines.filter(is_sale())
    first = bought.group_by("customer_id").agg(nw.col("ordered_month").min().alias("month"))
    number = whole_parts(nw.col("month"), GRAIN_MONTHS[COHORTS[slices.by]])
    return facts.keep(("cohorts", slices.by), lambda: first.select("customer_id", number.alias("slice")))
