# ruff: noqa: S608 - the names in these statements are our own
"""
Finding customers by the beginnings of words and of phone numbers, or by what sounds like them, quickly at a million.

The column `search` holds the words; an index over it splits at everything that is neither letter nor digit and ignores
accents, as `words` does with what is typed. On PostgreSQL that is a GIN index over a text-search vector. On SQLite it
is FTS5: triggers for every inserted row would make an import four times as slow as indexing all new rows at once
(measured), so triggers follow changes and deletions only, `catch_up` adds new rows in one statement, and what it has
not met yet is found by reading it. Nothing is ever missed; forgetting `catch_up` is only slow.

A migration that rebuilds the customers' table on SQLite drops its triggers: end it with `RunPython(search.install)`.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from stammkunde.customers import phones, spelling

MOST_WORDS = 6
MOST_MISSPELT = 3  # words in which errors are looked for
Row = TypeVar("Row", bound=Model)
_TABLE = "customers_customer"
_UPTO = "(SELECT upto FROM customers_search_upto)"


def words(typed: str) -> list[str]:
    """Split what was typed into lower-case words without accents; at most six."""
    return re.findall(r"[^\W_]+", plain(typed))[:MOST_WORDS]


def plain(written: str) -> str:
    """Write in lower case and without accents."""
    signs = unicodedata.normalize("NFKD", written.lower())
    return unicodedata.normalize("NFC", "".join(sign for sign in signs if not unicodedata.combining(sign)))


def matching(customers: QuerySet[Row], typed: str) -> QuerySet[Row]:
    """
    Keep the customers who have, for every typed word, a word that begins with it; nothing typed keeps all.

    What looks like a phone number is found however it is written, here and there (`phones`).

    A single letter matches so many that reading rows until the page is full is quicker than the index (measured).
    """
    numbers = phones.typed(typed)
    if numbers:
        return customers.filter(_found([words(typed)] + [[number] for number in numbers], typed, numbers))
    wanted = words(typed)
    for letter in (word for word in wanted if len(word) == 1):
        customers = customers.filter(Q(search__startswith=letter) | Q(search__contains=f" {letter}"))
    wanted = [word for word in wanted if len(word) > 1]
    return customers.filter(_found([wanted], typed, [])) if wanted else customers


def beginning_with(customers: QuerySet[Row], number: str) -> QuerySet[Row]:
    """Keep the customers with a phone number that begins so, written as `phones.plain` does."""
    return customers.filter(_found([[number]], number, []))


def similar(customers: QuerySet[Row], typed: str) -> QuerySet[Row]:
    """
    Keep the customers who have, for every typed word, one that begins with it or with what was meant (`spelling`).

    The same index carries it: each variant is one more beginning to look up. Who is not indexed yet is not found.
    """
    wanted = words(typed)
    if not any(len(word) >= spelling.LEAST_LETTERS for word in wanted):
        return customers.none()
    groups = [spelling.meant(word) if place < MOST_MISSPELT else [word] for place, word in enumerate(wanted)]
    if connection.vendor == "postgresql":
        return customers.filter(pk__in=_by_vector(" & ".join(f"({_any(group, _tsquery)})" for group in groups)))
    return customers.filter(pk__in=_by_fts(" AND ".join(f"({_any(group, _ftsquery)})" for group in groups)))


def _any(group: list[str], write: Callable[[str], str]) -> str:
    """Write that one of the words is there."""
    return (" | " if write is _tsquery else " OR ").join(write(word) for word in group)


def _found(ways: list[list[str]], typed: str, numbers: list[str]) -> Q:
    """Write that all words of one of the ways are there."""
    if connection.vendor == "postgresql":
        return Q(pk__in=_by_vector(" | ".join(f"({' & '.join(map(_tsquery, way))})" for way in ways)))
    found = _by_fts(" OR ".join(f"({' AND '.join(map(_ftsquery, way))})" for way in ways))
    return Q(pk__in=found) | _not_yet_indexed(typed, numbers)


def _ftsquery(word: str) -> str:
    return f'"{word}"*'


def _tsquery(word: str) -> str:
    return f"'{word}':*"


def catch_up() -> int:
    """Index the customers that came since the last time, and tell how many; repeating is harmless."""
    if connection.vendor == "postgresql":
        return 0  # the database does it by itself
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_search(rowid, search) SELECT id, search FROM {_TABLE} WHERE id > {_UPTO}"
        )
        added: int = cursor.rowcount
        cursor.execute(
            f"UPDATE customers_search_upto SET upto = max(upto, (SELECT coalesce(max(id), 0) FROM {_TABLE}))"
        )
    return added


def _by_fts(query: str) -> RawSQL:
    return RawSQL("SELECT rowid FROM customers_search WHERE customers_search MATCH %s", (query,))


def _not_yet_indexed(typed: str, numbers: list[str]) -> Q:
    newer, said = Q(pk__gt=RawSQL(_UPTO, ())), Q()  # noqa: S611 - nothing of it was typed
    for word in re.findall(r"[^\W_]+", typed.lower())[:MOST_WORDS]:
        said &= Q(search__contains=word)
    for number in numbers:
        said |= Q(search__contains=f" {number}")
    return newer & said


def _by_vector(query: str) -> RawSQL:
    sql = f"SELECT id FROM {_TABLE} WHERE {_VECTOR} @@ to_tsquery('simple', %s)"
    return RawSQL(sql, (query,))  # noqa: S611 - the words are letters and digits, and parameters


def _translation() -> tuple[str, str]:
    """Give the accented letters and the signs between words, and what each becomes: plain letters and spaces."""
    accented, plain = "", ""
    for code in range(0xC0, 0x180):
        base = unicodedata.normalize("NFKD", chr(code))
        if len(base) > 1 and unicodedata.combining(base[1]):
            accented, plain = accented + chr(code), plain + base[0]
    signs = '@.-_/+&,;:()[]{}<>|*#!?"`´‘’“”„$§=~^\\'
    return accented + signs, plain + " " * len(signs)


_VECTOR = "to_tsvector('simple', translate(search, '{}', '{}'))".format(*_translation())

_REMOVE_SQLITE = (
    "DROP TRIGGER IF EXISTS customers_search_insert",
    "DROP TRIGGER IF EXISTS customers_search_delete",
    "DROP TRIGGER IF EXISTS customers_search_update",
    "DROP TABLE IF EXISTS customers_search",
    "DROP TABLE IF EXISTS customers_search_upto",
)
_FORGET = "INSERT INTO customers_search(customers_search, rowid, search) VALUES ('delete', old.id, old.search)"
_LEARN = "INSERT INTO customers_search(rowid, search) VALUES (new.id, new.search)"
_OPTIONS = f"search, content='{_TABLE}', content_rowid='id', tokenize='unicode61 remove_diacritics 2', columnsize=0"
_CHANGED = f"WHEN old.search <> new.search AND old.id <= {_UPTO} BEGIN {_FORGET}; {_LEARN}"
_INSTALL_SQLITE = (
    *_REMOVE_SQLITE,
    f"CREATE VIRTUAL TABLE customers_search USING fts5({_OPTIONS})",
    "CREATE TABLE customers_search_upto (id integer PRIMARY KEY CHECK (id = 1), upto integer NOT NULL)",
    f"INSERT INTO customers_search_upto SELECT 1, coalesce(max(id), 0) FROM {_TABLE}",
    f"CREATE TRIGGER customers_search_insert AFTER INSERT ON {_TABLE} WHEN new.id <= {_UPTO} BEGIN {_LEARN}; END",
    f"CREATE TRIGGER customers_search_delete AFTER DELETE ON {_TABLE} WHEN old.id <= {_UPTO} BEGIN {_FORGET}; END",
    f"CREATE TRIGGER customers_search_update AFTER UPDATE OF search ON {_TABLE} {_CHANGED}; END",
    "INSERT INTO customers_search(customers_search) VALUES ('rebuild')",
)
_REMOVE_POSTGRESQL = ("DROP INDEX IF EXISTS customers_search",)
_INSTALL_POSTGRESQL = (
    *_REMOVE_POSTGRESQL,
    f"CREATE INDEX customers_search ON {_TABLE} USING gin ({_VECTOR})",
)


def install(_apps: Any, schema_editor: Any) -> None:
    """Build the index anew; for migrations, and harmless to repeat."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    _run(schema_editor, _INSTALL_POSTGRESQL if postgresql else _INSTALL_SQLITE)


def remove(_apps: Any, schema_editor: Any) -> None:
    postgresql = schema_editor.connection.vendor == "postgresql"
    _run(schema_editor, _REMOVE_POSTGRESQL if postgresql else _REMOVE_SQLITE)


def _run(schema_editor: Any, statements: tuple[str, ...]) -> None:
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
