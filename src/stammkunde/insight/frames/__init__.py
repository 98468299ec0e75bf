"""
Facts as tables: one documented schema, whatever engine holds them.

A table may be a DuckDB relation, a Polars frame, a PySpark DataFrame, a pandas or PyArrow table, or the path of a
Parquet file. Tables that are already in memory are handed to an in-memory DuckDB; all others stay where they are.
"""

from stammkunde.insight.frames.engines import Frame, Table, arrow, hold, on_the_clock_of, open_table, rows
from stammkunde.insight.frames.expressions import counted, text, total, whole_parts, with_march_years, with_months
from stammkunde.insight.frames.happenings import CANCELLATION, CONVERSATION, DELIVERY, RETURN
from stammkunde.insight.frames.knowledge import Alike, Facts, facts
from stammkunde.insight.frames.schema import (
    COSTS_ALONE,
    CUSTOMERS,
    HAPPENINGS,
    LINES,
    ORDERS,
    PRODUCTS,
    SERVICE,
    SHIPPING,
)

__all__ = [
    "CANCELLATION",
    "CONVERSATION",
    "COSTS_ALONE",
    "CUSTOMERS",
    "DELIVERY",
    "HAPPENINGS",
    "LINES",
    "ORDERS",
    "PRODUCTS",
    "RETURN",
    "SERVICE",
    "SHIPPING",
    "Alike",
    "Facts",
    "Frame",
    "Table",
    "arrow",
    "counted",
    "facts",
    "hold",
    "on_the_clock_of",
    "open_table",
    "rows",
    "text",
    "total",
    "whole_parts",
    "with_march_years",
    "with_months",
]
