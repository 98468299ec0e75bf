"""Arrow into PostgreSQL through Django's own connection, so that it belongs to Django's transaction."""

from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

# A missing value is written as nothing, an empty text as "": this is how PostgreSQL tells them apart.
_AS_POSTGRESQL_READS = pacsv.WriteOptions(include_header=False, quoting_style="needed")


def encoded(rows: "pa.Table | pa.RecordBatch") -> pa.Buffer:
    """Write rows as PostgreSQL reads them quickest from Arrow, which can be done before a transaction begins."""
    sink = pa.BufferOutputStream()
    pacsv.write_csv(rows, sink, _AS_POSTGRESQL_READS)
    return sink.getvalue()


def copy_encoded(cursor: Any, *, table: str, columns: list[str], data: pa.Buffer) -> None:
    """Copy encoded rows into a table; inside the caller's transaction, if there is one."""
    with _copying(cursor, table, columns) as copy:
        copy.write(memoryview(data))


def copy(cursor: Any, *, table: str, rows: pa.RecordBatchReader) -> None:
    """Copy rows into a table, some at a time in memory; inside the caller's transaction, if there is one."""
    with _copying(cursor, table, rows.schema.names) as copy:
        for batch in rows:
            copy.write(memoryview(encoded(batch)))


def _copying(cursor: Any, table: str, columns: list[str]) -> Any:
    listed = ", ".join(f'"{one}"' for one in columns)
    return cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN (FORMAT csv)')
