"""
A question that another one of the same asker replaces is broken off, and nobody else's.

Each has a connection of its own as long as it runs, so that whoever breaks it off can hit no other question.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from stammkunde.mirror import engine

TRIES, TRY_SECONDS = 20, 0.01  # one that is between two queries is met by the next try

_lock = threading.Lock()
_running: dict[str, "_Asked"] = {}


class Replaced(Exception):
    """A newer question of the same asker has replaced this one."""


@dataclass(kw_only=True)
class _Asked:
    home: duckdb.DuckDBPyConnection
    is_over: threading.Event = field(default_factory=threading.Event)
    is_replaced: bool = False


@contextmanager
def former(asker: str) -> Iterator[None]:
    """
    Break off what this asker asked before, if that still runs, and ask what the block asks.

    :raises Replaced: if the block was broken off itself
    """
    mine = _Asked(home=engine.another())
    with _lock:
        before, _running[asker] = _running.get(asker), mine
    if before:
        _break_off(before)
    try:
        with engine.through(mine.home):
            yield
    except duckdb.Error as problem:
        if mine.is_replaced:
            raise Replaced from problem
        raise
    finally:
        with _lock:
            mine.is_over.set()
            if _running.get(asker) is mine:
                del _running[asker]
            mine.home.close()


def _break_off(one: _Asked) -> None:
    one.is_replaced = True
    for _try in range(TRIES):
        with _lock:
            if one.is_over.is_set():
                return
            one.home.interrupt()
        if one.is_over.wait(TRY_SECONDS):
            return
