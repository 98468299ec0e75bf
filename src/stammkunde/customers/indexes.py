"""Indexes that cost every written row and answer nothing that another one does not; for migrations."""

from collections.abc import Callable
from typing import Any


def without_like(table: str, column: str) -> Callable[[Any, Any], None]:
    """
    Do without PostgreSQL's second index of a unique text, for `LIKE`, where nobody looks for beginnings.

    It belongs into the migration that makes the table: Django keeps indexes for the end of it.
    """

    def forwards(_apps: Any, schema_editor: Any) -> None:
        schema_editor.deferred_sql = [
            one
            for one in schema_editor.deferred_sql
            if not (one.references_column(table, column) and "_pattern_ops" in str(one))
        ]

    return forwards
