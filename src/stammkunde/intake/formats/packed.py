"""Files within files: gzip, and archives of tables; unpacked within bounds, for as long as they are read."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from stammkunde.intake.formats.dialect import FileNotUsable

LARGEST_BYTES = 4 << 30  # unpacked: more is a bomb, not a table
PLAIN_BYTES, MOST_TIMES = 64 << 20, 200  # a table of nothing but the same shrinks to a hundredth
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_TABLES = {
    ".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".json", ".jsonl", ".ndjson", ".gz",
}  # fmt: skip
_BLOCK = 1 << 20
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


@contextmanager
def inside(path: Path, wanted: str = "") -> Iterator[tuple[Path, tuple[str, ...], str]]:
    """
    Give the table that is packed in a file, or the file itself; the names of all there are; and that of this one.

    :raises FileNotUsable: if it is damaged, a bomb, locked, or there is no table in it
    """
    begin = _begin(path)
    if not begin.startswith((GZIP, ZIP)) or (begin.startswith(ZIP) and is_workbook(path)):
        yield path, (), ""
        return
    with TemporaryDirectory(prefix="unpacked-") as folder:
        target = Path(folder) / "table"
        if begin.startswith(GZIP):
            with _worded(), gzip.open(path) as packed:
                _unpack(packed, target, packed_bytes=path.stat().st_size)
            with inside(target, wanted) as found:  # what tar and zip put together is an archive as well
                yield found
            return
        with zipfile.ZipFile(path) as archive:
            names = tables(archive)
            name = wanted if wanted in names else names[0]
            if wanted and wanted not in names:
                raise FileNotUsable("part_missing", part=wanted, parts=list(names))
            entry = archive.getinfo(name)
            if entry.flag_bits & 1:
                raise FileNotUsable("archive_locked")
            with _worded(), archive.open(entry) as packed:
                _unpack(packed, target, packed_bytes=entry.compress_size)
        with _once_more(target) as found:
            yield found, names, name


@contextmanager
def _once_more(path: Path) -> Iterator[Path]:
    """Unpack a table that is packed within an archive, and no deeper."""
    if _begin(path).startswith(GZIP):
        with inside(path) as (found, _names, _name):
            yield found
    else:
        yield path


def tables(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """
    Name the files of an archive that may be tables.

    :raises FileNotUsable: if there is none
    """
    files = [one.filename for one in archive.infolist() if not one.is_dir() and one.file_size]
    parts = {name: PurePosixPath(name) for name in files}
    if any(name.endswith(".iwa") for name in files):
        raise FileNotUsable("numbers")
    found = tuple(
        name for name, at in parts.items()
        if at.suffix.lower() in _TABLES and not at.name.startswith((".", "~$")) and "__MACOSX" not in at.parts
    )  # fmt: skip
    if not found:
        raise FileNotUsable("archive")
    return found


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """
    Open a workbook as the archive that it is.

    :raises FileNotUsable: if anything that is read of it is damaged
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGED as problem:
        raise FileNotUsable("workbook_unreadable", reason=str(problem)[:200]) from None


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive whose list of contents can be read; its end alone says little."""
    return contents(path) is not None


def is_workbook(path: Path) -> bool:
    """Tell whether an archive is a workbook; one that is damaged counts as one, whose reader says what is wrong."""
    names = contents(path)
    return names is None or bool({name.partition("/")[0] for name in names} & {"xl", "content.xml"})


def contents(path: Path) -> list[str] | None:
    """Name what is in an archive; None where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (*_DAMAGED, ValueError):
        return None


def refuse_bomb(path: Path) -> None:
    """
    Look at what a workbook comes to when it is unpacked.

    :raises FileNotUsable: if that is far more than any table does
    """
    with zipfile.ZipFile(path) as archive:
        size_bytes = sum(entry.file_size for entry in archive.infolist())
    if size_bytes > LARGEST_BYTES:
        raise FileNotUsable("workbook_too_large", gb=size_bytes >> 30)
    times = size_bytes // path.stat().st_size
    if size_bytes > PLAIN_BYTES and times > MOST_TIMES:
        raise FileNotUsable("workbook_swells", mb=size_bytes >> 20, times=times)


def _begin(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as problem:
        raise FileNotUsable("not_readable", reason=problem.strerror or "") from None


def _unpack(packed: IO[bytes] | gzip.GzipFile, target: Path, *, packed_bytes: int) -> None:
    most = min(LARGEST_BYTES, max(PLAIN_BYTES, MOST_TIMES * packed_bytes))
    with target.open("xb") as out:
        while block := packed.read(_BLOCK):
            out.write(block)
            if out.tell() > most:
                raise FileNotUsable("archive_swells", mb=most >> 20)


@contextmanager
def _worded() -> Iterator[None]:
    """Refuse an archive that cannot be unpacked: its list of contents may be whole, and what it leads to is not."""
    try:
        yield
    except NotImplementedError:
        raise FileNotUsable("archive_method") from None
    except RuntimeError:  # a password
        raise FileNotUsable("archive_locked") from None
    except _DAMAGED:
        raise FileNotUsable("archive_damaged") from None
