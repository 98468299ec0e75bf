"""
Bringing the mirror up to date: read the parts whose version differs, write them beside, check them, swap the manifest.

Killed at any moment, it leaves the old mirror as it was and a directory that the next build clears away.
"""

import fcntl
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from stammkunde.intake.models import Import
from stammkunde.mirror import damage, parquet, reheld, versions
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror.manifest import Manifest, Share
from stammkunde.store import bulk, changes
from stammkunde.store import facts as tables
from stammkunde.store.bulk import Snapshot
from stammkunde.store.facts import FactTable

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)  # how long a reader may still use files of a former mirror
Progress = Callable[[str, int, int], None]


class FactsInMotion(Exception):
    """An import is being published or undone: figures never see half of it. Try again when it is done."""


class MirrorDiffers(Exception):
    """What was written does not add up to what the database has; the old mirror stays."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """What is to be read anew: table → the months of it; None: all of it."""

    wanted: dict[str, parquet.Months]
    versions: dict[str, int]


def bring_up_to_date(*, now: datetime, progress: Progress, rebuild: bool = False) -> Manifest:
    """
    Mirror what changed since the last time; everything if there is no mirror yet, it is damaged, or `rebuild` says so.

    Repeating is harmless. Several processes wait for each other.

    :raises FactsInMotion: if an import is being published or undone
    :raises MirrorDiffers: if rows or cents of a month differ from the database
    """
    settings.MIRROR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone():
        held = None if rebuild else damage.sound()
        with bulk.snapshot() as snapshot:
            stale = _stale(snapshot, held)
            if held and not stale.wanted:
                return held
            return _build(snapshot, stale=stale, held=held, now=now, progress=progress)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the mirror's file lock, which the kernel releases even from a killed process."""
    with (settings.MIRROR_DIR / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stale(snapshot: Snapshot, held: Manifest | None) -> Stale:
    in_motion = snapshot.fetch(
        f"SELECT 1 FROM {Import._meta.db_table} WHERE status IN ('publishing', 'undoing') LIMIT 1"  # noqa: S608, SLF001
    )
    if in_motion:
        raise FactsInMotion
    there = versions.of_build(snapshot.fetch)
    if held is None:
        return Stale(wanted={table.name: None for table, _what in tables.mirrored()}, versions=there)
    parts = versions.differing(held.versions, there)
    filled = reheld.months(snapshot, held, parts)
    wanted = {table.name: _months(table, parts, held, filled=filled) for table, _what in tables.mirrored()}
    return Stale(wanted={name: months for name, months in wanted.items() if months != frozenset()}, versions=there)


def _months(
    table: FactTable, parts: set[str], held: Manifest, *, filled: Mapping[str, frozenset[str]]
) -> parquet.Months:
    """
    Name a table's months that are to be read anew; none of them, where nothing changed; None: read all of it.

    `filled` names the months of parts that only fill other rows.
    """
    if table.name not in (held.months if table.by_month else held.whole):
        return None  # a table that is mirrored since today
    touched = versions.of_table(table, parts)
    whole = set(filter(versions.is_whole, touched))
    if not table.by_month or not whole <= filled.keys():
        return None if touched else frozenset()
    return frozenset(changes.split(part)[1] for part in touched - whole).union(*(filled[part] for part in whole))


def _build(snapshot: Snapshot, *, stale: Stale, held: Manifest | None, now: datetime, progress: Progress) -> Manifest:
    folder = Path("builds") / uuid4().hex
    manifests.path(str(folder)).mkdir(parents=True)
    try:
        written = _write(snapshot, stale=stale, held=held, folder=folder, progress=progress)
        made = _manifest(written, stale=stale, held=held, now=now)
        manifests.swap_in(made)
    except BaseException:
        shutil.rmtree(manifests.path(str(folder)), ignore_errors=True)
        raise
    _clear_away(made, now=now)
    log.info("mirror=%s tables=%s rows=%s", made.version[:12], ",".join(stale.wanted), made.rows)
    return made


def _write(
    snapshot: Snapshot, *, stale: Stale, held: Manifest | None, folder: Path, progress: Progress
) -> parquet.Written:
    progress("mirror_read", 0, 1)
    sums = parquet.sums(snapshot, stale.wanted)
    snapshot.take(parquet.selects(snapshot, stale.wanted))
    progress("mirror_write", 0, 1)
    written = parquet.write(snapshot, wanted=stale.wanted, folder=folder, held=held)
    for name, shares in written.months.items():
        _check(name, {month: (share.rows, share.cents) for month, share in shares.items()}, sums[name])
    progress("mirror_write", 1, 1)
    return written


def _check(name: str, found: parquet.Sums, sums: parquet.Sums) -> None:
    if found != sums:
        differing = sorted(key for key in found.keys() | sums.keys() if found.get(key) != sums.get(key))
        key = differing[0]
        raise MirrorDiffers(
            f"{name}: {len(differing)} months differ, first {key}: (rows, cents) are {found.get(key)} "
            f"in the mirror and {sums.get(key)} in the database"
        )


def _manifest(written: parquet.Written, *, stale: Stale, held: Manifest | None, now: datetime) -> Manifest:
    former = manifests.read()
    made = Manifest(
        version=versions.digest(stale.versions),
        built_at=now.isoformat(),
        versions=stale.versions,
        whole=(held.whole if held else {}) | written.whole,
        months=(held.months if held else {})
        | {name: _joined(name, shares, stale=stale, held=held) for name, shares in written.months.items()},
    )
    retired = {name: now.isoformat() for name in former.files - made.files} if former else {}
    return _with_retired(made, (former.retired if former else {}) | retired)


def _joined(name: str, shares: dict[str, Share], *, stale: Stale, held: Manifest | None) -> dict[str, Share]:
    """Put the months that were written in the place of those that were read anew: one may be empty by now."""
    months = stale.wanted[name]
    kept = {} if held is None or months is None else held.months[name]
    left = {month: share for month, share in kept.items() if month not in (months or ())}
    return dict(sorted((left | shares).items()))


def _with_retired(made: Manifest, retired: dict[str, str]) -> Manifest:
    return Manifest(**{name: getattr(made, name) for name in made.__dataclass_fields__} | {"retired": retired})


def _clear_away(made: Manifest, *, now: datetime) -> None:
    """Remove what no reader can hold any more: files long retired, and the remains of builds that were killed."""
    old = {name for name, since in made.retired.items() if manifests.moment(since) < now - KEPT}
    kept = made.files | (made.retired.keys() - old)
    for build in manifests.path("builds").iterdir():
        _remove_unless_kept(build, kept)
    for left in settings.MIRROR_DIR.glob("exchange-*"):
        if left.stat().st_mtime < (now - KEPT).timestamp():
            shutil.rmtree(left, ignore_errors=True)
    if old:
        manifests.swap_in(_with_retired(made, {name: made.retired[name] for name in made.retired.keys() - old}))


def _remove_unless_kept(build: Path, kept: Iterable[str]) -> None:
    """Remove a build's files that nobody holds. Nobody else builds meanwhile: we hold the lock."""
    files = [file for file in build.rglob("*") if file.is_file()]
    left = [file for file in files if str(file.relative_to(settings.MIRROR_DIR)) in kept]
    if not left:
        shutil.rmtree(build, ignore_errors=True)
        return
    for file in set(files) - set(left):
        file.unlink(missing_ok=True)
