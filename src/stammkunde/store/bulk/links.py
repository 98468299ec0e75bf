"""
Connections by which Arrow goes into a database and comes out of it (ADBC).

ADBC's own cursors could do the same, but load Polars, which nothing here needs: 37 MB and a fifth of a second.
"""

from typing import Any

import pyarrow as pa

from stammkunde.store.bulk.addresses import address


class Link:
    """One connection. What was read last stays readable until it is closed."""

    def __init__(self, database: Any, *, autocommit: bool) -> None:
        from adbc_driver_manager import AdbcConnection  # noqa: PLC0415 (as the drivers below)

        self._database, self._statements = database, list[Any]()
        self._own = AdbcConnection(database)
        self._own.set_autocommit(autocommit)

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        self._statement(sql).execute_update()

    def read(self, sql: str, **options: str) -> pa.RecordBatchReader:
        """Run a statement and stream its rows."""
        statement = self._statement(sql)
        statement.set_options(**options)
        handle, _count = statement.execute_query()
        return pa.RecordBatchReader.from_stream(handle)

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows, a few."""
        return list(zip(*(column.to_pylist() for column in self.read(sql).read_all().columns), strict=True))

    def ingest(self, table: str, rows: pa.RecordBatchReader, *, mode: str, temporary: bool = False) -> None:
        """Put rows into a table: `append` them, or `create` it."""
        statement = self._statement()
        statement.set_options(
            **{"adbc.ingest.target_table": table, "adbc.ingest.mode": f"adbc.ingest.mode.{mode}"},
            **({"adbc.ingest.temporary": "true"} if temporary else {}),
        )
        statement.bind_stream(rows)
        statement.execute_update()

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        for one in (*self._statements, self._own, self._database):
            one.close()

    def _statement(self, sql: str = "") -> Any:
        from adbc_driver_manager import AdbcStatement  # noqa: PLC0415

        statement = AdbcStatement(self._own)
        self._statements.append(statement)
        if sql:
            statement.set_sql_query(sql)
        return statement


def to_file(path: str) -> Link:
    """Open a file of SQLite, by ADBC's own library: never the system of record."""
    import adbc_driver_sqlite as driver  # noqa: PLC0415 (slow to load, and needed for SQLite only)

    return Link(driver.connect(path), autocommit=True)


def to_postgres() -> Link:
    """Open a transaction of its own in Django's PostgreSQL database."""
    import adbc_driver_postgresql as driver  # noqa: PLC0415 (slow to load, and needed for PostgreSQL only)

    return Link(driver.connect(address()), autocommit=False)
