"""
Facts as tables: one documented schema, whatever engine holds them.

A table may be a DuckDB relation, a Polars frame, a PySpark DataFrame, a pandas or PyArrow table, or the path of a
Parquet file. Tables that are already in memory are handed to an in-memory DuckDB; all others stay where they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

from stammkunde.insight.errors import ColumnMissing, UnlikeEngines, WrongType
from stammkunde.insight.periods import day_number

Frame = nw.LazyFrame[Any]
Table = Any  # whatever Narwhals accepts, or a path of a Parquet file

LINES: dict[str, str] = {
    "order_id": "integer",
    "customer_id": "integer",
    "product_id": "integer",
    "ordered_on": "day",
    "ordered_month": "month",
    "channel": "text",
    "kind": "text",
    "quantity": "number",
    "revenue_cents": "integer",
    "cost_cents": "integer",
}
CUSTOMERS: dict[str, str] = {"customer_id": "integer"}
PRODUCTS: dict[str, str] = {"product_id": "integer", "number": "text", "name": "text", "category": "text"}

_CURES = {
    "integer": "whole numbers",
    "day": "whole days since 1970-01-01 (a DATE column: subtract 1970-01-01 first)",
    "month": "whole months since January 1970 (2011-09 is 500)",
    "number": "numbers",
    "text": "text",
}
_DTYPES: dict[str, Any] = {
    "integer": nw.Int64,
    "day": nw.Int32,
    "month": nw.Int32,
    "number": nw.Float64,
    "text": nw.String,
}


@dataclass(frozen=True, eq=False)
class Facts:
    """
    Tables that answer questions, and what was already worked out from them.

    Interim tables are held in the engine and shared by all questions to the same `Facts`.
    """

    lines: Frame
    customers: Frame | None = None
    products: Frame | None = None
    last: int | None = None  # the last day that was kept, where later lines were left out
    _held: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def keep(self, key: tuple[object, ...], build: Callable[[], Frame]) -> Frame:
        """
        Work out an interim table once and hold it where the engine keeps its data.

        Args:
            key: names the table among all interim tables of these facts.
            build: describes the table.

        Returns:
            the held table.
        """
        if key not in self._held:
            self._held[key] = hold(build())
        frame: Frame = self._held[key]
        return frame

    def until(self, on: date | int) -> "Facts":
        """
        Look at the facts as they were known on the evening of a day.

        Args:
            on: the day, or its number since 1970-01-01.

        Returns:
            facts without later lines; asked twice, the same object.
        """
        last = on if isinstance(on, int) else day_number(on)
        if self.last is not None and self.last <= last:
            return self
        key = ("until", last)
        if key not in self._held:
            lines = self.lines.filter(nw.col("ordered_on") <= last)
            self._held[key] = Facts(lines, self.customers, self.products, last)
        facts: Facts = self._held[key]
        return facts

    def with_customers(self, customers: Frame) -> "Facts":
        """
        Put another table in the place of the customers.

        Args:
            customers: customer_id and what to slice by.

        Returns:
            facts that share what was worked out from the lines, where customers only matter for slicing.
        """
        held = {key: table for key, table in self._held.items() if not isinstance(table, Facts)}
        return Facts(self.lines, customers, self.products, self.last, held)

    def release(self) -> None:
        """Let go of all interim tables; the next question works them out anew."""
        for held in self._held.values():
            if isinstance(held, Facts):
                held.release()
            elif held.implementation.is_spark_like():
                held.to_native().unpersist()
        self._held.clear()

    def days(self) -> tuple[int, int] | None:
        """
        Find the first and the last day of the facts.

        Returns:
            both days since 1970-01-01, or None without any line.
        """
        day = nw.col("ordered_on")
        ends = self.lines.select(day.min().alias("first"), day.max().alias("last"))
        row = rows(self.keep(("ends",), lambda: ends))[0]
        return None if row["first"] is None else (int(row["first"]), int(row["last"]))

    def attributes(self) -> list[str]:
        """
        Name what the customers can be sliced by.

        Returns:
            the columns of the customers table, without the key.
        """
        return [] if self.customers is None else [c for c in _columns(self.customers) if c != "customer_id"]


def facts(lines: Table, *, customers: Table | None = None, products: Table | None = None) -> Facts:
    """
    Check tables against the schema and make them ready for questions.

    Args:
        lines: order lines, one row each: order_id, customer_id (empty: guest), product_id, ordered_on (days since
            1970-01-01), ordered_month (months since January 1970), channel, kind (sale, return, cancellation,
            adjustment), quantity, revenue_cents, cost_cents (empty: unknown).
        customers: one row a customer: customer_id and any text columns to slice by.
        products: one row a product: product_id, number, name, category.

    Returns:
        the facts; nothing has been counted yet.

    Raises:
        ColumnMissing: a table lacks a column.
        WrongType: a column holds another kind of value.
        UnlikeEngines: the tables live in different engines.
    """
    home = duckdb.connect()
    given = {
        "lines": _checked(lines, "lines", LINES, home),
        "customers": None if customers is None else _checked(customers, "customers", CUSTOMERS, home),
        "products": None if products is None else _checked(products, "products", PRODUCTS, home),
    }
    _same_engine({name: table for name, table in given.items() if table is not None})
    assert given["lines"] is not None
    return Facts(given["lines"], given["customers"], given["products"])


def hold(frame: Frame) -> Frame:
    """
    Work out a table once and keep the rows where the engine keeps its data.

    Args:
        frame: a lazy table.

    Returns:
        the same table, worked out (Spark: marked to be persisted at its first use).
    """
    native = frame.to_native()
    if frame.implementation.is_duckdb():
        return _lazy(native.materialize())
    if frame.implementation.is_polars():
        return frame.collect().lazy()
    if frame.implementation.is_spark_like():
        return _lazy(native.persist())
    return frame


def rows(frame: Frame) -> list[dict[str, Any]]:
    """
    Fetch a small table as dictionaries.

    Args:
        frame: a lazy table, small by construction.

    Returns:
        one dictionary a row, in no promised order.
    """
    fetched: list[dict[str, Any]] = arrow(frame).to_pylist()
    return fetched


def arrow(frame: Frame) -> pa.Table:
    """
    Fetch a table as Arrow, the one form in which every engine hands out its rows.

    Args:
        frame: a lazy table.

    Returns:
        a PyArrow table.
    """
    table: pa.Table = frame.collect(backend="pyarrow").to_native()
    return table


def open_table(table: Table, home: duckdb.DuckDBPyConnection) -> Frame:
    """
    Read a table lazily, whatever it is.

    Args:
        table: a path of a Parquet file, or anything that Narwhals accepts.
        home: where files are opened, and tables go that no engine holds yet.

    Returns:
        the lazy table.
    """
    if isinstance(table, str | Path):
        return _lazy(home.read_parquet(str(table)))
    frame: Any = nw.from_native(table)
    if isinstance(frame, nw.LazyFrame) or frame.implementation.is_polars():
        return _lazy(frame.to_native())
    return _lazy(home.from_arrow(frame.to_arrow()))


def total(column: str | nw.Expr, *, name: str = "") -> nw.Expr:
    """
    Sum whole numbers to a 64-bit number; engines differ in the type they would choose.

    Args:
        column: a column or an expression of whole numbers.
        name: what to call the sum; the column's own name where empty.

    Returns:
        the expression; nothing at all sums up to 0.
    """
    expression = nw.col(column) if isinstance(column, str) else column
    summed = expression.cast(nw.Int64).sum().cast(nw.Int64)
    return summed.alias(name) if name else summed


def counted(condition: nw.Expr, *, name: str) -> nw.Expr:
    """
    Count the rows for which a condition holds.

    Args:
        condition: an expression that is true, false or unknown.
        name: what to call the count.

    Returns:
        the expression; unknown counts as false.
    """
    return nw.when(condition).then(nw.lit(1)).count().cast(nw.Int64).alias(name)


def with_months(frame: Frame, **day_of: str) -> Frame:
    """
    Add the months of days in whole numbers, which every engine does alike.

    One step a projection: an engine that guards a division writes its operands twice, and nested ones double each time.

    Args:
        frame: a lazy table.
        day_of: name of the new column → column with days since 1970-01-01.

    Returns:
        the table with months since January 1970.

    Source: Hinnant (2013), chrono-Compatible Low-Level Date Algorithms, civil_from_days.
    """
    era = {name: f"{name} era" for name in day_of}
    year = {name: f"{name} year" for name in day_of}
    kept = [*frame.collect_schema().names(), *day_of]
    col = nw.col
    shifted = [(col(day) + 719468).cast(nw.Int32).alias(name) for name, day in day_of.items()]  # since 0000-03-01
    eras = [(col(name) // 146097).alias(era[name]) for name in day_of]
    of_era = [(col(name) - col(era[name]) * 146097).alias(name) for name in day_of]
    years = [((col(n) - col(n) // 1460 + col(n) // 36524 - col(n) // 146096) // 365).alias(year[n]) for n in day_of]
    of_year = [(col(n) - (col(year[n]) * 365 + col(year[n]) // 4 - col(year[n]) // 100)).alias(n) for n in day_of]
    months = [
        ((col(era[n]) * 400 + col(year[n])) * 12 + (col(n) * 5 + 2) // 153 + 2 - 1970 * 12).cast(nw.Int32).alias(n)
        for n in day_of
    ]
    for step in (shifted, eras, of_era, years, of_year, months):
        frame = frame.with_columns(*step)
    return frame.select(*kept)


def text(column: str) -> nw.Expr:
    """
    Read a column as text that is never unknown.

    Args:
        column: any column.

    Returns:
        the expression; unknown reads as the empty text.
    """
    return nw.col(column).cast(nw.String).fill_null("")


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _checked(table: Table, name: str, schema: dict[str, str], home: duckdb.DuckDBPyConnection) -> Frame:
    frame = open_table(table, home)
    found = dict(frame.collect_schema())
    missing = [column for column in schema if column not in found]
    if missing:
        raise ColumnMissing(
            f"Table '{name}' has no column '{missing[0]}'. It needs {', '.join(schema)}; found {', '.join(found)}. "
            "Rename your columns, or let stammkunde.insight.purchases name them for you."
        )
    for column, kind in schema.items():
        _check_type(name, column, kind, found[column])
    return frame.with_columns(nw.col(column).cast(_DTYPES[kind]) for column, kind in schema.items())


def _check_type(table: str, column: str, kind: str, found: Any) -> None:
    texts = (nw.String, nw.Categorical, nw.Enum)
    fits = {"text": found in texts, "number": found.is_numeric()}.get(kind, found.is_integer())
    if not fits and found != nw.Unknown:  # a column without a single value has no type of its own
        raise WrongType(f"Column '{column}' of table '{table}' holds {found}. Give {_CURES[kind]}.")


def _same_engine(tables: dict[str, Frame]) -> None:
    engines = {name: str(table.implementation) for name, table in tables.items()}
    if len(set(engines.values())) > 1:
        found = ", ".join(f"{name} in {engine}" for name, engine in engines.items())
        raise UnlikeEngines(f"Tables live in different engines: {found}. Give all of them to the same engine.")


def _columns(frame: Frame) -> Iterable[str]:
    return frame.collect_schema().names()
