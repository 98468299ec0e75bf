"""How a batch gets into each database."""

import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa
from django.db import connection

from stammkunde.intake.publish import images
from stammkunde.intake.publish.batch import MONTHS, Batch
from stammkunde.intake.publish.exchange import Exchange
from stammkunde.intake.staging.difference import Difference, Part
from stammkunde.store.bulk import copies

# While rows are written: room for the indexes' pages, and fewer of them copied from the log between two batches.
_PRAGMAS = {"main.cache_size": -256_000, "wal_autocheckpoint": 16_000}


class Writer(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def begin(self, part: Part, what: str, *, after: int) -> None:
        """Make ready for a part's rows from number `after` + 1 on."""

    def room(self, at: int) -> int:
        """Say how many rows after number `at` may be written at once; outside of any transaction."""

    def end(self) -> None:
        """Leave the part; outside of any transaction."""

    def columns(self, part: Part, what: str) -> list[str]:
        """Name the columns of the batch that this writer needs in memory."""

    def prepare(self, batch: Batch) -> None:
        """Do what can be done before the transaction begins."""

    def write(self, batch: Batch) -> None:
        """Write the batch; inside the caller's transaction."""


def writer(difference: Difference, *, import_id: int, now: datetime) -> Writer:
    kind = PostgresqlWriter if connection.vendor == "postgresql" else SqliteWriter
    return kind(difference, import_id=import_id, now=now)


class _Base:
    def __init__(self, difference: Difference, *, import_id: int, now: datetime) -> None:
        self.difference, self.import_id, self.now = difference, import_id, now.astimezone(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, part: Part, what: str, *, after: int) -> None:  # noqa: ARG002 (the other writer needs to know)
        return None

    def room(self, at: int) -> int:  # noqa: ARG002 (the other writer needs to know)
        return sys.maxsize

    def end(self) -> None:
        return None

    def constants(self, part: Part) -> dict[str, Any]:
        """Give what new rows get beside what the file says."""
        spec = part.spec
        given = {"imported_by": self.import_id, **dict.fromkeys(spec.dated, self.now)}
        return {one: spec.default(one) for one in spec.kinds if one not in part.provided} | given

    def changes(self, part: Part) -> list[str]:
        """Name the columns that a changed row gets from the file."""
        return [one for one in part.provided if one not in part.spec.match]

    def assignments(self, part: Part) -> tuple[str, list[Any]]:
        sets = [f'"{one}" = s."{one}"' for one in self.changes(part)] + ['"imported_by" = %s']
        values: list[Any] = [self.import_id]
        if "updated_at" in part.spec.dated:
            sets.append('"updated_at" = %s')
            values.append(self.now)
        return ", ".join(sets), values


class SqliteWriter(_Base):
    """
    New and changed rows travel in exchange files, written by ADBC and attached by Django's connection.
    """

    def __enter__(self) -> Self:
        self._exchange: Exchange | None = None
        images.install(connection)
        with connection.cursor() as cursor:
            self._before = {one: _pragma(cursor, one, value) for one, value in _PRAGMAS.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        with connection.cursor() as cursor:
            for one, before in self._before.items():
                _pragma(cursor, one, before)

    def begin(self, part: Part, what: str, *, after: int) -> None:
        self._exchange = Exchange(self.difference, part, what, after=after)

    def room(self, at: int) -> int:
        assert self._exchange is not None  # begun
        if at == self._exchange.upto:
            self._exchange.advance()
        return self._exchange.upto - at

    def end(self) -> None:
        if self._exchange is not None:
            self._exchange.close()
        self._exchange = None

    def columns(self, part: Part, what: str) -> list[str]:  # noqa: ARG002 (the other writer needs to know)
        return list(MONTHS)

    def prepare(self, batch: Batch) -> None:
        """Nothing: the rows are in the exchange file."""

    def write(self, batch: Batch) -> None:
        source = "exchange.rows s"
        some = "s.n > %s AND s.n <= %s"
        with connection.cursor() as cursor:
            if batch.what == "created":
                self._insert(cursor, batch, source, some)
            else:
                self._change(cursor, batch, source, some)

    def _insert(self, cursor: Any, batch: Batch, source: str, some: str) -> None:
        constants = self.constants(batch.part)
        columns = ", ".join(f'"{one}"' for one in ["id", *batch.part.provided, *constants])
        values = ", ".join(["%s + s.n", *(f's."{one}"' for one in batch.part.provided), *("%s" for _ in constants)])
        cursor.execute(
            f'INSERT INTO "{batch.part.spec.db_table}" ({columns}) SELECT {values} FROM {source} WHERE {some}',  # noqa: S608
            [batch.part.first_id, *map(_plain, constants.values()), batch.after, batch.upto],
        )

    def _change(self, cursor: Any, batch: Batch, source: str, some: str) -> None:
        table = batch.part.spec.db_table
        images.take(
            cursor, batch.part.spec, import_id=self.import_id, source=source, some=some, given=[batch.after, batch.upto]
        )
        sets, values = self.assignments(batch.part)
        cursor.execute(
            f'UPDATE "{table}" SET {sets} FROM {source} WHERE s.id = "{table}".id AND {some}',  # noqa: S608
            [*map(_plain, values), batch.after, batch.upto],
        )


def _pragma(cursor: Any, name: str, value: int) -> int:
    """Set a pragma of this connection, and tell what it was."""
    cursor.execute(f"PRAGMA {name}")
    before = int(cursor.fetchone()[0])
    cursor.execute(f"PRAGMA {name} = {value}")
    return before


def _plain(value: Any) -> Any:
    """Write a moment as Django writes it to SQLite."""
    return value.replace(tzinfo=None).isoformat(sep=" ") if isinstance(value, datetime) else value


class PostgresqlWriter(_Base):
    """New rows are copied straight into their table, changed ones into a temporary one; nothing is left behind."""

    def columns(self, part: Part, what: str) -> list[str]:
        own = part.provided if what == "created" else ["id", *self.changes(part)]
        return [*dict.fromkeys([*own, *MONTHS])]

    def prepare(self, batch: Batch) -> None:
        rows = batch.rows.drop_columns(list(MONTHS))
        if batch.what == "created":
            rows = self._completed(batch, rows)
        self._columns, self._data = rows.column_names, copies.encoded(rows)

    def write(self, batch: Batch) -> None:
        with connection.cursor() as cursor:
            if batch.what == "created":
                copies.copy_encoded(cursor, table=batch.part.spec.db_table, columns=self._columns, data=self._data)
            else:
                self._change(cursor, batch)

    def _completed(self, batch: Batch, rows: pa.Table) -> pa.Table:
        first = batch.part.first_id + batch.after + 1
        rows = rows.append_column("id", pa.array(range(first, first + len(rows)), pa.int64()))
        for column, given in self.constants(batch.part).items():
            value = given.isoformat() if isinstance(given, datetime) else given
            values = pa.nulls(len(rows)) if value is None else pa.repeat(pa.scalar(value), len(rows))
            rows = rows.append_column(column, values)
        return rows

    def _change(self, cursor: Any, batch: Batch) -> None:
        table, columns = batch.part.spec.db_table, ", ".join(f'"{one}"' for one in self._columns)
        cursor.execute(
            f'CREATE TEMPORARY TABLE import_batch ON COMMIT DROP AS SELECT {columns} FROM "{table}" WITH NO DATA'  # noqa: S608
        )
        copies.copy_encoded(cursor, table="import_batch", columns=self._columns, data=self._data)
        cursor.execute("ANALYZE import_batch")
        images.take(cursor, batch.part.spec, import_id=self.import_id, source="import_batch s", some="true", given=[])
        sets, values = self.assignments(batch.part)
        cursor.execute(f'UPDATE "{table}" SET {sets} FROM import_batch s WHERE s.id = "{table}".id', values)  # noqa: S608
