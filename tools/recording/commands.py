"""The command line, called in this process; and the worker, for as long as there is something to do."""

import contextlib
import importlib
import io
import logging
import signal
from functools import partial
from typing import Any

from recording import aliases
from recording.fixed import clock

MOST_TURNS = 60
FIGURES = "signals"  # the sweep that computes them


def command(*words: str) -> str:
    """Call a command as from a terminal, and give what it printed."""
    said = io.StringIO()
    logging.disable(logging.WARNING)
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        aliases.find("command line").main(list(words), standalone_mode=False)
    return said.getvalue()


def work(*, figures: bool = False) -> None:
    """
    Run the sweeps that `stammkunde work` would run until none has anything to do; figures, which take long, if asked.

    :raises RuntimeError: if they never rest
    """
    module, _colon, name = aliases.place("worker's loop").partition(":")
    holder = importlib.import_module(module)
    loop = getattr(holder, name)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    setattr(holder, name, partial(_until_idle, figures))
    try:
        command("work")
    finally:
        setattr(holder, name, loop)
        for number, handler in before.items():  # the worker has its own way of being told to stop
            signal.signal(number, handler)


def _until_idle(figures: bool, sweeps: Any, *, stop: Any, **_others: Any) -> None:
    chosen = [sweep for sweep in sweeps if figures or sweep.name != FIGURES]
    try:
        for _turn in range(MOST_TURNS):
            busy = [sweep.run(now=clock.at) for sweep in chosen]  # each has its turn
            if not any(busy):
                return
        raise RuntimeError("the worker never rests")
    finally:
        stop.set()
