"""Which workers live: each leaves a file that it touches, so that this works while the database is locked or away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from stammkunde.work.beats import beating

BEAT_SECONDS = 5
ALIVE_WITHIN = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)


@contextmanager
def present(worker: str) -> Iterator[None]:
    """Let others see that a worker lives, while the block runs."""
    beat(worker=worker)
    try:
        with beating(lambda: beat(worker=worker), every_seconds=BEAT_SECONDS, name=f"worker-{worker}"):
            yield
    finally:
        sign_off(worker=worker)


def beat(*, worker: str) -> bool:
    """Note that a worker lives, and that it goes on."""
    path = _heartbeats() / worker
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return True


def sign_off(*, worker: str) -> None:
    """Take a worker's heartbeat away once it has ended by itself; repeating changes nothing."""
    (_heartbeats() / worker).unlink(missing_ok=True)


def living(*, now: datetime) -> list[str]:
    """List the workers that were heard of within the last half minute."""
    return sorted(path.name for path, at in _beats() if now - at <= ALIVE_WITHIN)


def forget_the_dead(*, now: datetime) -> None:
    """Remove the heartbeats of workers that were killed long ago."""
    for path, at in _beats():
        if now - at > FORGOTTEN_AFTER:
            path.unlink(missing_ok=True)


def _heartbeats() -> Path:
    return Path(settings.DATA_DIR) / "workers"


def _beats() -> list[tuple[Path, datetime]]:
    paths = _heartbeats().glob("*") if _heartbeats().is_dir() else ()
    return [(path, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in paths]
