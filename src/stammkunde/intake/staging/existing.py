"""Loading what is there: only the rows that the file may mean, and what the words to find customers by depend on."""

from stammkunde.intake.staging.database import Database, is_empty, is_most_of
from stammkunde.intake.staging.engine import Engine, text
from stammkunde.intake.staging.tables import TABLES, Table
from stammkunde.team.models import Staff

# Of a row that is only referred to, this is enough.
_OF_REFERRED = {"id", "source", "ordered_on"}


class Existing:
    """Fills `existing_…` in the engine from the database."""

    def __init__(self, engine: Engine, database: Database) -> None:
        self._engine, self._database = engine, database

    def load(self) -> None:
        """Load everything but lines, which are found by the ids of their orders."""
        self._load_staff()
        for name in ("customers", "contact_persons", "consents", "products", "orders"):
            self._read(TABLES[name], by="source", keys=self._sources(TABLES[name]))
        if {"customers", "contact_persons"} & set(self._engine.names):
            self._load_people()

    def load_lines(self) -> None:
        keys = "SELECT DISTINCT i.id FROM checked_lines c JOIN existing_orders i ON i.source = c.order_source"
        self._read(TABLES["lines"], by="order_id", keys=keys)

    def _load_staff(self) -> None:
        self._engine.run("CREATE TABLE ids_staff (source VARCHAR, id BIGINT)")
        staff = list(Staff.objects.values_list("email", "pk"))
        if staff and self._engine.has("customers", "owner_email"):
            self._engine.duck.executemany(
                "INSERT INTO ids_staff VALUES (lower(?), ?)", [[email, pk] for email, pk in staff]
            )

    def _load_people(self) -> None:
        """Load where the file's people were until now, and who else is at the customers that are touched."""
        moved = "SELECT DISTINCT e.customer_id FROM existing_contact_persons e"
        self._read(TABLES["customers"], by="id", keys=moved)
        beside = "SELECT e.id FROM existing_customers e"
        self._read(TABLES["contact_persons"], by="customer_id", keys=beside)

    def _sources(self, table: Table) -> str:
        """Say where the file names rows of this table: in its own list, and wherever another refers to it."""
        own = [f"SELECT source AS key FROM checked_{table.name}"]  # noqa: S608
        others = [
            f"SELECT {one.source} FROM checked_{name}"  # noqa: S608
            for name, other in TABLES.items()
            for one in other.references
            if one.table == table.name and self._engine.has(name, one.source)
        ]
        return " UNION ".join(own + others)

    def _read(self, table: Table, *, by: str, keys: str) -> None:
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

    def _columns(self, table: Table) -> list[str]:
        everything = ["id", *table.kinds]
        needed = {table.name} if table.name != "customers" else {"customers", "contact_persons"}
        if table.name in {"lines", "contact_persons"} or needed & set(self._engine.names):
            return everything
        return [one for one in everything if one in _OF_REFERRED]
