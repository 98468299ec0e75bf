"""A database of an earlier version beside the tests' own, and what there is to see in one."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

DUMPS = Path(__file__).parent / "dumps"


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """Let everything speak to an empty database of the same kind, which is gone afterwards."""
    usual = connection.settings_dict["NAME"]
    on_postgresql = connection.vendor == "postgresql"
    other = f"{usual}_old" if on_postgresql else str(folder / "stammkunde.sqlite3")
    connection.close()
    if on_postgresql:
        _administer(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)', f'CREATE DATABASE "{other}"')
    connection.settings_dict["NAME"] = other
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        if on_postgresql:
            _administer(f'DROP DATABASE "{other}" WITH (FORCE)')


def _administer(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def load(name: str) -> None:
    """Bring a dump of `dumps` into the database, which is empty."""
    text = (DUMPS / f"{name}.{connection.vendor}.sql").read_text(encoding="utf-8")
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        connection.connection.execute(text)
    else:
        with sqlite3.connect(connection.settings_dict["NAME"]) as raw:
            raw.executescript(text)
        raw.close()
    connection.close()  # a dump sets things for its own session


Rows = dict[tuple, dict[str, object]]


def rows() -> dict[str, Rows]:
    """Every row of every table, by its key."""
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in connection.introspection.table_names(cursor)}


def _rows(cursor, table: str) -> Rows:
    found = connection.introspection.get_constraints(cursor, table).values()
    keys = next((one["columns"] for one in found if one["primary_key"]), None)
    cursor.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    every = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {tuple(one[key] for key in keys or names): one for one in every}


def schema() -> set[str]:
    """Tables with their columns and constraints, indexes, triggers, sequences: a line each, in no order."""
    queries = _OF_POSTGRESQL if connection.vendor == "postgresql" else (_OF_SQLITE,)
    found: set[str] = set()
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            for thing, said in cursor.fetchall():
                parts = _parts(said) if said.startswith("CREATE TABLE") else [said]
                found |= {f"{thing}: {' '.join(_CASTS.sub('', part).split())}" for part in parts}
    return found


def _parts(sql: str) -> list[str]:
    """Take a table's definition apart at the commas that stand in no bracket."""
    inside, depth, parts = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for sign in inside:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


# A check that was written down and read again says the same with other casts and brackets.
_CASTS = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")
_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'"
_OF_POSTGRESQL = (
    """
    SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable, column_default,
      is_identity) FROM information_schema.columns WHERE table_schema = current_schema()
    """,
    """
    SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace
    """,
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "SELECT sequencename, 'sequence' FROM pg_sequences WHERE schemaname = current_schema()",
)
