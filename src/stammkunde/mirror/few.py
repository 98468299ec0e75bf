"""
The mirror's rows of a few customers, straight from the database: the same columns, by the tables' own declarations.

They are as new as the transaction that reads them, where the mirror is as new as the last refresh. What holds on a
row's day (`Mirrored.held`) is left empty where the row says nothing.
"""

# ruff: noqa: S608 (our own table and column names, and whole numbers)

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager

import duckdb
import pyarrow as pa
from django.db import connection

from stammkunde.mirror import manifest as manifests
from stammkunde.mirror import parquet
from stammkunde.store import bulk, facts
from stammkunde.store.facts import FactTable

CUSTOMERS = "customers"


@contextmanager
def opened(customer_ids: Collection[int], names: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an engine of its own with these tables in it, each by its name, as long as the block runs."""
    wanted = [table for table, _what in facts.mirrored() if table.name in _with_parents(names)]
    with closing(duckdb.connect(":memory:", config={"threads": 1})) as home:
        for table in wanted:
            _take(home, table, customer_ids)
        yield home


def _with_parents(names: Iterable[str]) -> set[str]:
    return {name for one in names for name in (one, facts.parent(facts.table(one)).name)}


def _take(home: duckdb.DuckDBPyConnection, table: FactTable, customer_ids: Collection[int]) -> None:
    read = parquet.select_some(table, _about(table, customer_ids), day=_day)
    with connection.cursor() as cursor:
        cursor.execute(read)
        names, rows = [column[0] for column in cursor.description], cursor.fetchall()
    home.register("taken", _arrow(names, rows))
    above = facts.parent(table).name if table.within else ""
    home.execute(f"CREATE TABLE {table.name} AS {parquet.typed(table, 'taken', above=above, entries=_entries(table))}")
    home.unregister("taken")


def _day(column: str) -> str:
    return bulk.day_of(column, vendor=connection.vendor)


def _arrow(names: list[str], rows: list[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({name: pa.array(list(values)) for name, values in zip(names, columns, strict=True)})


def _entries(table: FactTable) -> list[str]:
    """Name the entries of a JSON column that the mirror has as columns."""
    held = manifests.read()
    share = held.whole.get(table.name) if held and table.mirrored and table.mirrored.spread else None
    columns = share.columns if share else []
    return [one.removeprefix(parquet.ATTRIBUTE) for one in columns if one.startswith(parquet.ATTRIBUTE)]


def _about(table: FactTable, customer_ids: Collection[int]) -> str:
    """Say in SQL which rows `t` are about these customers, or are named by such rows."""
    ids = ", ".join(map(str, map(int, customer_ids))) or "NULL"
    if table.name == CUSTOMERS:
        return f"t.id IN ({ids})"
    if table.to_customer:
        return f"t.{_leading(table, ids)}"
    named = [
        f"t.id IN (SELECT r.{reference.column} FROM {other.db_table} r WHERE r.{_leading(other, ids)})"
        for other in facts.tables().values()
        for reference in other.references
        if reference.table == table.name and other.to_customer
    ]
    return f"({' OR '.join(named)})" if named else "1 = 1"


def _leading(table: FactTable, ids: str) -> str:
    """Say in SQL, behind the row's name, that a row is about these customers."""
    if table.to_customer == "customer_id":
        return f"customer_id IN ({ids})"
    above = facts.parent(table)
    return f"{table.within} IN (SELECT a.id FROM {above.db_table} a WHERE a.{_leading(above, ids)})"
