"""The tables of one file: sheets of a workbook, files of an archive; each with its rows and what it may be."""

from dataclasses import dataclass
from pathlib import Path

from stammkunde.intake import layouts
from stammkunde.intake.formats import Dialect, FileNotUsable, sniff
from stammkunde.intake.recognise.choosing import LEAST, rank

MOST = 30
_SEEN = 150  # rows of a look that is cut off have at least so many
_LOOKED_AT_BYTES = 32 << 20  # each sheet of a larger one takes too long to look at


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of them. `option` is the name of the option that chooses it; `rows` None: the file does not say."""

    option: str  # sheet | part
    name: str
    rows: int | None
    layout: str  # empty: we cannot tell


def parts(path: Path) -> list[Part]:
    """
    Look at each table of a file that holds several; nothing where it is only one.

    They come in the order in which they are to be imported: what others refer to first.

    :raises FileNotUsable: if the file cannot be read
    """
    dialect = sniff(path)
    option, names = ("part", dialect.parts) if len(dialect.parts) > 1 else ("sheet", dialect.sheets)
    if len(names) < 2:
        return []
    is_large = path.stat().st_size > _LOOKED_AT_BYTES
    found = [_part(path, option, name, is_large=is_large) for name in names[:MOST]]
    return sorted([one for one in found if one], key=lambda one: layouts.order(one.layout))


def _part(path: Path, option: str, name: str, *, is_large: bool) -> Part | None:
    if is_large:
        return Part(option=option, name=name, rows=None, layout="")
    try:
        dialect = sniff(path, options={option: name})
    except FileNotUsable:
        return None  # nothing stands in it
    if not dialect.sample:
        return None
    best = next(iter(rank(dialect.header)), ("", 0.0))
    return Part(option=option, name=name, rows=_rows(dialect), layout=best[0] if best[1] >= LEAST else "")


def _rows(dialect: Dialect) -> int | None:
    """Count the rows where the look saw all of them, or the sheet says how many there are."""
    return dialect.rows if dialect.rows is not None else len(dialect.sample) if len(dialect.sample) < _SEEN else None
