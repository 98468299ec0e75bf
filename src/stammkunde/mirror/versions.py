"""
Which version of the facts the mirror holds, and which one the database has.

Whoever writes facts counts their part up in the same transaction; the mirror remembers the numbers it has read.
Unequal is stale, and nothing is ever "cleared", so that a change during a refresh cannot be lost.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping

from django.db import connection

from stammkunde.mirror.manifest import Manifest

CUSTOMERS = "customers"
OWNERS = "owners"  # the names of those who look after customers: a column of the mirror that `team` owns
PRODUCTS = "products"
WHOLE_TABLES = frozenset({CUSTOMERS, OWNERS, PRODUCTS})

Fetch = Callable[[str], Iterable[tuple]]

_VERSIONS = "SELECT part, version FROM customers_change UNION ALL SELECT part, version FROM sales_change"
_OWNERS = (
    "SELECT s.id, s.name, s.email FROM team_staff s "
    "WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.owner_id = s.id) ORDER BY s.id"
)


def of_database(fetch: Fetch | None = None) -> dict[str, int]:
    """Read the version of every part; through `fetch` inside a snapshot, else through Django's connection."""
    fetch = fetch or _fetch
    return {part: version for part, version in fetch(_VERSIONS) if version} | {OWNERS: _number_of(fetch(_OWNERS))}


def digest(versions: Mapping[str, int]) -> str:
    """Name a state of the facts: equal facts versions, equal name."""
    text = "\n".join(f"{part}={version}" for part, version in sorted(versions.items()) if version)
    return hashlib.sha256(text.encode()).hexdigest()


def facts_version() -> str:
    """Name the state of the facts that the database has now."""
    return digest(of_database())


def differing(held: Mapping[str, int], there: Mapping[str, int]) -> set[str]:
    return {part for part in held.keys() | there.keys() if held.get(part, 0) != there.get(part, 0)}


def stale_parts(manifest: Manifest | None) -> set[str]:
    """Name the parts that the database has in another version than the mirror."""
    return differing(manifest.versions if manifest else {}, of_database())


def _fetch(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _number_of(rows: Iterable[tuple]) -> int:
    """Turn rows into a number that changes when they do; 0 for none."""
    rows = [tuple(row) for row in rows]
    return int.from_bytes(hashlib.sha256(repr(rows).encode()).digest()[:6]) if rows else 0
