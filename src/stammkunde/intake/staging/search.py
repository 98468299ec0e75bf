"""The words to find rows by, from the row and those that point at it: `customers.policy.search_text`, in bulk."""

# ruff: noqa: S608 (our own table and column names)

from stammkunde.intake.staging.engine import Engine
from stammkunde.store import facts
from stammkunde.store.facts import FactTable, Reference, Words


def prepare(engine: Engine, table: FactTable, words: Words) -> None:
    """Make `touched` (whose words may change) and `words` (of the rows that point at each, as they will be)."""
    theirs = facts.table(words.table)
    to = next(one for one in theirs.references if one.table == table.name)
    engine.run(_touched(table, theirs, to))
    new = ", ".join(_of_file(engine, theirs, one) for one in words.theirs)
    old = ", ".join(f"e.{one}" for one in words.theirs)
    text = ", ".join(words.word(one, one) for one in words.theirs)
    engine.run(
        f"CREATE TABLE words AS SELECT to_source AS source, string_agg(concat_ws(' ', {text}), ' ' "
        f"ORDER BY {', '.join(words.order)}, id NULLS LAST, source) AS words FROM ("
        f"SELECT c.{to.source} AS to_source, e.id, c.source, {new} "
        f"FROM checked_{theirs.name} c LEFT JOIN existing_{theirs.name} e ON e.source = c.source "
        f"UNION ALL SELECT k.source, e.id, e.source, {old} "
        f"FROM existing_{theirs.name} e JOIN existing_{table.name} k ON k.id = e.{to.column} "
        f"WHERE e.source NOT IN (SELECT source FROM checked_{theirs.name})"
        ") GROUP BY to_source"
    )


def words(words: Words, finals: dict[str, str]) -> str:
    """Give the SQL of a row's words; a column that the file does not have stays as it is."""
    own = ", ".join(words.word(one, finals.get(one, f"e.{one}")) for one in words.own)
    return f"lower(concat_ws(' ', {own}, nullif(w.words, '')))"


def _touched(table: FactTable, theirs: FactTable, to: Reference) -> str:
    """Name rows in the file, and rows at which others of the file point, or did until now."""
    return (
        f"CREATE TABLE touched AS SELECT source FROM checked_{table.name} "
        f"UNION SELECT {to.source} FROM checked_{theirs.name} WHERE {to.source} IS NOT NULL "
        f"UNION SELECT was.source FROM checked_{theirs.name} c JOIN existing_{theirs.name} e ON e.source = c.source "
        f"JOIN existing_{table.name} was ON was.id = e.{to.column}"
    )


def _of_file(engine: Engine, theirs: FactTable, column: str) -> str:
    if not engine.has(theirs.name, column):
        return f"e.{column}"
    return f"coalesce(c.{column}, '') AS {column}"
