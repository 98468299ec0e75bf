"""The engine that compares: DuckDB in memory, spilling into the import's folder."""

from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from stammkunde.store import facts
from stammkunde.store.facts import FactTable

TYPES = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "real": "DOUBLE",
    "flag": "BOOLEAN",
    "day": "DATE",
    "moment": "TIMESTAMP",
    "json": "VARCHAR",
}
# The engine shares the machine with the web server: a part of what the setting allows is its own.
SHARE_OF_MEMORY = 0.7


class Engine:
    """A connection with the checked tables as views `checked_…`; empty ones where the file says nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.duck = duckdb.connect()
        self.duck.execute(f"SET memory_limit = '{int(settings.ENGINE_MEMORY_MB * SHARE_OF_MEMORY)}MB'")
        self.duck.execute(f"SET temp_directory = {text(folder / 'spill')}")
        self.duck.execute("SET TimeZone = 'UTC'")
        self.names = [name for name in facts.tables() if self.checked(name).exists()]
        self._queries = {table.name: self._source(table) for table in facts.tables().values()}
        for table in facts.tables().values():
            self.duck.execute(f"CREATE VIEW checked_{table.name} AS {self._queries[table.name]}")
            self.duck.execute(f"CREATE TABLE existing_{table.name} ({_typed(table)})")
        self._columns = {name: self._describe(name) for name in facts.tables()}

    def checked(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def has(self, name: str, column: str) -> bool:
        """Tell whether the checked table has the column."""
        return column in self._columns[name]

    def columns(self, name: str) -> list[str]:
        return self._columns[name]

    def run(self, sql: str, *given: Any) -> list[tuple[Any, ...]]:
        return self.duck.execute(sql, list(given) or None).fetchall()

    def view(self, name: str, sql: str) -> None:
        """Let a checked table be something else from here on."""
        self.duck.execute(f"CREATE OR REPLACE VIEW checked_{name} AS {sql}")
        self._queries[name] = sql
        self._columns[name] = self._describe(name)

    def query(self, name: str) -> str:
        """Give the query that a checked table is."""
        return self._queries[name]

    def rows(self, sql: str) -> duckdb.DuckDBPyRelation:
        return self.duck.sql(sql)

    def write(self, sql: str, target: Path) -> None:
        """Write a query's rows to a Parquet file, in small groups that can be read one by one."""
        self.duck.execute(f"COPY ({sql}) TO {text(target)} (FORMAT parquet, ROW_GROUP_SIZE 40000)")

    def close(self) -> None:
        self.duck.close()

    def _describe(self, name: str) -> list[str]:
        return [one[0] for one in self.run(f"DESCRIBE checked_{name}")]

    def _source(self, table: FactTable) -> str:
        if table.name in self.names:
            return f"SELECT * FROM read_parquet({text(self.checked(table.name))})"  # noqa: S608
        keys = [*(one.source for one in table.references), *(one for one in table.match if not one.endswith("_id"))]
        return f"SELECT NULL::BIGINT AS row{''.join(f', NULL::VARCHAR AS {one}' for one in keys)} LIMIT 0"


def text(value: object) -> str:
    """Write a value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def _typed(table: FactTable) -> str:
    return ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in {"id": "whole", **table.kinds}.items())
