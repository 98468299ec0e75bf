"""
Rows that a newer file no longer has, though it holds whole what they are within: lines taken out of an edited order.

They are retired, not deleted. A document of which some row was refused is not whole, and keeps what it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stammkunde.intake.check import incomplete
from stammkunde.intake.staging.difference import Stake
from stammkunde.intake.staging.engine import Engine, text
from stammkunde.store.facts import FactTable

WHOLE = "whole_documents"


@dataclass(frozen=True, kw_only=True)
class Retire:
    """
    Whether the file holds its documents whole (`yes`, `no`, empty: nobody knows), and whose file it is.

    `answers` say what becomes of documents that are told of twice (`doubled`).
    """

    whole: str
    import_id: int
    answers: Mapping[str, str] | None = None


def are_known(engine: Engine, table: FactTable) -> bool:
    """Tell whether the database has rows within the documents that the file names; makes `whole_documents` then."""
    ((count,),) = engine.run(f"SELECT count(*) FROM existing_{table.name}")  # noqa: S608
    if not count:
        return False
    parent = table.reference(table.within)
    partial = engine.folder / incomplete.NAME
    without = f"AND source NOT IN (SELECT source FROM read_parquet({text(partial)}))" if partial.exists() else ""  # noqa: S608
    engine.run(
        f"CREATE OR REPLACE TABLE whole_documents AS SELECT source, id, month FROM ids_{parent.table} "  # noqa: S608
        f"WHERE id NOT IN (SELECT id FROM doubled) {without}"
    )
    return True


def rows(table: FactTable, columns: Mapping[str, str], *, import_id: int, documents: str) -> str:
    """Give the query for the rows of `documents` to retire, with these columns as they are."""
    kept = ", ".join(f'e."{one}"' for one in columns if one != table.retired)
    return (
        f"SELECT NULL::BIGINT AS row, e.id, 'retired' AS fate, NULL::VARCHAR AS broken, w.month, "
        f"NULL::VARCHAR AS old_month, {kept}, {import_id}::BIGINT AS {table.retired} {_missing(table, documents)}"
    )


def stake(engine: Engine, table: FactTable) -> Stake | None:
    """Tell what depends on whether the file holds its documents whole; None: nothing."""
    if not are_known(engine, table):
        return None
    parent = table.reference(table.within)
    cents = f"e.{table.mirrored.total}" if table.mirrored and table.mirrored.total else "0"
    ((count, documents, total, example),) = engine.run(
        f"SELECT count(*), count(DISTINCT w.id), CAST(coalesce(sum({cents}), 0) AS BIGINT), min(w.source) "
        f"{_missing(table, WHOLE)}"
    )
    if not count:
        return None
    ((row,),) = engine.run(f"SELECT min(row) FROM checked_{table.name} WHERE {parent.source} = ?", example)  # noqa: S608
    number = example.partition(":")[2]
    return Stake(rows=count, documents=documents, cents=total, row=row, example=number)


def _missing(table: FactTable, documents: str) -> str:
    """Give the SQL for rows that count, are within one of the file's `documents`, and are not in it."""
    parent = table.reference(table.within)
    key = next(one for one in table.match if one != table.within)
    return (
        f"FROM existing_{table.name} e JOIN {documents} w ON w.id = e.{table.within} "
        f"LEFT JOIN checked_{table.name} c ON c.{parent.source} = w.source AND c.{key} = e.{key} "
        f"WHERE c.row IS NULL AND e.{table.retired} IS NULL"
    )
