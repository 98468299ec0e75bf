"""The result of a comparison: files of new and of changed rows, and how many there are."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stammkunde.store import facts
from stammkunde.store.facts import FactTable


@dataclass(kw_only=True)
class Counts:
    """
    What becomes of a table's rows.

    `touched` rows change only in what we derive (the words to find them by); `retired` ones are not in the file, though
    it holds whole what they were within.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    touched: int = 0
    retired: int = 0

    def shown(self) -> dict[str, int]:
        names = ("created", "changed", "unchanged", "refused", *(("retired",) if self.retired else ()))
        return {name: getattr(self, name) for name in names}


@dataclass(kw_only=True)
class Part:
    """
    One table's share: `provided` columns stand in the files; `first_id` is the id before the first new row's.
    A table that is not `in_file` only has rows that are touched.

    `created.parquet` and `changed.parquet` are numbered by their row number in the file, from 1.
    """

    table: str
    provided: list[str]
    first_id: int = 0
    in_file: bool = True
    counts: Counts = field(default_factory=Counts)

    @property
    def spec(self) -> FactTable:
        return facts.table(self.table)

    @property
    def changes(self) -> int:
        return self.counts.changed + self.counts.touched + self.counts.retired


@dataclass(frozen=True, kw_only=True)
class Stake:
    """Rows of the database that the file does not have, though it names what they are within."""

    rows: int
    documents: int
    cents: int
    row: int  # of the file, where one of these documents begins
    example: str  # its key


@dataclass(frozen=True, kw_only=True)
class Doubled:
    """Documents that are here by their totals and in the file with their lines, or the other way round."""

    option: str  # that says whether they count once
    documents: int
    row: int  # of the file, where the first of them begins
    example: str  # its key
    given_cents: int  # what the file says of them
    held_cents: int
    is_clear: bool  # that they count once: each of them comes to the same, or somebody said so


@dataclass(frozen=True, kw_only=True)
class Named:
    """A word that leads nowhere by itself (who looks after a customer), and the option that says what it means."""

    option: str
    column: str  # of the file
    rows: int
    row: int  # the first


@dataclass(kw_only=True)
class Difference:
    """All that an import would do, in the order in which it is to be done."""

    folder: Path
    parts: list[Part] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    stake: Stake | None = None  # what is open: whether the file holds its documents whole
    doubled: list[Doubled] = field(default_factory=list)

    def path(self, part: Part, what: str) -> Path:
        return self.folder / f"{what}-{part.table}.parquet"

    @property
    def rows(self) -> int:
        return sum(part.counts.created + part.changes for part in self.parts)

    def save(self) -> None:
        """Write the summary last: a folder that has one is whole."""
        draft = self.folder / "difference.json.new"
        draft.write_text(json.dumps([asdict(part) for part in self.parts]), encoding="utf-8")
        draft.replace(self.folder / "difference.json")


def load(folder: Path) -> Difference | None:
    """Read a difference back; None if there is no whole one."""
    try:
        parts: list[dict[str, Any]] = json.loads((folder / "difference.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Difference(folder=folder, parts=[Part(**part | {"counts": Counts(**part["counts"])}) for part in parts])
