"""The command line, called in this process; and the worker, for as long as there is something to do."""

import contextlib
import importlib
import io
import logging
from typing import Any

from recording import aliases
from recording.fixed import clock

MOST_TURNS = 60


def command(*words: str) -> str:
    """Call a command as from a terminal, and give what it printed."""
    said = io.StringIO()
    logging.disable(logging.WARNING)
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        aliases.find("command line").main(list(words), standalone_mode=False)
    return said.getvalue()


def work() -> None:
    """
    Run the sweeps that `stammkunde work` would run until none has anything to do.

    :raises RuntimeError: if a sweep fails, or they never rest
    """
    module, _colon, name = aliases.place("worker's loop").partition(":")
    holder = importlib.import_module(module)
    loop = getattr(holder, name)
    setattr(holder, name, _until_idle)
    try:
        command("work")
    finally:
        setattr(holder, name, loop)


def _until_idle(sweeps: Any, *, stop: Any, **_others: Any) -> None:
    try:
        for _turn in range(MOST_TURNS):
            busy = [sweep.run(now=clock.at) for sweep in sweeps]  # each has its turn
            if not any(busy):
                return
        raise RuntimeError("the worker never rests")
    finally:
        stop.set()
