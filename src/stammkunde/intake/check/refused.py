"""What was refused, as a file to mend and to import again."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import translation
from django.utils.translation import gettext as _

from stammkunde.intake import wording
from stammkunde.intake.check.result import REFUSED
from stammkunde.intake.formats import engine, parquet
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.formats.sniff import is_parquet
from stammkunde.ui import tables

_BATCH = 2000


def keep_refused(path: Path, out_dir: Path) -> None:
    """
    Keep the refused rows of a file that is read in place; of other files, all rows are in `raw.parquet` already.

    To be called after each step that may refuse rows, as long as the file is there; repeating is harmless.
    """
    target = out_dir / "raw.parquet"
    if is_parquet(path):
        target.unlink(missing_ok=True)  # what is kept of a check has a link to it
        width = len(json.loads((out_dir / "header.json").read_text(encoding="utf-8")))
        if not _any_refused(out_dir):
            pq.write_table(pa.table({name: pa.nulls(0, kind) for name, kind in _raw(width).items()}), target)
            return
        cells = "".join(f", c{place}" for place in range(width))
        with engine.connect(memory_mb=256, work_dir=out_dir) as db:
            db.execute(
                f"COPY (SELECT row{cells} FROM {parquet.in_place(path, limit=None).table} WHERE row IN "  # noqa: RUF100, S608
                f"(SELECT row FROM {_problems(out_dir)} WHERE severity = '{REFUSED}')) "
                f"TO {literal(str(target))} (FORMAT parquet)"
            )


def write_refused(out_dir: Path, target: Path, *, language: str) -> int:
    """
    Write the refused rows of a checked import as CSV: line, column, value, reason, cure, then the row as it was.

    Reads `raw.parquet` and every `problems*.parquet` in `out_dir`, so that what publishing refuses may be added as
    `problems-publish.parquet`. One line per problem. Returns the number of lines.
    """
    header = json.loads((out_dir / "header.json").read_text(encoding="utf-8"))
    with (
        translation.override(language),
        engine.connect(memory_mb=256, work_dir=out_dir) as db,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        found = db.execute(_query(out_dir, len(header)))
        rows = (_line(*row) for batch in iter(lambda: found.fetchmany(_BATCH), []) for row in batch)
        lines = tables.csv_lines(columns=_columns(header), rows=rows, dialect=tables.Dialect.of(language))
        return sum(1 for line in lines if file.write(line)) - 1  # without the heading


def _columns(header: list[str]) -> list[tables.Column]:
    return [
        tables.Column(label=_("Row"), unit="number"),
        tables.Column(label=_("Column")),
        tables.Column(label=_("Value"), unit="given"),
        tables.Column(label=_("Reason")),
        tables.Column(label=_("Cure")),
        *(tables.Column(label=heading, unit="given") for heading in header),
    ]


def _query(out_dir: Path, width: int) -> str:
    cells = ", ".join(f"r.c{place}" for place in range(width))
    return (
        f'SELECT p.row, p."column", p.value, p.code, p.detail, {cells} '  # noqa: RUF100, S608
        f"FROM {_problems(out_dir)} p "
        f"LEFT JOIN read_parquet({literal(str(out_dir / 'raw.parquet'))}) r USING (row) "
        f"WHERE p.severity = '{REFUSED}' ORDER BY p.row, p.\"column\", p.code"
    )


def _any_refused(out_dir: Path) -> bool:
    with engine.look() as db:
        return bool(engine.count(db, f"SELECT count(*) FROM {_problems(out_dir)} WHERE severity = '{REFUSED}'"))


def _raw(width: int) -> dict[str, pa.DataType]:
    return {"row": pa.int64(), **{f"c{place}": pa.string() for place in range(width)}}


def _problems(out_dir: Path) -> str:
    files = ", ".join(literal(str(one)) for one in sorted(out_dir.glob("problems*.parquet")))
    return f"read_parquet([{files}], union_by_name = true)"


def _line(row: int, column: str, value: str, code: str, detail: str, *cells: str) -> list[Any]:
    reason, cure = wording.problem_text(code, json.loads(detail or "{}"), value=value or "")
    return [row, column, value, reason, cure, *cells]
