"""
Foreign files are read in a process of its own, which may take so much memory and time and no more.

A small workbook can claim a billion cells, unpack to gigabytes or damage what reads it. The reader then dies, and
whoever asked is told that the file cannot be used. Readers are forked from a process that has loaded everything
(`intake.loaded`), so one starts within some hundredths of a second.
"""

import ctypes
import gc
import logging
import math
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, resource_tracker, util
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import duckdb
from django.conf import settings

from stammkunde import config, work
from stammkunde.intake import recognise as recognising
from stammkunde.intake.check import Checked
from stammkunde.intake.check import check as checking
from stammkunde.intake.check import keep_refused as keeping
from stammkunde.intake.formats import FileNotUsable, given_rows
from stammkunde.intake.formats.separated import Progress, Record
from stammkunde.intake.formats.sniff import is_parquet
from stammkunde.intake.recognise import Known, Recognition
from stammkunde.intake.recognise.parts import Part
from stammkunde.intake.recognise.parts import parts as listing

READER = "reader-"  # so begin the folders of what they write, among the uploads
LOOK_SECONDS = 120  # somebody waits
WHOLE_SECONDS = 900
WHOLE_SECONDS_PER_MB = 20  # a hundred times of what it takes
BESIDE_ENGINE_MB = 2048  # what a workbook of a million rows takes, which is read whole
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG

_apart = multiprocessing.get_context("forkserver")
_apart.set_forkserver_preload(["stammkunde.intake.loaded"])


log = logging.getLogger(__name__)


class ReaderFailed(Exception):
    """A reader met something that nobody expected; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a reader may take, beyond the little that it begins with."""

    memory_mb: int
    seconds: float


def recognise(path: Path, *, memory_mb: int, known: Known | None = None, **given: Any) -> Recognition:
    """
    Recognise a file, as `recognise.recognise` does; what is `known` of its headings is asked here.

    :raises FileNotUsable: if it cannot be read at all, or not within bounds
    """
    found: Recognition = _look(recognising.recognise, known=known, path=path, memory_mb=memory_mb, **given)
    return found


def parts(path: Path, *, memory_mb: int) -> list[Part]:
    """
    List the tables of a file that holds several, as `recognise.parts` does.

    :raises FileNotUsable: if the file cannot be read, or not within bounds
    """
    found: list[Part] = _look(listing, path=path, bound_mb=memory_mb)
    return found


def check(path: Path, *, memory_mb: int, progress: Progress, **given: Any) -> Checked:
    """
    Check a file whole, as `check.check` does; what `progress` raises ends the reader.

    :raises FileNotUsable: if nothing of the file can be imported, or it cannot be read within bounds
    """
    bounds = _bounds(memory_mb, _whole_seconds(path))
    found: Checked = read(checking, bounds=bounds, progress=progress, path=path, memory_mb=memory_mb, **given)
    return found


def keep_refused(path: Path, place: Path, *, memory_mb: int) -> None:
    """
    Keep what was refused, as `check.keep_refused` does.

    :raises FileNotUsable: if the file cannot be read within bounds
    """
    if not is_parquet(path):
        return
    read(keeping, bounds=_bounds(memory_mb, _whole_seconds(path)), path=path, out_dir=place)


def rows(path: Path, *, work_dir: Path, limit: int, memory_mb: int) -> tuple[list[str], list[Record]]:
    """
    Give a list's headings and its first rows.

    :raises FileNotUsable: if it is no table, or cannot be read within bounds
    """
    found: tuple[list[str], list[Record]] = _look(
        given_rows, path=path, work_dir=work_dir, limit=limit, memory_mb=memory_mb
    )
    return found


def _look(function: Callable[..., Any], *, bound_mb: int = 0, known: Known | None = None, **given: Any) -> Any:
    """Call what looks at a file while somebody waits; what nobody expected of a file is a refusal of it as well."""
    bounds = _bounds(bound_mb or given["memory_mb"], LOOK_SECONDS)
    try:
        return read(function, bounds=bounds, known=known, **given)
    except ReaderFailed as problem:
        log.exception("a reader failed")
        raise FileNotUsable("reader_failed", problem=str(problem)[:200]) from None


def _bounds(engine_mb: int, seconds: float) -> Bounds:
    return Bounds(memory_mb=engine_mb + BESIDE_ENGINE_MB, seconds=seconds)


def _whole_seconds(path: Path) -> float:
    return WHOLE_SECONDS + WHOLE_SECONDS_PER_MB * path.stat().st_size / 2**20


# --- on our side


def read(
    function: Callable[..., Any],
    *,
    bounds: Bounds,
    progress: Progress | None = None,
    known: Known | None = None,
    **given: Any,
) -> Any:
    """
    Call a function of a module in a reader, with what is `given`, and give what it gives.

    It may tell of its `progress`, and ask for what is `known`: these two are called here.

    :raises FileNotUsable: if the function does, or took more memory or time than it may
    :raises ReaderFailed: if it failed in a way that nobody expected
    """
    deadline = time.monotonic() + bounds.seconds
    ours = tuple(name for name, one in {"progress": progress, "known": known}.items() if one)
    with _reader(function, bounds, given, ours=ours) as answers:
        while answers.poll(max(0.0, deadline - time.monotonic())):
            try:
                kind, value = answers.recv()
            except (EOFError, OSError):  # also in the middle of an answer
                raise FileNotUsable("reader_ended", memory_mb=bounds.memory_mb) from None
            if kind == "given":
                return value
            if kind == "raised":
                raise value
            if kind == "asked" and known:
                answers.send(known(*value))
            elif progress:
                progress(*value)
    raise FileNotUsable("reader_slow", seconds=round(bounds.seconds))


@contextmanager
def _reader(
    function: Callable[..., Any], bounds: Bounds, given: dict[str, Any], *, ours: tuple[str, ...]
) -> Iterator[Connection]:
    """Start a reader, and end it whatever happens, with all that it wrote for itself."""
    here, there = _apart.Pipe()
    with _folder() as folder:
        process = _apart.Process(target=_work, args=(there, bounds, folder, function, given, ours), daemon=True)
        process.start()
        there.close()
        try:
            yield here
        finally:
            process.kill()
            process.join()
            process.close()
            here.close()


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a reader a folder for what it writes beside; what is left by those who were killed themselves goes first."""
    home = Path(settings.UPLOAD_DIR)
    for left in home.glob(f"{READER}*"):
        if work.is_gone(left.name.removeprefix(READER)):
            shutil.rmtree(left, ignore_errors=True)
    mine = home / f"{READER}{work.me()}"
    mine.mkdir(parents=True, mode=0o700)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def end() -> None:
    """End the process that readers are forked from, with the folder of its socket; the next reader starts it anew."""
    server, tracker = cast("Any", forkserver)._forkserver, cast("Any", resource_tracker)._resource_tracker  # noqa: SLF001
    server._stop()  # noqa: SLF001 - CPython has no other door
    if tracker._pid is not None:  # noqa: SLF001 - a forked process has its parent's
        tracker._stop()  # noqa: SLF001
    cast("Any", util)._run_finalizers()  # noqa: SLF001


# --- in the reader


def _work(
    answers: Connection,
    bounds: Bounds,
    folder: Path,
    function: Callable[..., Any],
    given: dict[str, Any],
    theirs: tuple[str, ...],
) -> None:
    gc.freeze()  # what was loaded stays
    config.look_for_garbage_seldom()  # which took a third of the time of reading text
    _keep_within(bounds)
    tempfile.tempdir = str(folder)
    if "progress" in theirs:
        given["progress"] = lambda *step: answers.send(("told", step))
    if "known" in theirs:
        given["known"] = partial(_asked, answers)
    try:
        answer = ("given", function(**given))
    except (MemoryError, duckdb.OutOfMemoryException):
        return  # the pipe ends, which says it
    except Exception as problem:  # noqa: BLE001 - it is told to whoever asked
        answer = ("raised", _portable(problem))
    answers.send(answer)


def _asked(answers: Connection, *question: Any) -> Any:
    answers.send(("asked", question))
    return answers.recv()


def _portable(problem: Exception) -> Exception:
    """Give an exception that the other side knows as well: those of our own, and none of the libraries'."""
    if type(problem).__module__.startswith("stammkunde."):
        return problem
    return ReaderFailed(f"{type(problem).__name__}: {problem}")


def _keep_within(bounds: Bounds) -> None:
    """Bound what this process may take; a kernel that runs out of memory ends it before anybody else."""
    # Of the processor, should nobody be there to look at the clock.
    seconds = math.ceil(bounds.seconds) * (os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + bounds.memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
