"""The documented schema of every table, and the check that a table keeps to it."""

from collections.abc import Mapping
from typing import Any

import duckdb
import narwhals as nw

from stammkunde.insight.errors import ColumnMissing, UnlikeEngines, WrongType
from stammkunde.insight.frames.engines import Frame, Table, open_table

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
SHIPPING, SERVICE = "shipping", "service"
COSTS_ALONE = (SHIPPING, SERVICE)  # kinds of lines that tell what something cost: no goods, no order, no revenue
CUSTOMERS: dict[str, str] = {"customer_id": "integer"}
PRODUCTS: dict[str, str] = {"product_id": "integer", "number": "text", "name": "text", "category": "text"}
ORDERS: dict[str, str] = {"customer_id": "integer", "promised_on": "day", "delivered_on": "day"}
HAPPENINGS: dict[str, str] = {"customer_id": "integer", "known_on": "day", "kind": "text", "number": "number"}

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


def checked(table: Table, name: str, schema: Mapping[str, str], home: duckdb.DuckDBPyConnection) -> Frame:
    """
    Open a table and hold it against its schema.

    Args:
        table: whatever `open_table` opens.
        name: what the table is called where it is refused.
        schema: column → kind of value.
        home: where files are opened, and tables go that no engine holds yet.

    Returns:
        the lazy table, its columns in the types that everything else counts on; further columns stay.

    Raises:
        ColumnMissing: the table lacks a column.
        WrongType: a column holds another kind of value.
    """
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


def same_engine(tables: Mapping[str, Frame]) -> None:
    """
    Refuse tables that no single engine can join.

    Args:
        tables: name → lazy table.

    Returns:
        nothing.

    Raises:
        UnlikeEngines: the tables live in different engines.
    """
    engines = {name: str(table.implementation) for name, table in tables.items()}
    if len(set(engines.values())) > 1:
        found = ", ".join(f"{name} in {engine}" for name, engine in engines.items())
        raise UnlikeEngines(f"Tables live in different engines: {found}. Give all of them to the same engine.")
