"""Which files are the mirror: one JSON file, replaced by rename, so that a reader sees the old state or the new one."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

FORMAT = 5
NAME = "manifest.json"

log = logging.getLogger(__name__)


class NoMirror(Exception):
    """There is no mirror yet: run `stammkunde refresh`, or let the worker do it."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A table's files, or a month's share of them (relative to the mirror's directory), with what they hold."""

    files: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: int = 0
    cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    version: str  # of the facts that figures rest on, see versions.digest
    built_at: str
    versions: dict[str, int]
    whole: dict[str, Share]  # table → its files
    months: dict[str, dict[str, Share]]  # table → month → files
    retired: dict[str, str] = field(default_factory=dict)  # file → since when no longer part of the mirror

    @property
    def files(self) -> set[str]:
        """All files that belong to the mirror."""
        return {file for share in self._shares() for file in share.files}

    @property
    def rows(self) -> int:
        return sum(share.rows for share in self._shares())

    def of(self, table: str) -> list[str]:
        """Name a table's files, by month."""
        if table in self.whole:
            return self.whole[table].files
        return [file for _month, share in sorted(self.months.get(table, {}).items()) for file in share.files]

    def stamp(self, tables: Iterable[str]) -> str:
        """Name what these tables hold: a file is never changed, so equal files are equal rows."""
        named = "\n".join(file for table in sorted(tables) for file in [table, *self.of(table)])
        return hashlib.sha256(named.encode()).hexdigest()

    def _shares(self) -> Iterator[Share]:
        yield from self.whole.values()
        for months in self.months.values():
            yield from months.values()


def read() -> Manifest | None:
    """Read the manifest that counts; None before the first build, or when it is damaged or of another format."""
    try:
        content = json.loads((settings.MIRROR_DIR / NAME).read_text(encoding="utf-8"))
        return _told(content) if content.pop("format", None) == FORMAT else None
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError, KeyError) as problem:
        log.warning("mirror=damaged file=%s problem=%r", NAME, problem)
        return None


def _told(content: dict[str, Any]) -> Manifest:
    whole = {table: Share(**share) for table, share in content.pop("whole").items()}
    months = {
        table: {month: Share(**share) for month, share in shares.items()}
        for table, shares in content.pop("months").items()
    }
    return Manifest(whole=whole, months=months, **content)


def forget(damaged: Manifest) -> None:
    """Let this manifest count no more, unless another one does already."""
    with suppress(FileNotFoundError):
        if read() == damaged:
            (settings.MIRROR_DIR / NAME).unlink()


def swap_in(manifest: Manifest) -> None:
    """Make this manifest the one that counts: written beside, forced to disk, renamed."""
    beside = settings.MIRROR_DIR / f"{NAME}.{os.getpid()}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT} | asdict(manifest), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(settings.MIRROR_DIR / NAME)


def path(name: str) -> Path:
    return settings.MIRROR_DIR / name


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
