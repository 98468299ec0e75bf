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
import time

import click

from stammkunde import cli

log = logging.getLogger(__name__)


@click.command(name="work")
def command() -> None:
    """Work in the background: messages, imports, figures. `serve` runs one; run more beside it when there is much."""
    cli.setup()
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.work import sweeps, workers  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = f"{socket.gethostname()}-{os.getpid()}"
    workers.forget_the_dead(now=timezone.now())
    with workers.present(worker):
        log.info("worker=%s started", worker)
        sweeps.loop(sweeps.declared(), stop=stop, now=timezone.now, clock=time.monotonic)
    log.info("worker=%s ended", worker)
