"""
The same sales twice: documents that are here by their totals and in the file with their lines, or the other way round.

A total is a row about no goods, of a document that has no row about goods. Where both are there, the lines count.
"""

from collections.abc import Iterator, Mapping

from stammkunde.intake.staging.difference import Doubled
from stammkunde.intake.staging.engine import Engine, text
from stammkunde.store.facts import FactTable

TOTALS, LINES = "totals_known", "lines_known"  # the options that say what holds for documents that are here so
ONCE, TWICE = "lines", "both"
LEFT_OUT = "(SELECT * FROM doubled WHERE has_lines AND NOT counts_twice)"  # documents whose totals the file repeats
GIVING_WAY = "(SELECT * FROM doubled WHERE NOT has_lines AND NOT counts_twice)"  # whose totals give way to its lines


def find(engine: Engine, table: FactTable, *, answers: Mapping[str, str] | None) -> list[Doubled]:
    """
    Make `doubled`: the documents of the file that are told of twice, and that count once as far as `answers` say.

    None: whoever hands rows in tells of parts of documents, and nothing is doubled. Returns what is to be asked.
    """
    about = table.reference(table.itemised)
    item = f"count({about.source})" if engine.has(table.name, about.source) else "0"
    cents = table.mirrored.total if table.mirrored else ""
    parent = table.reference(table.within)
    nobody = "WHERE false" if answers is None or not cents or not engine.has(table.name, cents) else ""
    given = cents if not nobody else "0"
    engine.run(f"""
        CREATE TABLE doubled AS
        SELECT o.id, o.source, o.month, c.row, e.items > 0 AS has_lines, c.cents AS given_cents, e.cents AS held_cents,
            abs(c.cents - e.cents) <= greatest(c.rows, e.rows) AS agrees, false AS counts_twice
        FROM (SELECT {parent.source} AS source, min(row) AS row, count(*) AS rows, {item} AS items,
                CAST(sum({given}) AS BIGINT) AS cents FROM checked_{table.name} {nobody} GROUP BY 1) c
        JOIN ids_{parent.table} o ON o.source = c.source
        JOIN (SELECT {table.within} AS id, count(*) AS rows, count({table.itemised}) AS items,
                CAST(sum({cents or "0"}) AS BIGINT) AS cents FROM existing_{table.name}
                WHERE {table.retired} IS NULL GROUP BY 1) e ON e.id = o.id
        WHERE (c.items > 0) <> (e.items > 0) AND c.cents * e.cents::HUGEINT > 0""")  # noqa: S608
    for option, answer in (answers or {}).items():
        if answer == TWICE:
            engine.run(f"UPDATE doubled SET counts_twice = true WHERE has_lines = {option == LINES}")  # noqa: S608
    return list(_found(engine, answers or {}))


def leave_out(engine: Engine, table: FactTable) -> None:
    """Take the file's totals of documents that are here with their lines out of the comparison, and tell so."""
    ((count,),) = engine.run(f"SELECT count(*) FROM {LEFT_OUT}")  # noqa: S608
    if not count:
        return
    parent = table.reference(table.within)
    engine.view(
        table.name,
        f"SELECT * FROM read_parquet({text(engine.checked(table.name))}) "  # noqa: S608
        f"WHERE {parent.source} NOT IN (SELECT source FROM {LEFT_OUT})",
    )
    told = "min(row), '', '', 'total_beside_lines', json_object('documents', count(*))::VARCHAR, 'flagged'"
    engine.run(f"INSERT INTO refused SELECT {told} FROM {LEFT_OUT}")  # noqa: S608


def _found(engine: Engine, answers: Mapping[str, str]) -> Iterator[Doubled]:
    for has_lines, documents, row, example, given, held, agree in engine.run("""
        SELECT has_lines, count(*), min(row), arg_min(source, row), CAST(sum(given_cents) AS BIGINT),
            CAST(sum(held_cents) AS BIGINT), bool_and(agrees) FROM doubled GROUP BY has_lines ORDER BY has_lines"""):
        option = LINES if has_lines else TOTALS
        yield Doubled(
            option=option, documents=documents, row=row, example=example.partition(":")[2],
            given_cents=given, held_cents=held, is_clear=agree or answers.get(option) == ONCE,
        )  # fmt: skip
