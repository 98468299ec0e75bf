"""
Which months are to be read again when what holds from a day on has changed.

Rows are filled by what held on their day (`store.facts.Held`). Where another price is known, only rows of its product
between that day and the next price change; the months that have such rows are found in the mirror itself.
"""

# ruff: noqa: S608 (our own table and column names)

from collections.abc import Collection

import duckdb
import pyarrow as pa

from stammkunde.mirror import engine, parquet
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest
from stammkunde.mirror.months import key_of
from stammkunde.store import facts
from stammkunde.store.bulk import Snapshot
from stammkunde.store.facts import FactTable, Held


def months(snapshot: Snapshot, held: Manifest, parts: Collection[str]) -> dict[str, frozenset[str]]:
    """
    Find, for parts that say what holds and have changed, the months whose rows are filled otherwise now.

    A part that is not named here may have changed anything.
    """
    found: dict[str, frozenset[str]] = {}
    for table, what in facts.mirrored():
        if what.held is None:
            continue
        of = facts.table(what.held.table)
        if of.part in parts and held.whole.get(of.name) and table.name in held.months:
            touched = _touched(snapshot, held, table, what.held)
            found[of.part] = found.get(of.part, frozenset()) | touched
    return found


def _touched(snapshot: Snapshot, manifest: Manifest, table: FactTable, held: Held) -> frozenset[str]:
    files = manifest.of(table.name)
    if not files:
        return frozenset()
    before, after = _read(manifest.of(held.table)), _now(snapshot, facts.table(held.table))  # noqa: F841 (in SQL)
    changed = " UNION ALL ".join(
        f"SELECT {held.about}, held_from, held_until FROM ({parquet.spans(held, rows)}) ANTI JOIN {others} "
        f"USING ({', '.join(_columns(held))})"
        for rows, others in (("before", "after"), ("after", "before"))
    )
    day, month = facts.parent(table).month_of, parquet.month_column(table)
    filled = _read(files)  # noqa: F841
    rows = engine.connection().sql(
        f"SELECT DISTINCT f.{month} FROM filled f JOIN ({changed}) c "
        f"ON c.{held.about} = f.{held.about} AND f.{day} >= c.held_from AND f.{day} < c.held_until"
    )
    return frozenset(key_of(number) for (number,) in rows.fetchall())


def _columns(held: Held) -> list[str]:
    what = facts.table(held.table).mirrored
    assert what is not None  # what fills others is mirrored
    return [name for name in what.columns if name != what.key]


def _read(files: list[str]) -> duckdb.DuckDBPyRelation:
    paths = [str(manifests.path(name)) for name in files]
    return engine.connection().read_parquet(paths, hive_partitioning=False)


def _now(snapshot: Snapshot, table: FactTable) -> duckdb.DuckDBPyRelation:
    """Read what the database says now, typed as in the mirror."""
    what = table.mirrored
    assert what is not None
    rows = snapshot.fetch(parquet.select_all(snapshot, table))
    columns = list(zip(*rows, strict=True)) or [()] * len(what.columns)
    now = pa.table({name: pa.array(list(values)) for name, values in zip(what.columns, columns, strict=True)})  # noqa: F841
    typed = ", ".join(f"{name}::{kind} AS {name}" for name, kind in what.columns.items())
    return engine.connection().sql(f"SELECT {typed} FROM now")
