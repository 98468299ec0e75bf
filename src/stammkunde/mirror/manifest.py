"""Which files are the mirror: one JSON file, replaced by rename, so that a reader sees the old state or the new one."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

FORMAT = 1
NAME = "manifest.json"


class NoMirror(Exception):
    """There is no mirror yet: run `stammkunde refresh`, or let the worker do it."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month's files (relative to the mirror's directory), with what they must add up to."""

    lines: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    line_rows: int = 0
    line_cents: int = 0
    order_rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    version: str  # of the facts, see versions.digest
    built_at: str
    versions: dict[str, int]
    customers: list[str]
    products: list[str]
    customer_columns: list[str]
    months: dict[str, Month]
    retired: dict[str, str] = field(default_factory=dict)  # file → since when no longer part of the mirror

    @property
    def files(self) -> set[str]:
        """All files that belong to the mirror."""
        of_months = (name for month in self.months.values() for name in month.lines + month.orders)
        return {*self.customers, *self.products, *of_months}

    @property
    def line_rows(self) -> int:
        return sum(month.line_rows for month in self.months.values())


def read() -> Manifest | None:
    """Read the manifest that counts; None before the first build, or when another format wrote it."""
    try:
        content = json.loads((settings.MIRROR_DIR / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if content.pop("format", None) != FORMAT:
        return None
    months = {key: Month(**month) for key, month in content.pop("months").items()}
    return Manifest(months=months, **content)


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
