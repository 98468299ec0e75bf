"""Loading what is there: only the rows that the file may mean, and what the words to find customers by depend on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from stammkunde.intake.staging.difference import Difference
from stammkunde.intake.staging.engine import Engine, text
from stammkunde.store import bulk, facts
from stammkunde.store.facts import FactTable, Lookup, Reference, Words

ROWS_AT_ONCE = 50_000
FEW_KEYS = 10_000


class Existing:
    """Fills `existing_…` in the engine from the database, and with what dry runs before this one would have made."""

    def __init__(self, engine: Engine, *, said: Mapping[str, Any], promised: Sequence[Difference] = ()) -> None:
        self._engine, self._said, self._promised = engine, said, promised

    def load(self) -> None:
        """Load everything but the rows of a parent, which are found by the ids of their parents."""
        for table in facts.tables().values():
            for one in table.lookups:
                self._look_up(table, one)
            if table.has_source:
                self._read(table, by="source", keys=self._sources(table))
        for table in facts.tables().values():
            if table.words and {table.name, table.words.table} & set(self._engine.names):
                self._load_beside(table, table.words)

    def load_of_parents(self, table: FactTable, parent: Reference) -> None:
        """Load all rows of the parents that the file names, once these are known."""
        keys = (
            f"SELECT DISTINCT i.id FROM checked_{table.name} c "  # noqa: S608
            f"JOIN existing_{parent.table} i ON i.source = c.{parent.source}"
        )
        self._read(table, by=parent.column, keys=keys)

    def _look_up(self, table: FactTable, one: Lookup) -> None:
        """Make `ids_…` of the words that lead somewhere, and `words_…` of all with what somebody said of them."""
        self._engine.run(f"CREATE TABLE ids_{one.column} (word VARCHAR, id BIGINT)")
        self._engine.run(f"CREATE TABLE said_{one.column} (word VARCHAR, said VARCHAR)")
        column = next((name for name in (one.given, one.hints) if self._engine.has(table.name, name)), "")
        if not column:
            return
        named = f"SELECT DISTINCT {column} FROM checked_{table.name} WHERE {column} IS NOT NULL"  # noqa: S608
        words = [word for (word,) in self._engine.run(named)]
        said = {word: str(self._said[one.option(word)]) for word in words if self._said.get(one.option(word))}
        ids = one.find({*words, *said.values()})
        meant = [[word, ids[said.get(word, word)]] for word in words if said.get(word, word) in ids]
        for name, rows in {"ids": meant, "said": [list(pair) for pair in said.items()]}.items():
            if rows:
                self._engine.duck.executemany(f"INSERT INTO {name}_{one.column} VALUES (?, ?)", rows)  # noqa: S608

    def _load_beside(self, table: FactTable, words: Words) -> None:
        """Load where the file's people were until now, and who else is at the customers that are touched."""
        theirs = facts.table(words.table)
        column = next(one.column for one in theirs.references if one.table == table.name)
        moved = f"SELECT DISTINCT e.{column} FROM existing_{theirs.name} e"  # noqa: S608
        self._read(table, by="id", keys=moved)
        beside = f"SELECT e.id FROM existing_{table.name} e"  # noqa: S608
        self._read(theirs, by=column, keys=beside)

    def _sources(self, table: FactTable) -> str:
        """Say where the file names rows of this table: in its own list, and wherever another refers to it."""
        own = [f"SELECT source AS key FROM checked_{table.name}"]  # noqa: S608
        others = [
            f"SELECT {one.source} FROM checked_{name}"  # noqa: S608
            for name, other in facts.tables().items()
            for one in other.references
            if one.table == table.name and self._engine.has(name, one.source)
        ]
        return " UNION ".join(own + others)

    def _read(self, table: FactTable, *, by: str, keys: str) -> None:
        is_empty, promised = not table.rows().exists(), list(self._made(table))
        if is_empty and not promised:
            return
        named = f"({keys}) k(key) WHERE key IS NOT NULL"
        self._engine.run(f"CREATE OR REPLACE TABLE keys AS SELECT DISTINCT key FROM {named}")  # noqa: S608
        ((count,),) = self._engine.run("SELECT count(*) FROM keys")
        if not count:
            return
        if not is_empty:
            self._read_stored(table, by=by, count=count)
        for rows in promised:
            self._insert(table, rows, by=by)

    def _read_stored(self, table: FactTable, *, by: str, count: int) -> None:
        target = self._engine.folder / f"existing-{table.name}.parquet"
        self._fetch(table, by=by, count=count, target=target)
        self._insert(table, f"SELECT * FROM read_parquet({text(target)})", by=by)  # noqa: S608
        target.unlink()

    def _insert(self, table: FactTable, rows: str, *, by: str) -> None:
        self._engine.run(
            f"INSERT INTO existing_{table.name} BY NAME SELECT * FROM ({rows}) "  # noqa: S608
            f'WHERE id NOT IN (SELECT id FROM existing_{table.name}) AND "{by}" IN (SELECT key FROM keys)'
        )

    def _made(self, table: FactTable) -> Iterator[str]:
        """Give the rows that dry runs would have made, as they then would stand in the database."""
        for difference in self._promised:
            for part in difference.parts:
                if part.table == table.name and part.counts.created:
                    rows = f"read_parquet({text(difference.path(part, 'created'))}, file_row_number = true)"
                    filled = "".join(
                        f', {text(value)} AS "{column}"'
                        for column in table.kinds.keys() - set(part.provided)
                        if isinstance(value := table.default(column), str)
                    )
                    yield (
                        f"SELECT {part.first_id + 1} + file_row_number AS id, "  # noqa: S608
                        f"* EXCLUDE (file_row_number, month, old_month){filled} FROM {rows}"
                    )

    def _fetch(self, table: FactTable, *, by: str, count: int, target: Path) -> None:
        """Write the rows whose column `by` is among the keys, and maybe others, to a Parquet file."""
        columns = self._columns(table)
        if _is_most_of(table, count):
            found = bulk.rows_of(table.model, columns=columns)
        else:
            keys = self._engine.rows("SELECT key FROM keys ORDER BY key").to_arrow_reader(ROWS_AT_ONCE)
            found = bulk.rows_with(table.model, columns=columns, by=by, keys=keys)
        with found as rows, pq.ParquetWriter(target, rows.schema) as file:
            for some in rows:
                file.write_batch(some)

    def _columns(self, table: FactTable) -> dict[str, str]:
        everything = {"id": "whole", **table.kinds}
        if self._is_compared(table) or table.name in _looked_into():
            return everything
        enough = {"id", "source", table.month_of}  # of who is only referred to
        return {column: kind for column, kind in everything.items() if column in enough}

    def _is_compared(self, table: FactTable) -> bool:
        own = {table.name} | ({table.words.table} if table.words else set())
        return bool(own & set(self._engine.names))


def _is_most_of(table: FactTable, keys: int) -> bool:
    """Tell whether so many keys mean so much of a table that reading all of it is quicker than looking each up."""
    return keys >= FEW_KEYS and keys * 2 >= table.rows().count()


def _looked_into() -> set[str]:
    """Name the tables whose rows are looked into although the file may not hold them."""
    within = {one.table for table in facts.tables().values() for one in table.references if one.within}
    return within | {table.words.table for table in facts.tables().values() if table.words}
