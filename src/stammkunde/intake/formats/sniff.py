"""What a file is, from its first bytes."""

from pathlib import Path
from typing import Any

from stammkunde.intake.formats.dialect import Dialect


def sha256(path: Path | str) -> str:
    raise NotImplementedError


def sniff(path: Path | str, *, options: dict[str, Any] | None = None) -> Dialect:
    raise NotImplementedError
