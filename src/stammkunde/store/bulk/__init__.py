"""
Bulk rows in and out of both databases, as Arrow: taken in one consistent look, put in batches that lock nobody out.

On SQLite, ADBC never opens the system of record: its wheel carries a second SQLite library, and two in one process
release each other's locks. It writes and reads exchange files of its own; the database's own SQLite attaches them.
"""

from stammkunde.store.bulk.addresses import address
from stammkunde.store.bulk.batches import Progress, cut, delete, repeat, run
from stammkunde.store.bulk.inserts import insert, put, staged
from stammkunde.store.bulk.lookups import rows_of, rows_with
from stammkunde.store.bulk.pace import Pace, rest
from stammkunde.store.bulk.queries import Seconds, local_days, taken
from stammkunde.store.bulk.snapshots import DatabaseInMemory, Snapshot, day_of, snapshot
from stammkunde.store.ids import NoIds, reserve

__all__ = [
    "DatabaseInMemory",
    "NoIds",
    "Pace",
    "Progress",
    "Seconds",
    "Snapshot",
    "address",
    "cut",
    "day_of",
    "delete",
    "insert",
    "local_days",
    "put",
    "repeat",
    "reserve",
    "rest",
    "rows_of",
    "rows_with",
    "run",
    "snapshot",
    "staged",
    "taken",
]
