"""
What is known of files with these headings: a mapping that somebody saved, else how the last such file was imported.

So the file of next month needs no questions. What a file itself shows wins: only what it leaves open is taken over.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stammkunde.intake.models import Import, Mapping
from stammkunde.intake.recognise import Recognition

OF_ONE_FILE = frozenset({"encoding", "delimiter", "sheet", "part", "header_row", "is_live", "is_alone"})
WHATEVER_IT_SHOWS = ("origin", "attributes")  # said by a person, and told by no cell


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """How such a file was read, and of what that is known: {"mapping": name} or {"import": id, "file": name}."""

    layout: str
    columns: dict[str, str]
    options: dict[str, Any]
    source: dict[str, Any]

    @property
    def said(self) -> dict[str, Any]:
        """Give what holds whatever the next file shows."""
        return {name: self.options[name] for name in WHATEVER_IT_SHOWS if name in self.options}

    def left_open(self, found: Recognition) -> dict[str, Any]:
        """Give what was settled then and is open now."""
        asked = {one.option for one in found.questions}
        return {
            name: value
            for name, value in self.options.items()
            if name not in OF_ONE_FILE and (name in asked or name not in found.options)
        }


def digest(header: Sequence[str]) -> str:
    """Name a set of headings; their order does not matter."""
    return hashlib.sha256(json.dumps(sorted(header)).encode()).hexdigest()


def of(header: Sequence[str]) -> Remembered | None:
    """Find what is known of a file's headings; an import that was taken back teaches nothing."""
    heading = digest(header)
    if saved := Mapping.objects.filter(heading=heading).order_by("-updated_at").first():
        return _remembered(saved, {"mapping": saved.name})
    done = Import.objects.filter(heading=heading, status=Import.Status.DONE).order_by("-pk").first()
    return _remembered(done, {"import": done.pk, "file": done.file_name}) if done else None


def _remembered(known: Mapping | Import, source: dict[str, Any]) -> Remembered:
    return Remembered(layout=known.layout, columns=known.columns, options=known.options, source=source)
