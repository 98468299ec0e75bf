"""
What a check found, kept for whoever imports the same file next: after a dry run, or a look at a file that is small.

A folder for each file, by its digest, and in it one for each way to read it. It comes into being whole or not at all,
and holds links to the tables that the check wrote. What is found depends on the day: the next day nobody looks for it
any more, and the worker sweeps it away.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake.check.result import Checked

_FOUND = "checked.json"
_NOT_ASKED = frozenset({"whole", "totals_known", "lines_known"})  # by checks: only by whoever compares


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where it is kept what is found of one file; `state` is what the file and the program are, on that day."""

    home: Path
    state: str
    today: date

    def take(
        self, out_dir: Path, *, layout: str, columns: Mapping[str, str], options: Mapping[str, Any]
    ) -> Checked | None:
        """Give what a check found that read the file this way, with its tables in `out_dir`; None: there was none."""
        place = self._place(layout, columns, options)
        try:
            found = Checked.of_dict(json.loads((place / _FOUND).read_text(encoding="utf-8")))
            _link((one for one in place.iterdir() if one.name != _FOUND), out_dir)
        except (OSError, ValueError):
            for one in out_dir.iterdir():
                one.unlink()
            return None
        return found

    def forget(self, *, layout: str, columns: Mapping[str, str], options: Mapping[str, Any]) -> None:
        """Let go of what was found, once it is imported."""
        shutil.rmtree(self._place(layout, columns, options), ignore_errors=True)
        with suppress(OSError):  # other ways to read it are there
            self.home.rmdir()

    def keep(
        self, found: Checked, out_dir: Path, *, layout: str, columns: Mapping[str, str], options: Mapping[str, Any]
    ) -> None:
        """Keep what a check found and wrote; where that cannot be, the next one checks again."""
        place = self._place(layout, columns, options)
        draft = self.home / f".{secrets.token_hex(8)}"
        try:
            draft.mkdir(mode=0o700, parents=True)
            _link((one for one in out_dir.iterdir() if one.is_file()), draft)
            (draft / _FOUND).write_text(json.dumps(found.as_dict()), encoding="utf-8")
            draft.rename(place)
        except OSError:  # it is there already, or the disk is full or has no links
            shutil.rmtree(draft, ignore_errors=True)

    def _place(self, layout: str, columns: Mapping[str, str], options: Mapping[str, Any]) -> Path:
        filled = sorted((name, column) for name, column in columns.items() if column)
        said = {name: str(value) for name, value in options.items() if name not in _NOT_ASKED}
        told = sorted((name, value) for name, value in said.items() if value not in ("", "None"))
        decides = [self.state, self.today.isoformat(), layout, filled, told]
        return self.home / hashlib.sha256(json.dumps(decides).encode()).hexdigest()


def _link(files: Iterable[Path], folder: Path) -> None:
    for one in files:
        os.link(one, folder / one.name)
