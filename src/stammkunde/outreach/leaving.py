"""
How far handing over came, noted beside the database: a kill leaves unclear only what was cut off in its text.

A worker notes when a message begins to leave, and what came of it, in a file of its own. Such a note costs next to
nothing and survives the death of the process, though not that of the machine: the file names the run of the machine,
and counts in no other.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from stammkunde.work.holders import boot

NOTES = "leaving-"  # so begin the files


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a worker noted: messages that began to leave, and what came of those that ended."""

    begun: set[int] = field(default_factory=set)
    ended: dict[int, dict[str, Any]] = field(default_factory=dict)


class Notes:
    """A worker's notes on a batch; its threads may share them."""

    def __init__(self, holder: str) -> None:
        self._file = _file(holder)
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._open = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._write({"boot": boot()})

    def leaves(self, message_id: int) -> Callable[[], None]:
        """Give what a channel calls right before anything of a message can have left; what fails then has not."""
        return lambda: self._write({"begins": message_id})

    def ended(self, message_id: int, result: Any) -> None:
        """Note what came of a message, a dataclass."""
        self._write({"ended": message_id, "result": asdict(result)})

    def close(self, *, are_needed: bool) -> None:
        os.close(self._open)
        if not are_needed:
            self._file.unlink(missing_ok=True)

    def _write(self, note: dict[str, Any]) -> None:
        os.write(self._open, json.dumps(note).encode() + b"\n")


def read(holder: str) -> Told | None:
    """Read the notes of a worker that is dead; None where there are none, or they may not be whole."""
    try:
        head, *lines = _file(holder).read_bytes().splitlines(keepends=True)
    except (FileNotFoundError, ValueError):
        return None
    if not boot() or _note(head).get("boot") != boot():
        return None
    told = Told()
    for note in map(_note, lines):
        if "begins" in note:
            told.begun.add(note["begins"])
        elif "ended" in note:
            told.ended[note["ended"]] = note["result"]
    return told


def holders() -> list[str]:
    """Name the workers whose notes are there."""
    return [path.name.removeprefix(NOTES) for path in Path(settings.UPLOAD_DIR).glob(f"{NOTES}*")]


def forget(holder: str) -> None:
    _file(holder).unlink(missing_ok=True)


def _note(line: bytes) -> dict[str, Any]:
    """Read a line; the last one may be cut off, and then what it tells of had not begun."""
    try:
        note: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return note


def _file(holder: str) -> Path:
    return Path(settings.UPLOAD_DIR) / f"{NOTES}{holder}"
