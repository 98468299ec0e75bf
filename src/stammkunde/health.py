"""Is the installation well? Workers leave heartbeats; the page `/health/` and `stammkunde doctor` read them."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stammkunde import __version__
from stammkunde.team.models import Company

BEAT_SECONDS = 5
ALIVE_WITHIN = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)

log = logging.getLogger(__name__)


def beat(*, worker: str) -> None:
    """Note that a worker lives. A file, so that it works while the database is locked or away."""
    path = _heartbeats() / worker
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def sign_off(*, worker: str) -> None:
    """Take a worker's heartbeat away once it has ended by itself; repeating changes nothing."""
    (_heartbeats() / worker).unlink(missing_ok=True)


def living_workers(*, now: datetime) -> list[str]:
    """List the workers that were heard of within the last half minute."""
    return sorted(path.name for path, at in _beats() if now - at <= ALIVE_WITHIN)


def forget_the_dead(*, now: datetime) -> None:
    """Remove the heartbeats of workers that were killed long ago."""
    for path, at in _beats():
        if now - at > FORGOTTEN_AFTER:
            path.unlink(missing_ok=True)


def database_answers() -> bool:
    """Ask the database for a row of ours: a connection alone does not mean that the tables are there."""
    try:
        Company.objects.exists()
    except DatabaseError:
        log.exception("health check: the database does not answer")
        return False
    return True


@login_not_required
@never_cache
@require_safe
def page(_request: HttpRequest) -> JsonResponse:
    database = database_answers()
    worker = bool(living_workers(now=timezone.now()))
    report = {
        "status": "ok" if database and worker else "degraded" if database else "down",
        "database": "ok" if database else "down",
        "worker": "ok" if worker else "missing",
        "version": __version__,
    }
    return JsonResponse(report, status=200 if database else 503)


def _heartbeats() -> Path:
    return settings.DATA_DIR / "workers"


def _beats() -> list[tuple[Path, datetime]]:
    paths = _heartbeats().glob("*") if _heartbeats().is_dir() else ()
    return [(path, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in paths]
