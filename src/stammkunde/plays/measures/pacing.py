"""How many a batch takes, and how long others may write after it: where there is one writer, as many as are quick."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LOCK_SECONDS = 0.15  # that a batch keeps all others from writing
SMALLEST, FIRST, LARGEST = 50, 100, 200  # fewer cost nearly as much: half of what a batch takes is asking at all
GAP = 0.5  # of what a batch took
# SQLite asks again for a lock that is taken every 50 ms at most for a fifth of a second, and every 100 ms from then on:
# so long a gap lets everybody write who waits. Where a batch takes longer, the machine is busy, and whoever waits is
# late with asking, too: with gaps of 110 ms there, a page's write waited twice as long.
MOST_AFTER_SHORT, LEAST_AFTER_LONG = 0.055, 0.11
LONG_SECONDS = 0.2


@dataclass(kw_only=True)
class Pace:
    """How many are looked at in one transaction, and whether others are let through after each."""

    at_once: int
    gives_way: bool = False
    seconds: float = 0.0  # that the last one took

    @contextmanager
    def room_for_others(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds = time.monotonic() - began
        if self.gives_way:
            time.sleep(gap(self.seconds))

    def learn(self) -> None:
        """Take more or fewer at once, by how long the last batch took, which was a whole one."""
        if self.gives_way:
            factor = min(1.5, max(0.5, LOCK_SECONDS / max(self.seconds, 0.001)))
            self.at_once = int(min(LARGEST, max(SMALLEST, self.at_once * factor)))


def gap(seconds: float) -> float:
    """Tell for how long others may write after a batch that took so many seconds."""
    half = seconds * GAP
    return min(half, MOST_AFTER_SHORT) if seconds < LONG_SECONDS else max(half, LEAST_AFTER_LONG)
