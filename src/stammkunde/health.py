"""Is the installation well? Workers leave heartbeats; the page `/health/` and `stammkunde doctor` read them."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stammkunde import __version__
from stammkunde.team.models import Company
from stammkunde.work import workers

log = logging.getLogger(__name__)


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
    worker = bool(workers.living(now=timezone.now()))
    report = {
        "status": "ok" if database and worker else "degraded" if database else "down",
        "database": "ok" if database else "down",
        "worker": "ok" if worker else "missing",
        "version": __version__,
    }
    return JsonResponse(report, status=200 if database else 503)
