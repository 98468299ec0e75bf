"""Something small that is done again and again while something large is going on."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections

log = logging.getLogger(__name__)


@contextmanager
def beating(beat: Callable[[], bool], *, every_seconds: float, name: str) -> Iterator[None]:
    """
    Beat from a thread of its own while the block runs, or until a beat says that there is no more to do.

    A beat that fails, because the database is locked or the disk away, is made up for by the next.
    """
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(beat, every_seconds, over), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(beat: Callable[[], bool], every_seconds: float, over: threading.Event) -> None:
    try:
        while not over.wait(every_seconds):
            if not _once(beat):
                return
    finally:
        connections.close_all()


def _once(beat: Callable[[], bool]) -> bool:
    try:
        return beat()
    except (DatabaseError, OSError) as problem:
        log.warning("thread=%s beat=missed problem=%r", threading.current_thread().name, problem)
        connections.close_all()
        return True
