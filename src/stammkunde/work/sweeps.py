"""
What workers do in turn.

An app declares its sweeps in `sweeps.py`: `SWEEPS`, each a function that does one piece of what is due and tells
whether there was any. It is named, not imported, so that listing sweeps loads nothing that computes.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import close_old_connections
from django.utils.module_loading import import_string

IDLE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Named:
    """A function by its place, `stammkunde.app.module.function`, loaded when it is called."""

    place: str

    def load(self) -> Callable[..., bool]:
        found: Callable[..., bool] = import_string(self.place)
        return found

    def __call__(self, **given: Any) -> bool:
        return self.load()(**given)


@dataclass(kw_only=True)
class Sweep:
    """
    One kind of work, with a pause after failure that doubles, so that its trouble never stops the others.

    `order` says whose turn is first: what people wait for, before what takes long.
    """

    name: str
    run: Callable[..., bool]
    order: int = 50
    failures: int = 0
    not_before: float = field(default=0.0)

    def turn(self, *, now: datetime, clock: float) -> bool:
        """Do one piece of work where it is due, and tell whether there was any; failures are logged and wait."""
        if clock < self.not_before:
            return False
        try:
            busy = self.run(now=now)
        except Exception as problem:  # noqa: BLE001 (whatever it is: the next turn may succeed, and other work is waiting)
            self._fail(problem, clock=clock)
            return False
        self.failures = 0
        return busy

    def _fail(self, problem: Exception, *, clock: float) -> None:
        self.failures += 1
        pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE_SECONDS)
        self.not_before = clock + pause
        expected = "locked" in str(problem)  # SQLite says so when somebody else writes for long: no traceback
        log.log(
            logging.WARNING if expected else logging.ERROR,
            "sweep=%s failed=%d retry_seconds=%g problem=%s: %s",
            self.name,
            self.failures,
            pause,
            type(problem).__name__,
            problem,
            exc_info=not expected,
        )


def declared() -> list[Sweep]:
    """List the sweeps of all apps in their order, none of them with a failure behind it."""
    found = [
        replace(sweep)
        for app in apps.get_app_configs()
        if find_spec(f"{app.name}.sweeps")
        for sweep in import_module(f"{app.name}.sweeps").SWEEPS
    ]
    return sorted(found, key=lambda sweep: (sweep.order, sweep.name))


def loop(
    sweeps: Sequence[Sweep],
    *,
    stop: threading.Event,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    is_large: Callable[[], bool] = lambda: False,
) -> None:
    """
    Give every sweep its turn until told to stop; rest when nobody had anything to do.

    Ends, too, where there is nothing more to do and the work has made this process large: whoever called starts anew.
    """
    worked = False
    while not stop.is_set():
        busy = False
        for sweep in sweeps:
            close_old_connections()
            busy = sweep.turn(now=now(), clock=clock()) or busy
            if stop.is_set():
                return
        worked = worked or busy
        if not busy:
            if worked and is_large():
                return
            stop.wait(IDLE_SECONDS)
