"""People whom a contact tool knows by their address alone: who is a customer here already is not made another one."""

# ruff: noqa: S608 (our own table and column names)

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower

from stammkunde.intake.staging.engine import Engine, text
from stammkunde.store import facts
from stammkunde.store.facts import FactTable

FILE = "people.parquet"  # what a check leaves: the key that each would have, and the address
AT_ONCE = 10_000
_CUSTOMERS, _PEOPLE = "customers", "contact_persons"


def find(engine: Engine) -> None:
    """
    Let what the file says of people who are here be about them.

    Of several with one address, it holds for each. What is known of them stays as it is: a list of addresses is no
    master data.
    """
    path = engine.folder / FILE
    if not path.exists():
        return
    engine.run("CREATE TABLE known_people (word VARCHAR, source VARCHAR, person_source VARCHAR)")
    words = [word for (word,) in engine.run(f"SELECT DISTINCT word FROM read_parquet({text(path)}) ORDER BY word")]
    for start in range(0, len(words), AT_ONCE):
        known = list(_known(words[start : start + AT_ONCE]))
        if known:
            engine.duck.executemany("INSERT INTO known_people VALUES (?, ?, ?)", known)
    # Whoever came by this list before stays who she is.
    engine.run(f"""
        CREATE TABLE found_people AS
        SELECT p.source AS said, k.source, min(k.person_source) AS person_source,
            row_number() OVER (PARTITION BY p.source ORDER BY k.source) AS place
        FROM read_parquet({text(path)}) p JOIN known_people k USING (word)
        WHERE p.source NOT IN (SELECT source FROM known_people) GROUP BY p.source, k.source""")
    _replace(engine)


def recognise(engine: Engine) -> None:
    """
    Let people whom a list of customers, or of orders, names be those who are there under another key.

    They have the name or the address of somebody at the same customer. What the file does not say of them stays.
    """
    if not {_PEOPLE, _CUSTOMERS} <= set(engine.names):
        return
    columns = [one for one in engine.columns(_PEOPLE) if one not in {"row", "source", "customer_source"}]
    first = "nullif(c.first_name, ''), " if "first_name" in columns else ""
    name = "lower(concat_ws(' ', nullif(e.first_name, ''), e.last_name))"
    same = f"{name} = lower(concat_ws(' ', {first}c.last_name))"
    if "email" in columns:
        same = f"({same} OR e.email <> '' AND lower(e.email) = lower(c.email))"
    engine.run(
        f"CREATE TABLE met_people AS SELECT c.source AS said, min(e.id) AS id FROM checked_{_PEOPLE} c "
        f"JOIN existing_{_CUSTOMERS} k ON k.source = c.customer_source "
        f"JOIN existing_{_PEOPLE} e ON e.customer_id = k.id "
        f"WHERE c.source NOT IN (SELECT source FROM existing_{_PEOPLE}) AND {same} GROUP BY c.source"
    )
    kept = "".join(
        f", CASE WHEN c.{one} <> '' THEN c.{one} ELSE coalesce(e.{one}, c.{one}) END AS {one}" for one in columns
    )
    engine.view(
        _PEOPLE,
        f"SELECT c.* REPLACE (coalesce(e.source, c.source) AS source{kept}) FROM ({engine.query(_PEOPLE)}) c "
        f"LEFT JOIN met_people m ON m.said = c.source LEFT JOIN existing_{_PEOPLE} e ON e.id = m.id "
        "QUALIFY row_number() OVER (PARTITION BY coalesce(e.source, c.source) ORDER BY c.row DESC) = 1",
    )


def _known(words: list[str]) -> Iterator[list[str | None]]:
    """Find whose addresses these are: customers' own, and those of the people there."""
    for table in facts.tables().values():
        if not table.address:
            continue
        at = next((one.column.removesuffix("_id") for one in table.references if one.table == _CUSTOMERS), "")
        rows = _with(table, words)
        if at:
            yield from (
                [word, owner, source] for word, owner, source in rows.values_list("word", f"{at}__source", "source")
            )
        else:
            yield from ([word, source, None] for word, source in rows.values_list("word", "source"))


def _with(table: FactTable, words: list[str]) -> "QuerySet[Any]":
    rows: QuerySet[Any] = table.rows().annotate(word=Lower(table.address)).filter(word__in=words)
    return rows


def _replace(engine: Engine) -> None:
    for name in engine.names:
        rows = f"read_parquet({text(engine.checked(name))})"
        if name == _CUSTOMERS:
            engine.view(name, f"SELECT * FROM {rows} WHERE source NOT IN (SELECT said FROM found_people)")
        elif engine.has(name, "customer_source"):
            person = "f.person_source AS contact_person_source, coalesce(f.person_source, '') AS person_source"
            engine.view(
                name,
                "SELECT c.* REPLACE (coalesce(f.source, c.customer_source) AS customer_source, "
                f"c.source || CASE WHEN f.place > 1 THEN ':' || f.place ELSE '' END AS source), {person} "
                f"FROM {rows} c LEFT JOIN found_people f ON f.said = c.customer_source",
            )
