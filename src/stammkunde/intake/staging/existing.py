# ruff: noqa: SLF001 (`_default_manager` is how Django lets any model be asked)
"""Loading what is there: only the rows that the file may mean, and what the words to find customers by depend on."""

from stammkunde.intake.staging.database import Database, is_empty, is_most_of
from stammkunde.intake.staging.engine import Engine, text
from stammkunde.store import facts
from stammkunde.store.facts import FactTable, Lookup, Words


class Existing:
    """Fills `existing_…` in the engine from the database."""

    def __init__(self, engine: Engine, database: Database) -> None:
        self._engine, self._database = engine, database

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

    def load_of_parents(self, table: FactTable) -> None:
        """Load a table whose rows have no source of their own, once its parents are known."""
        parent = table.reference(table.match[0])
        keys = (
            f"SELECT DISTINCT i.id FROM checked_{table.name} c "  # noqa: S608
            f"JOIN existing_{parent.table} i ON i.source = c.{parent.source}"
        )
        self._read(table, by=parent.column, keys=keys)

    def _look_up(self, table: FactTable, one: Lookup) -> None:
        self._engine.run(f"CREATE TABLE ids_{one.column} (word VARCHAR, id BIGINT)")
        known = list(one.model._default_manager.values_list(one.by, "pk"))
        if known and self._engine.has(table.name, one.given):
            self._engine.duck.executemany(
                f"INSERT INTO ids_{one.column} VALUES (lower(?), ?)",  # noqa: S608
                [[word, pk] for word, pk in known],
            )

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
        if is_empty(table):
            return
        named = f"({keys}) k(key) WHERE key IS NOT NULL"
        self._engine.run(f"CREATE OR REPLACE TABLE keys AS SELECT DISTINCT key FROM {named}")  # noqa: S608
        ((count,),) = self._engine.run("SELECT count(*) FROM keys")
        if not count:
            return
        target = self._engine.folder / f"existing-{table.name}.parquet"
        columns = self._columns(table)
        if is_most_of(table, count):
            self._database.read_all(table=table, columns=columns, target=target)
        else:
            found = self._engine.rows("SELECT key FROM keys ORDER BY key")
            self._database.read(table=table, columns=columns, by=by, keys=found, target=target)
        self._engine.run(
            f"INSERT INTO existing_{table.name} BY NAME SELECT * FROM read_parquet({text(target)}) "  # noqa: S608
            f'WHERE id NOT IN (SELECT id FROM existing_{table.name}) AND "{by}" IN (SELECT key FROM keys)'
        )
        target.unlink()

    def _columns(self, table: FactTable) -> list[str]:
        everything = ["id", *table.kinds]
        if self._is_compared(table) or table.name in _looked_into():
            return everything
        return [one for one in everything if one in {"id", "source", table.month_of}]  # enough of who is referred to

    def _is_compared(self, table: FactTable) -> bool:
        own = {table.name} | ({table.words.table} if table.words else set())
        return bool(own & set(self._engine.names))


def _looked_into() -> set[str]:
    """Name the tables whose rows are looked into although the file may not hold them."""
    within = {one.table for table in facts.tables().values() for one in table.references if one.within}
    return within | {table.words.table for table in facts.tables().values() if table.words}
