"""Indexes that cost every written row and answer nothing that another one does not; for migrations."""

from typing import Any


def drop_covered(table: str, column: str) -> Any:
    """Drop the plain index of a column with which another index begins; nothing to drop is fine."""

    def forwards(_apps: Any, schema_editor: Any) -> None:
        _drop(schema_editor, table, column, lambda name, one: not one["unique"] and not name.endswith("_like"))

    return forwards


def drop_like(table: str, column: str) -> Any:
    """Drop PostgreSQL's second index of a unique text, for `LIKE`, where nobody looks for beginnings."""

    def forwards(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            _drop(schema_editor, table, column, lambda name, _one: name.endswith("_like"))

    return forwards


def _drop(schema_editor: Any, table: str, column: str, is_meant: Any) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    for name, one in found.items():
        if one["index"] and one["columns"] == [column] and not one["primary_key"] and is_meant(name, one):
            schema_editor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")
