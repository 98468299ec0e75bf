"""
Do what is due, again and again: messages first, then imports, then figures.

The truth is in our own rows: whatever is due is claimed by a lease. So as many workers as you like may run, and one
that is killed loses nothing. One that work has made large starts anew when it is idle: memory goes back to the system.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time

import click

from stammkunde import cli

ENDS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger(__name__)


@click.command(name="work")
def command() -> None:
    """Work in the background: messages, imports, figures. `serve` runs one; run more beside it when there is much."""
    cli.setup()
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.work import size, sweeps, workers  # noqa: PLC0415

    stop = threading.Event()
    for number in ENDS:
        signal.signal(number, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)  # one that came while this program started anew counts
    worker = f"{socket.gethostname()}-{os.getpid()}"
    workers.forget_the_dead(now=timezone.now())
    with workers.present(worker):
        log.info("worker=%s started", worker)
        sweeps.loop(sweeps.declared(), stop=stop, now=timezone.now, clock=time.monotonic, is_large=size.is_large)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    if not stop.is_set():
        log.info("worker=%s starts anew, held_mb=%d", worker, size.held_mb())
        _start_anew()
    log.info("worker=%s ended", worker)


def _start_anew() -> None:
    """Put the program into the place of itself: whoever looks after this process does not notice."""
    from django.db import connections  # noqa: PLC0415

    from stammkunde.intake import apart  # noqa: PLC0415

    connections.close_all()
    apart.end()  # nobody would wait for it any more
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (our own command)
