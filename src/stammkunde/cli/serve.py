"""One parent that supervises the web server and one worker: it restarts whichever dies, and ends both when told to."""

import ctypes
import errno
import logging
import logging.config
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection

import click

from stammkunde import cli, config
from stammkunde.cli import staff

LOOK_SECONDS = 0.2
STEADY_SECONDS = 60.0  # who lived that long is restarted at once
LONGEST_PAUSE_SECONDS = 30.0
GRACE_SECONDS = 8.0
FORMER_SECONDS = 3.0  # in which the children of a parent that was killed have noticed
THREADS = 4  # a page waits for the database more than it computes; four keep two cores busy
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else lambda *_: 0  # found before any fork
Account = tuple[str, str]  # e-mail and password


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the parent must know of the preparation: an account to tell of, the company's clock, or why it ended."""

    account: Account | None = None
    time_zone: str = ""
    refusal: str = ""


log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Child:
    """A process that is meant to live."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    def look_after(self, *, clock: float) -> None:
        """Start the process where it does not run, and wait longer each time that it dies young."""
        if self.process is None:
            if clock >= self.not_before:
                self._start(clock)
        elif self.process.poll() is not None:
            self._mourn(clock)

    def _start(self, clock: float) -> None:
        self.started = clock
        self.process = subprocess.Popen(  # noqa: S603 (our own command)
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends the children in order
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (one system call, looked up beforehand: safe beside threads)
        )
        log.info("child=%s pid=%d started", self.name, self.process.pid)

    def _mourn(self, clock: float) -> None:
        assert self.process is not None
        self.end(signal.SIGKILL)  # what it leaves behind would hold the port
        self.deaths = 1 if clock - self.started > STEADY_SECONDS else self.deaths + 1
        pause = min(2.0 ** (self.deaths - 1) - 1, LONGEST_PAUSE_SECONDS)
        log.error("child=%s died code=%s restart_seconds=%g", self.name, self.process.returncode, pause)
        self.process, self.not_before = None, clock + pause

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it started; harmless once they are gone."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def join(self, *, seconds: float) -> None:
        if self.process is not None:
            try:
                self.process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                log.warning("child=%s pid=%d does not end: killed, which loses nothing", self.name, self.process.pid)
            self.end(signal.SIGKILL)


def _die_with_parent() -> None:
    """Ask the kernel to end the child when the parent is killed: orphans would hold the port."""
    _prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def children(*, host: str, port: int) -> list[Child]:
    front = [sys.executable, "-m", "stammkunde.front", host, str(port), str(THREADS)]
    work = [sys.executable, "-m", "stammkunde", "work"]
    return [Child(name="web", command=front), Child(name="worker", command=work)]


def supervise(family: Sequence[Child], *, stop: threading.Event) -> None:
    """Look after the children until told to stop; then end them, at once where possible, with force after a while."""
    try:
        while not stop.wait(LOOK_SECONDS):
            for child in family:
                child.look_after(clock=time.monotonic())
    finally:
        for child in family:
            child.end(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in family:
            child.join(seconds=max(0.1, deadline - time.monotonic()))


def refuse_taken_port(*, host: str, port: int) -> None:
    """
    Try the address before anything is started; the web server of a parent that was killed lets go of it in moments.

    :raises ClickException: if somebody else listens there, or the address is not ours
    """
    deadline = time.monotonic() + FORMER_SECONDS
    while (problem := _trial(host, port)) is not None:
        if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            raise click.ClickException(
                f"Cannot listen on {host}:{port}: {problem.strerror}. Choose another with --host and --port."
            )
        time.sleep(LOOK_SECONDS)


def _trial(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            return problem
    return None


def prepare(host: str) -> Prepared:
    """Bring database and static files up to date, and give the first administrator's password where there was none."""
    cli.setup()
    from stammkunde.figures import charts  # noqa: PLC0415
    from stammkunde.ui import statics  # noqa: PLC0415

    try:
        with cli.in_turn():
            cli.open_database()
            statics.collect()
            charts.build_bundle(charts.bundle_dir())
            account = staff.first_administrator()
    except OSError as problem:
        raise cli.unusable(problem) from None
    _hint(host)
    return Prepared(account=account, time_zone=os.environ["TZ"])  # which Django has set


def prepare_apart(host: str) -> Prepared:
    """
    Prepare in a process of its own: what it loads, Django and all, would stay with the parent for months.

    :raises ClickException: if something is wrong that its message tells
    """
    forked = multiprocessing.get_context("fork")  # nothing runs beside us yet
    ours, theirs = forked.Pipe(duplex=False)
    process = forked.Process(target=_prepare_and_tell, args=(theirs, host))
    process.start()
    theirs.close()
    try:
        prepared: Prepared = ours.recv()
    except EOFError:
        raise SystemExit(1) from None  # it has said why
    finally:
        process.join()
    if prepared.refusal:
        raise click.ClickException(prepared.refusal)
    return prepared


def _prepare_and_tell(pipe: Connection, host: str) -> None:
    with suppress(KeyboardInterrupt):
        try:
            pipe.send(prepare(host))
        except click.ClickException as problem:
            pipe.send(Prepared(refusal=problem.message))


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _announce(*, host: str, port: int, account: Account | None, stop: threading.Event) -> None:
    """Say last, once the pages answer, where they are and how to sign in."""
    while not _answers(host, port):
        if stop.wait(LOOK_SECONDS):
            return
    shown = f"[{host}]" if ":" in host else host
    said = ["", f"Stammkunde runs on  http://{shown}:{port}"]
    if account:
        email, password = account
        said += [f"Sign in as          {email}", f"Password            {password}   (shown this once)"]
    else:
        said += ["Forgot the password?  stammkunde staff password EMAIL"]
    click.echo("\n".join([*said, "Stop with Ctrl-C.", ""]))


def _hint(host: str) -> None:
    from django.conf import settings  # noqa: PLC0415

    if host not in {"127.0.0.1", "::1", "localhost"} and "STAMMKUNDE_HOSTS" not in os.environ:
        names = ", ".join(settings.ALLOWED_HOSTS)
        click.echo(
            f"Pages answer to {names} only. To reach them by another name, set STAMMKUNDE_HOSTS=that.name,localhost",
            err=True,
        )


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0: every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def command(host: str, port: int) -> None:
    """Serve the pages and work in the background, until Ctrl-C."""
    logging.config.dictConfig(config.LOGGING)
    refuse_taken_port(host=host, port=port)
    prepared = prepare_apart(host)
    refuse_taken_port(host=host, port=port)  # somebody else may have started while we prepared
    os.environ["TZ"] = prepared.time_zone  # the parent's log tells the same time as its children's
    time.tzset()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    family = children(host=host, port=port)
    for child in family:
        child.look_after(clock=time.monotonic())
    threading.Thread(
        target=_announce, kwargs={"host": host, "port": port, "account": prepared.account, "stop": stop}, daemon=True
    ).start()
    supervise(family, stop=stop)
