"""
Which version of the facts the mirror holds, and which one the database has.

`store.changes` counts what changed; here the numbers are compared. A part is a whole table (`customers`), a month of
tables that are read by month (`orders:2011-09`), or something beside the facts that a column depends on (`owners`).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection

from stammkunde.mirror.manifest import Manifest
from stammkunde.store import changes, facts
from stammkunde.store.facts import FactTable

Fetch = Callable[[str], Iterable[tuple[Any, ...]]]

_VERSIONS = f"SELECT part, version FROM {changes.TABLE}"  # noqa: S608 (our own table)


def of_database(fetch: Fetch | None = None) -> dict[str, int]:
    """Read the version of every part; through `fetch` inside a snapshot, else through Django's connection."""
    fetch = fetch or _fetch
    found = {part: version for part, version in fetch(_VERSIONS) if version}
    beside = (one.beside.items() for _table, one in facts.mirrored())
    return found | {part: _number_of(fetch(sql)) for parts in beside for part, sql in parts}


def of_build(fetch: Fetch) -> dict[str, int]:
    """Read the version of every part inside a snapshot, also of tables whose changes nobody counts."""
    standing = {table.part: what.standing for table, what in facts.mirrored() if what.standing}
    return of_database(fetch) | {part: _number_of(fetch(sql)) for part, sql in standing.items()}


def digest(versions: Mapping[str, int]) -> str:
    """Name a state of the facts that figures rest on: equal facts versions, equal name."""
    text = "\n".join(f"{part}={version}" for part, version in sorted(starting(versions).items()) if version)
    return hashlib.sha256(text.encode()).hexdigest()


def facts_version() -> str:
    """Name the state of the facts that the database has now."""
    return digest(of_database())


def differing(held: Mapping[str, int], there: Mapping[str, int]) -> set[str]:
    return {part for part in held.keys() | there.keys() if held.get(part, 0) != there.get(part, 0)}


def stale_parts(manifest: Manifest | None) -> set[str]:
    """Name the parts that figures rest on, and that the database has in another version than the mirror."""
    return differing(starting(manifest.versions) if manifest else {}, starting(of_database()))


def starting(versions: Mapping[str, int]) -> dict[str, int]:
    """Keep the parts whose changes make figures stale; the others come along with the next refresh."""
    waits = {table.part for table in facts.every().values() if table.part and not table.starts_refresh}
    return {part: version for part, version in versions.items() if changes.split(part)[0] not in waits}


def is_whole(part: str) -> bool:
    """Say whether a part is a whole table, or what it depends on: a change of these may touch every figure."""
    return not changes.split(part)[1]


def of_table(table: FactTable, parts: Iterable[str]) -> set[str]:
    """Keep the parts that a table's rows in the mirror depend on."""
    what = table.mirrored
    others = {*what.beside, *what.depends} if what else set()
    return {part for part in parts if changes.split(part)[0] == table.part or part in others}


def _fetch(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _number_of(rows: Iterable[tuple[Any, ...]]) -> int:
    """Turn rows into a number that changes when they do; 0 for none."""
    rows = [tuple(row) for row in rows]
    return int.from_bytes(hashlib.sha256(repr(rows).encode()).digest()[:6]) if rows else 0
