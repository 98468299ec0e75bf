"""How columns travel as Arrow: alike out of both databases. Columns are given as name → kind, see `FactTable.kinds`."""

from collections.abc import Mapping

import pyarrow as pa
from django.db import connection

_ARROW = {
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "text": pa.string(),
    "json": pa.string(),
    "day": pa.string(),
    "moment": pa.string(),
}
_TEXTS_ON_SQLITE = {"day", "moment", "json", "text"}
_TEXTS_ON_POSTGRESQL = {"day", "json", "text"}


def schema(columns: Mapping[str, str]) -> pa.Schema:
    """Say how rows of such columns (name → kind) travel: days and moments as text, which both databases write alike."""
    return pa.schema([pa.field(name, _ARROW[kind]) for name, kind in columns.items()])


def selected(columns: Mapping[str, str], *, of: str) -> str:
    """Say in SQL how to select such columns of a table's alias."""
    return ", ".join(_selected(f'{of}."{name}"', kind) for name, kind in columns.items())


def _selected(column: str, kind: str) -> str:
    if connection.vendor != "postgresql":
        return f"CAST({column} AS text)" if kind in _TEXTS_ON_SQLITE else column
    if kind == "moment":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return f"{column}::text" if kind in _TEXTS_ON_POSTGRESQL else column
