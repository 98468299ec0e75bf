"""
Customers played through for the bounds of values, kept beside the mirror for the next refresh of the same day.

The next day, all are older, and the file holds those of that day. It is read for exactly the program that wrote it,
and every entry names all else that decides it, so nothing in it can be stale. Where it is missing or broken, everybody
is played through anew.
"""

import logging
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from django.conf import settings

from stammkunde.insight.value.spending import Played
from stammkunde.store import kept

log = logging.getLogger(__name__)


def known() -> Played:
    """Read who was played through for the refresh before."""
    try:
        with _file().open("rb") as file, np.load(file, allow_pickle=False) as held:
            entries = zip(held["bought"], held["spent"], strict=True)
            found = dict(zip(held["names"].tolist(), entries, strict=True))
            return Played(known=found) if str(held["program"]) == kept.program("insight") else Played()
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return Played()


def keep(played: Played) -> None:
    """Keep who was needed now, whole or not at all: where the disk is full, the next refresh takes its time."""
    if not played.used:
        return
    bought, spent = (np.stack(part) for part in zip(*played.used.values(), strict=True))
    names, program = np.array(list(played.used)), np.array(kept.program("insight"))
    new = _file().with_suffix(".new")
    try:
        with new.open("wb") as file:
            np.savez(file, names=names, bought=bought, spent=spent, program=program)
        new.replace(_file())
    except OSError as problem:
        log.warning("played=%d are not kept: %s", len(names), problem)
        new.unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.MIRROR_DIR) / "played.npz"
