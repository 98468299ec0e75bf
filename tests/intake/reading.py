"""What the tests of reading share: write a file, check it, look at what came out."""

from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake import check, formats, layouts, recognise
from stammkunde.intake.formats.engine import look

TODAY = date(2026, 11, 21)
FILES = Path(__file__).parent / "files"
FLAT = "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;Einzelpreis\n"
CUSTOMERS = "Kundennummer;Name;Kunde seit\n"


def write(tmp_path: Path, text: str, *, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def checked(path: Path, *, layout: str = "", today: date = TODAY, **options: Any) -> check.Checked:
    """Check a file into `<folder>/out`: recognised, or by the layout's own headings."""
    if layout:
        columns = recognise.match(layouts.get(layout), formats.sniff(path, options=options).header)
    else:
        found = recognise.recognise(path, today=today, options=options)
        layout, columns, options = found.layout, found.columns, found.options
    return check.check(path, layout=layout, columns=columns, options=options, out_dir=out(path), today=today)


def out(path: Path) -> Path:
    return path.parent / "out"


def rows(path: Path, table: str, *columns: str) -> list[tuple]:
    """Read a table that a check wrote, in the order it was written."""
    listed = ", ".join(f'CAST("{one}" AS VARCHAR)' if one.endswith("_at") else f'"{one}"' for one in columns)
    with look() as db:
        return db.execute(
            f"SELECT {listed or '*'} FROM read_parquet(?)", [str(out(path) / f"{table}.parquet")]
        ).fetchall()


def remarks(found: check.Checked) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in found.problems]


def flat(tmp_path: Path, *lines: str, **options: Any) -> tuple[Path, check.Checked]:
    """Check invoice lines."""
    path = write(tmp_path, FLAT + "".join(f"{line}\n" for line in lines))
    return path, checked(path, layout="flat", **options)
