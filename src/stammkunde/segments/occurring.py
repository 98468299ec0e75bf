"""The values that occur in a column of text, as the mirror has them, so that nobody must guess how they are written."""

# ruff: noqa: S608 (our own table and column names)

import hashlib

from stammkunde import mirror
from stammkunde.mirror import NoMirror
from stammkunde.mirror.engine import connection
from stammkunde.segments import vocabulary, worlds
from stammkunde.store import facts, kept

MOST = 300
KEEP_SECONDS = 86400


def values(table: str, column: str) -> list[str]:
    """List the values of a column, of the customer where no table is named, the first by letter."""
    held = mirror.read()
    if held is None:
        return []
    tables = mirror.tables(held)
    name = table or vocabulary.CUSTOMERS
    stamp = hashlib.sha256(repr((tables.stamp(name), name, column)).encode()).hexdigest()[:24]
    found: list[str] = kept.or_made(f"occurring:{stamp}", lambda: _values(tables, table, column), seconds=KEEP_SECONDS)
    return found


def _values(tables: mirror.Tables, table: str, column: str) -> list[str]:
    rows = worlds.select(facts.table(table), tables.source) if table else f"{tables.source(vocabulary.CUSTOMERS)} t"
    read = f'"{column}"' if table else _read(column)
    if not read:
        return []
    text = f"SELECT DISTINCT {read} AS said FROM {rows} WHERE {read} <> '' ORDER BY 1 LIMIT {MOST}"
    try:
        return [said for (said,) in connection().sql(text).fetchall()]
    except NoMirror:
        return []


def _read(field: str) -> str:
    """Say in the engine's SQL how a field of the customer's own is read; empty for others."""
    own = (word for word in vocabulary.fields() if word.name == field and word.family == vocabulary.CUSTOMER)
    word = next(own, None)
    return (word.asked.read or f't."{word.asked.name}"') if word else ""
