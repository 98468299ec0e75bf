"""Workers in processes of their own that lead people through measures: to the end, or until they are killed."""

import os
import signal
from datetime import datetime
from typing import Any

from stammkunde.plays.measures import moves, walk, working
from stammkunde.plays.measures.pacing import Pace


def work(*, now: str, at_once: int) -> None:
    """Do all there is."""
    walk.AT_ONCE, working._SHARED = at_once, Pace(at_once=at_once)
    while working.sweep(now=datetime.fromisoformat(now)):
        pass


def die(*, now: str, at_once: int, batch: int) -> None:
    """Work, and die right before one of the batches would count."""
    whole, left = moves.Batch.save, iter(range(batch))

    def save(one: Any) -> int:
        moved = whole(one)
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return moved

    moves.Batch.save = save  # type: ignore[method-assign]
    work(now=now, at_once=at_once)
