"""
What each customer bought by day and by month, kept beside the mirror: figures of another window, or of some of the
customers, are rolled up from it and read no line.

A shelf is named by all that decides it: the generation, the mirror's files, the day, how margins are counted, and the
program. So none is ever stale: whatever changes, the name is another one, and while there is no shelf of that name,
figures are counted from the lines.
"""

import hashlib
import logging
import shutil
from collections.abc import Collection
from datetime import date
from pathlib import Path

import narwhals as nw
from django.conf import settings

from stammkunde import work
from stammkunde.insight import shelf
from stammkunde.insight.frames import Facts, Frame
from stammkunde.mirror.damage import has_both_ends, is_readable
from stammkunde.mirror.engine import connection
from stammkunde.signals import margins
from stammkunde.store import kept

TABLES = ("days", "months")

log = logging.getLogger(__name__)


def name(*, generation_id: int, stamp: str, until: date, margin: margins.Terms) -> str:
    """Name the shelf of a generation; `stamp` says what the tables hold that it is worked out from."""
    decides = repr((stamp, until, margin, kept.program("insight"), kept.program("signals")))
    return f"{generation_id}-{hashlib.sha256(decides.encode()).hexdigest()[:16]}"


def keep(known: Facts, *, name: str) -> None:
    """Work a shelf out and keep it, whole or not at all; `known` must be cut at its day. Repeating is harmless."""
    if is_kept(name):
        return
    shutil.rmtree(_folder() / name, ignore_errors=True)  # what is damaged
    _forget_half_written()
    beside = _folder() / f"{name}.{work.me()}"
    beside.mkdir(parents=True, mode=0o700)
    try:
        for table, frame in shelf.tables(known).items():
            frame.to_native().to_parquet(str(beside / f"{table}.parquet"), compression="snappy")
        _put(beside, _folder() / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def is_kept(name: str) -> bool:
    """Tell whether a shelf is there, and whole as far as its files' ends tell."""
    return all(has_both_ends(_folder() / name / f"{table}.parquet") for table in TABLES)


def _put(beside: Path, place: Path) -> None:
    try:
        beside.rename(place)
    except OSError:
        if not place.exists():  # otherwise somebody else was quicker
            raise


def opened(known: Facts, *, name: str) -> Facts:
    """Let facts, cut at the day of a shelf, read from it; they stay as they are while there is none."""
    if not is_kept(name):
        return known
    return known.with_shelf({table: _read(_folder() / name / f"{table}.parquet") for table in TABLES})


def forget_damaged(name: str) -> bool:
    """Remove a shelf if it cannot be read, and tell whether it was so; the worker keeps it anew."""
    folder = _folder() / name
    if not name or not folder.exists() or all(is_readable(folder / f"{table}.parquet") for table in TABLES):
        return False
    log.warning("shelf=%s cannot be read any more", name)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def forget_all_but(generation_ids: Collection[int]) -> None:
    """Remove what was kept for other generations, and what was left half written. Repeating is harmless."""
    wanted = {str(generation_id) for generation_id in generation_ids}
    for folder in _folder().glob("*"):
        if folder.name.partition("-")[0] not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
    _forget_half_written()


def _forget_half_written() -> None:
    """Remove what a process left that was killed while it worked a shelf out."""
    for folder in _folder().glob("*.*"):
        if work.is_gone(folder.name.partition(".")[2]):
            shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    return Path(settings.MIRROR_DIR) / "shelves"


def _read(file: Path) -> Frame:
    frame: Frame = nw.from_native(connection().read_parquet(str(file))).lazy()
    return frame
