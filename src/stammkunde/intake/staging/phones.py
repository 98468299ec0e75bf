"""
Phone numbers as they are kept, in E.164, by the country of the row, of its customer, or else of the company.

What is not plainly one number stays as it stands, and is flagged.
"""

# ruff: noqa: S608 (our own table and column names)

import pyarrow as pa

from stammkunde.customers import phones
from stammkunde.intake.staging.engine import Engine
from stammkunde.store import facts
from stammkunde.store.facts import FactTable

AT_ONCE = 20_000
_CUSTOMERS = "customers"


def write(engine: Engine, *, columns: dict[str, str], home: str) -> None:
    """
    Let the checked tables have their numbers in E.164.

    Args:
        engine: holds them, `existing_…` of what they mean, and `refused`.
        columns: our field → the file's column.
        home: where a number is taken to be if nobody knows its country.
    """
    for name in engine.names:
        table = facts.table(name)
        given = [one for one in table.phones if engine.has(name, one)]
        if given:
            _read(engine, table, given, home=home)
            _flag(engine, table, given, columns=columns)
            kept = ", ".join(f"coalesce({one}_p.kept, c.{one}) AS {one}" for one in given)
            engine.view(name, f"SELECT c.* EXCLUDE (dialled_in) REPLACE ({kept}) FROM {_joined(engine, table, given)}")


def _read(engine: Engine, table: FactTable, given: list[str], *, home: str) -> None:
    """Make `phones_…`: each number as it is written and kept, once for each country."""
    engine.run(f"CREATE TABLE phones_{table.name} (written VARCHAR, dialled_in VARCHAR, kept VARCHAR)")
    rows = _rows(engine, table)
    given_in = (f"SELECT c.{one}, c.dialled_in FROM ({rows}) c WHERE c.{one} <> ''" for one in given)
    texts = f"SELECT DISTINCT * FROM ({' UNION ALL '.join(given_in)})"
    with engine.duck.cursor() as found, engine.duck.cursor() as into:
        found.execute(texts)
        while some := found.fetchmany(AT_ONCE):
            read = {
                "written": [written for written, _country in some],
                "dialled_in": [country for _written, country in some],
                "kept": [phones.kept(written, country=country, home=home) or None for written, country in some],
            }
            into.register("read", pa.table(read, schema=pa.schema(dict.fromkeys(read, pa.string()))))
            into.execute(f"INSERT INTO phones_{table.name} SELECT * FROM read")


def _flag(engine: Engine, table: FactTable, given: list[str], *, columns: dict[str, str]) -> None:
    is_beside = table.name != _CUSTOMERS and _CUSTOMERS in engine.names  # people named in a list of customers
    for one in given:
        engine.run(
            f"INSERT INTO refused SELECT c.row, ?, c.{one}, 'phone_unclear', '{{}}', 'flagged' "
            f"FROM {_joined(engine, table, [one])} WHERE {one}_p.written IS NOT NULL AND {one}_p.kept IS NULL",
            columns.get(f"contact_{one}" if is_beside else one, ""),
        )


def _joined(engine: Engine, table: FactTable, given: list[str]) -> str:
    joins = (
        f" LEFT JOIN phones_{table.name} {one}_p ON {one}_p.written = c.{one} AND {one}_p.dialled_in = c.dialled_in"
        for one in given
    )
    return f"({_rows(engine, table)}) c{''.join(joins)}"


def _rows(engine: Engine, table: FactTable) -> str:
    """Give the query for a checked table with the country, as people write it, in which its numbers are dialled."""
    by = next((one.source for one in table.references if one.table == _CUSTOMERS), "source")
    countries = ["e.country"]
    beside = f" LEFT JOIN existing_{_CUSTOMERS} e ON e.source = c.{by}"
    if engine.has(_CUSTOMERS, "country"):
        own = "c" if table.name == _CUSTOMERS else "k"
        countries.insert(0, f"nullif({own}.country, '')")
        beside += f" LEFT JOIN checked_{_CUSTOMERS} k ON k.source = c.{by}" * (own == "k")
    return f"SELECT c.*, coalesce({', '.join(countries)}, '') AS dialled_in FROM ({engine.query(table.name)}) c{beside}"
