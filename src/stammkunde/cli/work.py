"""
Do what is due, again and again: messages first, then imports, then figures.

The truth is in our own rows: whatever is due is claimed by a lease. So as many workers as you like may run, and one
that is killed loses nothing.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import click

from stammkunde import cli

IDLE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Sweep:
    """One kind of work, with a pause after failure that doubles, so that its trouble never stops the others."""

    name: str
    run: Callable[..., bool]
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


def loop(
    sweeps: Sequence[Sweep], *, stop: threading.Event, now: Callable[[], datetime], clock: Callable[[], float]
) -> None:
    """Give every sweep its turn until told to stop; rest when nobody had anything to do."""
    from django.db import close_old_connections  # noqa: PLC0415

    while not stop.is_set():
        busy = False
        for sweep in sweeps:
            close_old_connections()
            busy = sweep.turn(now=now(), clock=clock()) or busy
            if stop.is_set():
                return
        if not busy:
            stop.wait(IDLE_SECONDS)


def _beat_until(stop: threading.Event, worker: str) -> None:
    from stammkunde import health  # noqa: PLC0415

    while not stop.wait(health.BEAT_SECONDS):
        try:
            health.beat(worker=worker)
        except OSError:
            log.exception("cannot leave a heartbeat")


@click.command(name="work")
def command() -> None:
    """Work in the background: messages, imports, figures. `serve` runs one; run more beside it when there is much."""
    cli.setup()
    import time  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from stammkunde import health  # noqa: PLC0415
    from stammkunde.intake import sweeps as intake  # noqa: PLC0415
    from stammkunde.outreach import sweeps as outreach  # noqa: PLC0415
    from stammkunde.plays import sweeps as plays  # noqa: PLC0415
    from stammkunde.signals import sweeps as signals  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = f"{socket.gethostname()}-{os.getpid()}"
    health.forget_the_dead(now=timezone.now())
    health.beat(worker=worker)
    threading.Thread(target=_beat_until, args=(stop, worker), daemon=True).start()
    log.info("worker=%s started", worker)
    sweeps = [
        Sweep(name="outreach", run=outreach.sweep),
        Sweep(name="plays", run=plays.sweep),
        Sweep(name="audiences", run=plays.choose),
        Sweep(name="intake", run=intake.sweep),
        Sweep(name="signals", run=signals.sweep),
    ]
    try:
        loop(sweeps, stop=stop, now=timezone.now, clock=time.monotonic)
    finally:
        health.sign_off(worker=worker)
        log.info("worker=%s ended", worker)
