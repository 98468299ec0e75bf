"""Taking a file in: streamed to disk within limits, and recognised."""

import hashlib
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils import timezone

from stammkunde.intake import apart, remembered
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.models import Import
from stammkunde.intake.staging import folder
from stammkunde.team import services as team
from stammkunde.team.models import Staff

BLOCK_BYTES = 1024 * 1024
# Room that must stay free: the checked copy, the batches and the database's own growth need it.
RESERVE_BYTES = 512 * 1024 * 1024


class TooLarge(Exception):
    """The file is larger than this installation takes."""

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(f"The file is larger than {limit_bytes} bytes. Split it, or raise STAMMKUNDE_UPLOAD_LIMIT_MB.")
        self.limit_bytes = limit_bytes


class NoRoom(Exception):
    """The disk has too little room for the file."""

    def __init__(self, *, free_bytes: int) -> None:
        super().__init__(f"Only {free_bytes} bytes are free on the data directory's disk. Make room and try again.")
        self.free_bytes = free_bytes


class Chunked(Protocol):
    """What Django calls an uploaded file."""

    def chunks(self) -> Iterable[bytes]: ...


def receive(  # noqa: PLR0913, D417 (a file, who brings it, and what is known beforehand)
    *,
    now: datetime,
    file_name: str,
    path: Path | None = None,
    file: Chunked | BinaryIO | None = None,
    staff: Staff | None = None,
    layout: str | None = None,
    columns: dict[str, str] | None = None,
    options: dict[str, object] | None = None,
    together: str = "",
) -> Import:
    """
    Take a file in, recognise it, and leave it waiting for a person or for `start`.

    Args:
        now: the moment.
        file_name: what the person calls it; shown, never used as a path.
        path: a file on this machine, which stays where it is; or
        file: an upload, which is streamed below UPLOAD_DIR.
        layout, columns, options: what is known beforehand, such as a saved mapping or the origin.
        together: a key that files have that came together.

    :raises TooLarge: if it is larger than the setting allows
    :raises NoRoom: if the disk is too full

    A file that cannot be read at all is kept as an import that failed, with the reason.
    """
    size_bytes, sha256, kept = _keep(file) if file is not None else _look(path)
    incoming = Import(
        file_name=Path(file_name).name[:255],
        path=str(kept),
        size_bytes=size_bytes,
        sha256=sha256,
        staff=staff,
        together=together,
        created_at=now,
    )
    incoming.layout, incoming.columns, incoming.options = layout or "", columns or {}, options or {}
    _recognise(incoming, now=now)
    incoming.save()
    team.record(
        staff=staff, action="import.receive", at=now, thing="import", thing_id=incoming.pk, label=incoming.file_name
    )
    return incoming


def _recognise(incoming: Import, *, now: datetime) -> None:
    """Recognise a file; where nothing was said of it, as the last one with its headings was read."""
    try:
        found = apart.recognise(
            Path(incoming.path),
            today=timezone.localdate(now),
            layout=incoming.layout or None,
            columns=incoming.columns or None,
            options=incoming.options or None,
            known=None if incoming.layout or incoming.columns else partial(_known, incoming),
            kept=folder.kept(incoming, today=timezone.localdate(now)),
            memory_mb=settings.ENGINE_MEMORY_MB,
        )
    except FileNotUsable as problem:
        incoming.status, incoming.finished_at = Import.Status.FAILED, now
        incoming.error = {"code": problem.code, **problem.detail}
        return
    incoming.heading = remembered.digest(found.header)
    incoming.layout, incoming.columns, incoming.options = (
        found.layout,
        found.columns,
        {**found.options, **incoming.options},
    )
    incoming.left_open = [*found.missing, *(one.option for one in found.questions)]
    if found.assumed_net:  # nothing says so, and somebody must have seen it
        incoming.left_open.append("price_basis")


def _known(incoming: Import, header: tuple[str, ...]) -> remembered.Remembered | None:
    """Find what is known of a file's headings, and note of what it is."""
    known = remembered.of(header)
    if known:
        incoming.follows = known.source
    return known


def _look(path: Path | None) -> tuple[int, str, Path]:
    if path is None:
        raise ValueError("receive() needs a path or a file")
    path = path.resolve()
    with path.open("rb") as source:
        return path.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest(), path


def _keep(file: Chunked | BinaryIO) -> tuple[int, str, Path]:
    folder = Path(settings.UPLOAD_DIR) / secrets.token_urlsafe(12)
    folder.mkdir(parents=True, mode=0o700)
    try:
        size_bytes, sha256 = _stream(_blocks(file), folder / "file")
    except BaseException:
        shutil.rmtree(folder)
        raise
    return size_bytes, sha256, folder / "file"


def _blocks(file: Chunked | BinaryIO) -> Iterator[bytes]:
    if hasattr(file, "chunks"):
        yield from file.chunks()
        return
    while block := file.read(BLOCK_BYTES):
        yield block


def _stream(blocks: Iterable[bytes], target: Path) -> tuple[int, str]:
    digest, size_bytes = hashlib.sha256(), 0
    with target.open("xb") as out:
        for block in blocks:
            size_bytes += len(block)
            check_room(size_bytes, len(block), target)
            digest.update(block)
            out.write(block)
    return size_bytes, digest.hexdigest()


def check_room(size_bytes: int, next_bytes: int, target: Path) -> None:
    if size_bytes > settings.UPLOAD_LIMIT_BYTES:
        raise TooLarge(limit_bytes=settings.UPLOAD_LIMIT_BYTES)
    free_bytes = shutil.disk_usage(target.parent).free
    if free_bytes < next_bytes + RESERVE_BYTES:
        raise NoRoom(free_bytes=free_bytes)
