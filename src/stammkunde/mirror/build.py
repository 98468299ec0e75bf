"""
Bringing the mirror up to date: read the parts whose version differs, write them beside, check them, swap the manifest.

Killed at any moment, it leaves the old mirror as it was and a directory that the next build clears away.
"""

import fcntl
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from stammkunde.intake.models import Import
from stammkunde.mirror import manifest as manifests
from stammkunde.mirror import parquet, versions
from stammkunde.mirror.manifest import Manifest, Month
from stammkunde.mirror.versions import WHOLE_TABLES
from stammkunde.store import bulk
from stammkunde.store.bulk import Snapshot

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)  # how long a reader may still use files of a former mirror
Progress = Callable[[str, int, int], None]


class FactsInMotion(Exception):
    """An import is being published or undone: figures never see half of it. Try again when it is done."""


class MirrorDiffers(Exception):
    """What was written does not add up to what the database has; the old mirror stays."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """What is to be read anew. `months` None: all there are."""

    customers: bool
    products: bool
    months: frozenset[str] | None
    versions: dict[str, int]

    @property
    def parts(self) -> list[str]:
        return [name for name, wanted in (("customers", self.customers), ("products", self.products)) if wanted]


def bring_up_to_date(*, now: datetime, progress: Progress, rebuild: bool = False) -> Manifest:
    """
    Mirror what changed since the last time; everything if there is no mirror yet or `rebuild` says so.

    Repeating is harmless. Several processes wait for each other.

    :raises FactsInMotion: if an import is being published or undone
    :raises MirrorDiffers: if rows or cents of a month differ from the database
    """
    settings.MIRROR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone():
        held = None if rebuild else manifests.read()
        with bulk.snapshot() as snapshot:
            stale = _stale(snapshot, held)
            if held and not (stale.parts or stale.months):
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
    there = versions.of_database(snapshot.fetch)
    if held is None:
        return Stale(customers=True, products=True, months=None, versions=there)
    differing = versions.differing(held.versions, there)
    return Stale(
        customers=bool(differing & {versions.CUSTOMERS, versions.OWNERS}),
        products=versions.PRODUCTS in differing,
        months=frozenset(differing - WHOLE_TABLES),
        versions=there,
    )


def _build(snapshot: Snapshot, *, stale: Stale, held: Manifest | None, now: datetime, progress: Progress) -> Manifest:
    folder = Path("builds") / uuid4().hex
    manifests.path(str(folder)).mkdir(parents=True)
    try:
        written = _write(snapshot, stale=stale, folder=folder, progress=progress)
        made = _manifest(written, stale=stale, held=held, now=now)
        manifests.swap_in(made)
    except BaseException:
        shutil.rmtree(manifests.path(str(folder)), ignore_errors=True)
        raise
    _clear_away(made, now=now)
    log.info("mirror=%s months=%s lines=%s", made.version[:12], len(written.months), made.line_rows)
    return made


def _write(snapshot: Snapshot, *, stale: Stale, folder: Path, progress: Progress) -> parquet.Written:
    asked = stale.months is None or bool(stale.months)
    progress("mirror_read", 0, 1)
    sums = parquet.sums(snapshot, months=stale.months) if asked else {}
    snapshot.take(parquet.selects(snapshot, parts=stale.parts, months=stale.months if asked else frozenset()))
    progress("mirror_write", 0, 1)
    written = parquet.write(snapshot, parts=stale.parts, orders=asked, folder=folder)
    _check(written.months, sums)
    progress("mirror_write", 1, 1)
    return written


def _check(months: dict[str, Month], sums: dict[str, tuple[int, int, int]]) -> None:
    found = {key: (month.order_rows, month.line_rows, month.line_cents) for key, month in months.items()}
    if found != sums:
        differing = sorted(key for key in found.keys() | sums.keys() if found.get(key) != sums.get(key))
        key = differing[0]
        raise MirrorDiffers(
            f"{len(differing)} months differ, first {key}: (orders, lines, cents) are {found.get(key)} "
            f"in the mirror and {sums.get(key)} in the database"
        )


def _manifest(written: parquet.Written, *, stale: Stale, held: Manifest | None, now: datetime) -> Manifest:
    months = {} if held is None or stale.months is None else dict(held.months)
    for key in stale.months or ():
        months.pop(key, None)
    former = manifests.read()
    made = Manifest(
        version=versions.digest(stale.versions),
        built_at=now.isoformat(),
        versions=stale.versions,
        customers=written.customers if stale.customers else held.customers,
        products=written.products if stale.products else held.products,
        customer_columns=written.customer_columns if stale.customers else held.customer_columns,
        months=dict(sorted((months | written.months).items())),
    )
    retired = {name: now.isoformat() for name in former.files - made.files} if former else {}
    return _with_retired(made, (former.retired if former else {}) | retired)


def _with_retired(made: Manifest, retired: dict[str, str]) -> Manifest:
    return Manifest(**{name: getattr(made, name) for name in made.__dataclass_fields__} | {"retired": retired})


def _clear_away(made: Manifest, *, now: datetime) -> None:
    """Remove what no reader can hold any more: files long retired, and the remains of builds that were killed."""
    old = {name for name, since in made.retired.items() if manifests.moment(since) < now - KEPT}
    kept = made.files | (made.retired.keys() - old)
    for build in manifests.path("builds").iterdir():
        _remove_unless_kept(build, kept)
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
