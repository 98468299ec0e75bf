"""From the snapshot's rows to the mirror's Parquet files, by what the tables of facts say of themselves."""

# ruff: noqa: S608 (our own table and column names; values are days and months)

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyarrow as pa

from stammkunde.mirror import engine
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest, Share
from stammkunde.mirror.months import key_of, within
from stammkunde.store import facts as tables
from stammkunde.store.bulk import Snapshot
from stammkunde.store.facts import FactTable, Held, Mirrored
from stammkunde.store.quoting import quoted

ATTRIBUTE = "attr_"

Months = frozenset[str] | None  # None: all there are
Sums = dict[str, tuple[int, int]]  # month → rows, cents


@dataclass(kw_only=True)
class Written:
    """What one build wrote."""

    whole: dict[str, Share] = field(default_factory=dict)
    months: dict[str, dict[str, Share]] = field(default_factory=dict)


def selects(snapshot: Snapshot, wanted: Mapping[str, Months]) -> dict[str, str]:
    """Say in SQL what to read: the wanted tables, those by month with the orders of these months (None: all)."""
    return {name: _select(snapshot, tables.table(name), months) for name, months in wanted.items()}


def _select(snapshot: Snapshot, table: FactTable, months: Months) -> str:
    what = _mirrored(table)
    sql, only = _from(table, day=snapshot.day), what.only or "1 = 1"
    if not table.by_month or months is None:  # without their parents: the engine joins quicker than the database
        return f"{sql} WHERE {only}"
    return f"{sql} {_parent_join(table)} WHERE {only} AND {within(_day(table), months)}"


def _from(table: FactTable, *, day: Callable[[str], str]) -> str:
    what = _mirrored(table)
    columns = [f"{_read(what, name, day=day)} AS {name}" for name in _own(table, what)]
    if what.spread:
        columns.append(f"CAST(t.{what.spread} AS TEXT) AS {what.spread}")
    return f"SELECT {', '.join(columns)} FROM {table.db_table} t {what.join}"


def select_some(table: FactTable, some: str, *, day: Callable[[str], str]) -> str:
    """Say in SQL how to read the rows `t` of which `some` is true, with their parent where they share its month."""
    return f"{_from(table, day=day)} WHERE {_mirrored(table).only or '1 = 1'} AND {some}"


def typed(table: FactTable, rows: str, *, above: str = "", entries: Iterable[str] = ()) -> str:
    """
    Say in the engine's SQL how rows that were read become rows of the mirror.

    `above` names the rows whose month they share, `entries` those of a JSON column that become columns.
    """
    what, month = _mirrored(table), month_column(table) if table.by_month else ""
    own = [name for name in what.columns if not _is_month(table, name)]
    columns = [f"{_of_row(name, what, None)}::{what.columns[name]} AS {name}" for name in own]
    if table.month_of:
        columns.append(f"{_month_of(table.month_of)} AS {month}")
    columns += [f"{_entry(what.spread, [name])} AS {_column(name)}" for name in entries]
    joined = f" JOIN {above} o ON o.{_mirrored(tables.parent(table)).key} = t.{table.within}" if above else ""
    left_out = f" WHERE NOT ({what.unless})" if what.unless and above else ""
    return f"SELECT {', '.join(columns)} FROM {rows} t{joined}{left_out}"


def select_all(snapshot: Snapshot, table: FactTable) -> str:
    """Say in SQL how to read all of a table that is read as a whole, its columns in the order of the mirror."""
    return _select(snapshot, table, None)


def _own(table: FactTable, what: Mirrored) -> list[str]:
    """Name the columns that are read from the database: a month is worked out, and some are the parent's."""
    return [name for name in what.columns if name not in what.takes and not _is_month(table, name)]


def _is_month(table: FactTable, name: str) -> bool:
    return bool(table.month_of) and name == month_column(table)


def month_column(table: FactTable) -> str:
    """Name the column with the month as a whole number, after the day that it is the month of."""
    return tables.parent(table).month_of.removesuffix("_on") + "_month"


def _read(what: Mirrored, name: str, *, day: Callable[[str], str]) -> str:
    column = what.read.get(name) or ("t.id" if name == what.key else f"t.{name}")
    return day(column) if name in what.days else column


def _parent_join(table: FactTable) -> str:
    return f"JOIN {tables.parent(table).db_table} o ON o.id = t.{table.within}" if table.within else ""


def _day(table: FactTable) -> str:
    return f"{'o' if table.within else 't'}.{tables.parent(table).month_of}"


def _mirrored(table: FactTable) -> Mirrored:
    assert table.mirrored is not None  # whoever asks took it from those that are
    return table.mirrored


def sums(snapshot: Snapshot, wanted: Mapping[str, Months]) -> dict[str, Sums]:
    """Count in the database, by table and month, what the mirror must add up to."""
    chosen = {name: months for name, months in wanted.items() if tables.table(name).by_month}
    return {name: _sums(snapshot, tables.table(name), months) for name, months in chosen.items()}


def _sums(snapshot: Snapshot, table: FactTable, months: Months) -> Sums:
    what, day = _mirrored(table), _day(table)
    cents = f"CAST(COALESCE(sum(t.{what.total}), 0) AS BIGINT)" if what.total else "0"
    left_out = f"AND NOT ({what.unless})" if what.unless else ""
    found = snapshot.fetch(
        f"SELECT substr(CAST({day} AS TEXT), 1, 7), count(*), {cents} FROM {table.db_table} t {_parent_join(table)} "
        f"WHERE {what.only or '1 = 1'} AND {within(day, months)} {left_out} GROUP BY 1"
    )
    return {month: (rows, total) for month, rows, total in found}


def write(snapshot: Snapshot, *, wanted: Mapping[str, Months], folder: Path, held: Manifest | None) -> Written:
    """Write the taken tables below `folder`; inside the mirror's lock. What is not wanted is as in `held`."""
    written = Written(whole=dict(held.whole) if held else {})
    for name in wanted:
        table = tables.table(name)
        if table.by_month:
            _write_months(table, snapshot.rows(name), folder, whole=written.whole)
            written.months[name] = _shares(table, folder)
        else:
            written.whole[name] = _write_whole(table, snapshot.rows(name), folder)
    return written


def _copy_taken(rows: pa.RecordBatchReader, select: str, target: Path, options: str = "") -> None:
    """Stream rows, known to SQL as `taken`, into Parquet."""
    engine.connection().register("taken", rows)
    try:
        _copy(select, target, options)
    finally:
        engine.connection().unregister("taken")


def _copy(select: str, target: Path, options: str = "") -> None:
    sql = f"COPY ({select}) TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION snappy{options})"
    engine.connection().execute(sql)


def _quoted(target: Path) -> str:
    return str(manifests.path(str(target))).replace("'", "''")


# --- tables that are read as a whole


def _write_whole(table: FactTable, rows: pa.RecordBatchReader, folder: Path) -> Share:
    what, target = _mirrored(table), folder / f"{table.name}.parquet"
    typed = [f"{name}::{kind} AS {name}" for name, kind in what.columns.items()]
    if not what.spread:
        _copy_taken(rows, f"SELECT {', '.join(typed)} FROM taken ORDER BY {what.key}", target)
        return Share(files=[str(target)], columns=list(what.columns), rows=_rows(target))
    # First as they come, then each entry of the JSON column as a text column of its own.
    raw = folder / f"{table.name}-raw.parquet"
    _copy_taken(rows, f"SELECT * REPLACE ({what.spread}::VARCHAR AS {what.spread}) FROM taken", raw)
    names = _entries(raw, what.spread)
    spread = [f"{_entry(what.spread, group)} AS {_column(group[0])}" for group in names]
    _copy(f"SELECT {', '.join(typed + spread)} FROM read_parquet('{_quoted(raw)}') ORDER BY {what.key}", target)
    manifests.path(str(raw)).unlink()
    columns = [*what.columns, *(ATTRIBUTE + group[0] for group in names)]
    return Share(files=[str(target)], columns=columns, rows=_rows(target))


def _rows(target: Path) -> int:
    ((rows,),) = engine.connection().execute(f"SELECT count(*) FROM read_parquet('{_quoted(target)}')").fetchall()
    return int(rows)


def _entries(raw: Path, column: str) -> list[list[str]]:
    """Find the entries' names, those that differ in case only together: the engine does not tell them apart."""
    found = engine.connection().execute(
        f"SELECT DISTINCT unnest(json_keys({column})) AS name FROM "
        f"(SELECT DISTINCT {column} FROM read_parquet('{_quoted(raw)}') WHERE {column} <> '{{}}') ORDER BY name"
    )
    groups: dict[str, list[str]] = {}
    for (name,) in found.fetchall():
        groups.setdefault(name.lower(), []).append(name)
    return [groups[key] for key in sorted(groups)]


def _column(name: str) -> str:
    return quoted(ATTRIBUTE + name)


def _entry(column: str, names: list[str]) -> str:
    values = ", ".join(f"json_extract_string({column}, '{_pointer(name)}')" for name in names)
    return f"COALESCE({values}, '')"


def _pointer(name: str) -> str:
    """Write a JSON pointer (RFC 6901) inside an SQL text."""
    return "/" + name.replace("~", "~0").replace("/", "~1").replace("'", "''")


# --- tables that are read by month


def _write_months(table: FactTable, rows: pa.RecordBatchReader, folder: Path, *, whole: Mapping[str, Share]) -> None:
    month = month_column(table)
    options = f", PARTITION_BY ({month}), WRITE_PARTITION_COLUMNS true"
    if table.within:
        select = _with_parents(table, folder, whole=whole)
    else:
        number = f"{_month_of(table.month_of)} AS {month}"
        columns = _mirrored(table).columns.items()
        select = (
            f"SELECT {', '.join(number if n == month else f'{n}::{kind} AS {n}' for n, kind in columns)} FROM taken"
        )
    if select:
        _copy_taken(rows, select, folder / table.name, options)


def _month_of(column: str) -> str:
    day = f"(DATE '1970-01-01' + {column}::INTEGER)"
    return f"((year({day}) - 1970) * 12 + month({day}) - 1)::INTEGER"


def _with_parents(table: FactTable, folder: Path, *, whole: Mapping[str, Share]) -> str:
    """Give the SQL that joins rows to those whose month they share; empty where there are none of these."""
    what, above = _mirrored(table), tables.parent(table)
    if not any(_files(above, folder)):
        return ""
    fills = {} if what.held is None else what.held.fills
    columns = ", ".join(
        f"{_of_row(name, what, fills.get(name))}::{kind} AS {name}" for name, kind in what.columns.items()
    )
    parents = f"read_parquet('{_quoted(folder / above.name)}/**/*.parquet', hive_partitioning=false)"
    left_out = f" WHERE NOT ({what.unless})" if what.unless else ""
    held = "" if what.held is None else _held(what.held, day=f"o.{above.month_of}", whole=whole)
    joined = f"taken t JOIN {parents} o ON o.{_mirrored(above).key} = t.{table.within}{held}"
    return f"SELECT {columns} FROM {joined}{left_out}"


def _of_row(name: str, what: Mirrored, fill: str | None) -> str:
    own = f"{'o' if name in what.takes else 't'}.{name}"
    return own if fill is None else f"coalesce({own}, {fill})"


def _held(held: Held, *, day: str, whole: Mapping[str, Share]) -> str:
    """Give the SQL that joins what held on a day."""
    file = _quoted(Path(whole[held.table].files[0]))
    on = f"h.{held.about} = t.{held.about} AND {day} >= h.held_from AND {day} < h.held_until"
    rows = spans(held, f"read_parquet('{file}')")
    return f" LEFT JOIN ({rows}) h ON {on}"


def spans(held: Held, rows: str) -> str:
    """Give the SQL for rows with the days from and until which they hold; what held first holds before, too."""
    from_on = tables.table(held.table).holds
    beginning = f"lag({from_on}) OVER w IS NULL"
    return (
        f"SELECT *, CASE WHEN {beginning} THEN -1000000 ELSE {from_on} END AS held_from, "
        f"coalesce(lead({from_on}) OVER w, 1000000) AS held_until FROM {rows} "
        f"WINDOW w AS (PARTITION BY {held.about} ORDER BY {from_on}, {_mirrored(tables.table(held.table)).key})"
    )


def _files(table: FactTable, folder: Path) -> Iterator[tuple[str, str]]:
    """Find a table's files: (month, file)."""
    for file in sorted(manifests.path(str(folder / table.name)).glob(f"{month_column(table)}=*/*.parquet")):
        yield key_of(int(file.parent.name.partition("=")[2])), str(folder / table.name / file.parent.name / file.name)


def _shares(table: FactTable, folder: Path) -> dict[str, Share]:
    """Describe what was written by what the files say, not by what was meant."""
    found: dict[str, list[str]] = {}
    for month, file in _files(table, folder):
        found.setdefault(month, []).append(file)
    what = _mirrored(table)
    told = _told(list(chain.from_iterable(found.values())), what)
    return {
        month: Share(
            files=files,
            columns=list(what.columns),
            rows=sum(told[file][0] for file in files),
            cents=sum(told[file][1] for file in files),
        )
        for month, files in found.items()
    }


def _told(files: list[str], what: Mirrored) -> dict[str, tuple[int, int]]:
    """Count the rows and cents of files."""
    if not files:
        return {}
    paths = {str(manifests.path(name)): name for name in files}
    cents = f"coalesce(sum({what.total}), 0)::BIGINT" if what.total else "0::BIGINT"
    read = engine.connection().read_parquet(list(paths), hive_partitioning=False, filename=True)
    found = read.aggregate(f"filename, count(*), {cents}", "filename").fetchall()
    return dict.fromkeys(files, (0, 0)) | {paths[file]: (rows, total) for file, rows, total in found}
