"""The check itself."""

from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake.check.result import Checked
from stammkunde.intake.formats.source import Progress


def check(
    path: Path | str,
    *,
    layout: str,
    columns: dict[str, str],
    options: dict[str, Any],
    out_dir: Path,
    today: date,
    progress: Progress | None = None,
    memory_mb: int = 512,
    limit: int | None = None,
) -> Checked:
    """
    Check a file whole and write its typed tables to `out_dir`; repeating it gives the same.

    Options (all may be left out; `recognise` proposes them): `origin`, `date_order` dmy|mdy|ymd, `decimal` ","|".",
    `price_basis` net|gross, `tax_rate` percent, `currency` of the installation, `time_zone` of the company,
    `encoding`, `delimiter`, `sheet`, `header_row`.

    :raises FileNotUsable: if nothing of the file can be imported
    """
    raise NotImplementedError
