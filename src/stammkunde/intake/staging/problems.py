"""The remarks on an import's rows: those of the check and those of the comparison, in one order."""

import json
from pathlib import Path
from typing import Any

from stammkunde.intake.formats.engine import look
from stammkunde.intake.staging.engine import text

_FILES = ("problems.parquet", "problems-publish.parquet")


def problems(folder: Path, *, limit: int, offset: int = 0, severity: str = "") -> list[dict[str, Any]]:
    """Read remarks, refusals before flags, by line: `row, column, value, code, detail, severity`."""
    files = [folder / name for name in _FILES if (folder / name).exists()]
    if not files:
        return []
    listed = " UNION ALL BY NAME ".join(f"SELECT * FROM read_parquet({text(path)})" for path in files)  # noqa: S608
    some = f"WHERE severity = {text(severity)}" if severity else ""
    with look() as engine:
        found = engine.execute(
            f'SELECT row, "column", value, code, detail, severity FROM ({listed}) {some} '  # noqa: S608
            'ORDER BY severity DESC, row, "column", code LIMIT ? OFFSET ?',
            [limit, offset],
        ).fetchall()
    names = ("row", "column", "value", "code", "detail", "severity")
    return [dict(zip(names, one, strict=True)) | {"detail": json.loads(one[4] or "{}")} for one in found]
