"""The whole file as one Parquet file of text columns, each row with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from stammkunde.intake.formats import engine, excel, nested, packed, parquet, separated
from stammkunde.intake.formats.dialect import Dialect, FileNotUsable, Remark
from stammkunde.intake.formats.separated import Progress, Record
from stammkunde.intake.formats.sniff import sniff

_CHUNK_ROWS = 20_000
_CHUNK_CHARACTERS = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """
    A file that can be read by the engine.

    `table` is what stands after FROM: the columns `row` (line in the file), `bad` (a code where the row cannot be read,
    with its `bad_detail`), and `c0, c1, …`, text in the order of `dialect.header`. Where the file itself holds numbers
    that are exact, their places are in `numbers`, and they are `n…` as they are.
    """

    path: Path  # of the file itself
    table: str
    dialect: Dialect
    rows: int
    numbers: frozenset[int] = frozenset()
    remarks: tuple[Remark, ...] = ()  # what is to be told of the file


def open_source(
    path: Path | str,
    *,
    work_dir: Path,
    options: dict[str, Any] | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
    dialect: Dialect | None = None,
) -> Source:
    """
    Read a file in a stream into `work_dir/raw.parquet`, a Parquet file where it lies; `limit` stops after so many rows.

    Whoever has found out how the file is written gives its `dialect`.

    :raises FileNotUsable: if there is nothing in it that can be imported
    """
    path, target = Path(path), work_dir / "raw.parquet"
    work_dir.mkdir(parents=True, exist_ok=True)
    dialect = dialect or sniff(path, options=options, whole=limit is None)
    if dialect.format == "parquet" and dialect.part:
        raise FileNotUsable("archive")
    if dialect.format == "parquet":
        found = parquet.in_place(path, limit=limit)
        source = Source(path=path, table=found.table, dialect=dialect, rows=found.rows, numbers=found.numbers)
    else:
        with (
            packed.inside(path, dialect.part) as (inner, _parts, _part),
            _Writer(target, width=len(dialect.header)) as writer,
        ):
            _write(writer, inner, dialect, progress, limit)
        source = Source(
            path=path, table=f"read_parquet({engine.literal(str(target))})", dialect=dialect, rows=writer.rows,
            remarks=(*dialect.remarks, *writer.remarks),
        )  # fmt: skip
    if not source.rows:
        raise FileNotUsable("header_only")
    return source


def given_rows(path: Path, *, work_dir: Path, limit: int, memory_mb: int) -> tuple[list[str], list[Record]]:
    """
    Read a list's headings and its first rows.

    :raises FileNotUsable: if it is no table
    """
    source = open_source(path, work_dir=work_dir, limit=limit)
    texts = ", ".join(f"trim(coalesce(c{place}::VARCHAR, ''))" for place in range(len(source.dialect.header)))
    with engine.connect(memory_mb=memory_mb, work_dir=work_dir) as db:
        sql = f"SELECT row, bad, bad_detail, {texts} FROM {source.table} ORDER BY row"
        found = db.execute(sql).fetchall()
    return list(source.dialect.header), [(row, list(cells), bad, detail) for row, bad, detail, *cells in found]


def _records(path: Path, dialect: Dialect, progress: Progress | None) -> Iterator[Record]:
    return _of_sheet(path, dialect) if dialect.format == "excel" else _of_json(path, dialect, progress)


def _write(writer: "_Writer", path: Path, dialect: Dialect, progress: Progress | None, limit: int | None) -> None:
    if dialect.format != "csv":
        for record in islice(_records(path, dialect, progress), limit):
            writer.add(*record)
        return
    for part in separated.read(path, dialect, progress):
        left = None if limit is None else limit - writer.rows
        if isinstance(part, Remark):
            writer.remarks.append(part)
        elif isinstance(part, separated.Columns):
            writer.add_columns(part, left)
        else:
            for record in part[:left]:
                writer.add(*record)
            writer.flush()
        if limit is not None and writer.rows >= limit:
            return


def _of_sheet(path: Path, dialect: Dialect) -> Iterator[Record]:
    width = len(dialect.header)
    for number, row in excel.rows(path, dialect):
        cells = (row + [""] * width)[:width]
        if any(cells):
            yield number, cells, None, None


def _of_json(path: Path, dialect: Dialect, progress: Progress | None) -> Iterator[Record]:
    keys = dialect.header
    for number, record in nested.records(path, dialect, progress):
        if not isinstance(record, dict):
            text = record if isinstance(record, str) else ""
            yield number, [text[:200].replace("\x00", "␀"), *[""] * (len(keys) - 1)], "json_row", None
            continue
        for row in nested.flat(record, dialect.exploded):
            cells = [nested.as_text(row.get(key))[: engine.LONGEST_CELL + 1] for key in keys]
            if any("\x00" in cell for cell in cells):
                yield number, [cell.replace("\x00", "␀") for cell in cells], "nul_bytes", None
            else:
                yield number, cells, None, None


class _Writer:
    """Collects rows and writes them in chunks, bounded in rows and in characters."""

    def __init__(self, target: Path, *, width: int) -> None:
        text = pa.string()
        names = [("row", pa.int64()), ("bad", text), ("bad_detail", text), *((f"c{at}", text) for at in range(width))]
        self._schema = pa.schema(names)
        self._file = pq.ParquetWriter(target, self._schema, compression="snappy")
        self._records: list[Record] = []
        self._characters = 0
        self.rows = 0
        self.remarks: list[Remark] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.flush()
        self._file.close()

    def add(self, number: int, cells: list[str], bad: str | None, detail: str | None) -> None:
        self._records.append((number, cells, bad, detail))
        self._characters += sum(map(len, cells))
        if len(self._records) >= _CHUNK_ROWS or self._characters > _CHUNK_CHARACTERS:
            self.flush()

    def add_columns(self, part: separated.Columns, limit: int | None) -> None:
        """Add rows that are columns already, at most so many."""
        nothing = pa.nulls(len(part.lines), pa.string())
        rows = pa.record_batch([part.lines, nothing, nothing, *part.cells], schema=self._schema)[:limit]
        self._file.write_batch(rows)
        self.rows += len(rows)

    def flush(self) -> None:
        if not self._records:
            return
        numbers, cells, bad, detail = zip(*self._records, strict=True)
        arrays = [pa.array(numbers, pa.int64()), pa.array(bad, pa.string()), pa.array(detail, pa.string())]
        arrays += [_texts(column) for column in zip(*cells, strict=True)]
        self._file.write_batch(pa.record_batch(arrays, schema=self._schema))
        self.rows += len(numbers)
        self._records, self._characters = [], 0


def _texts(column: tuple[str, ...]) -> pa.Array:
    try:
        return pa.array(column, pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON may hold
        return pa.array([cell.encode("utf-8", "replace").decode() for cell in column], pa.string())
