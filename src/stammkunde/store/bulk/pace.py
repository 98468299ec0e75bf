"""How fast rows are written while other people work."""

import time
from dataclasses import dataclass, field

from django.db import connection

LOCK_SECONDS = 0.45  # on a machine that is busy otherwise, a batch has taken three times as long (measured)
SMALLEST, FIRST, LARGEST = 500, 4_000, 100_000
# SQLite asks for a lock that is taken every 100 ms, after a while: so long a gap lets every waiting writer in.
GAP_SECONDS = 0.11


@dataclass(kw_only=True)
class Pace:
    """How many rows the next batch takes, so that its lock lasts for `LOCK_SECONDS`."""

    rows: int = field(default_factory=lambda: min(FIRST, LARGEST))
    longest_seconds: float = 0.0

    def note(self, seconds: float) -> None:
        """Learn from a batch; grow at most twofold, so that a quick one does not mislead."""
        self.longest_seconds = max(self.longest_seconds, seconds)
        factor = min(2.0, max(0.3, LOCK_SECONDS / max(seconds, 0.001)))
        self.rows = int(min(LARGEST, max(SMALLEST, self.rows * factor)))


def rest(seconds: float) -> None:
    """
    Let others have their turn after a lock of so many seconds; outside of any transaction.

    PostgreSQL locks rows, and those of a batch are free as soon as it is committed. After a short lock of SQLite's,
    hardly anybody waits for as long as the gap would be.
    """
    if connection.vendor == "sqlite":
        time.sleep(min(GAP_SECONDS, seconds))
