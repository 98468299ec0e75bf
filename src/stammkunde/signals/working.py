"""What the worker does for signals: refresh when the facts have changed, and after midnight; sweep what is over."""

import logging
from datetime import datetime, timedelta

from django.core.cache import cache

from stammkunde import mirror
from stammkunde.intake.queries import is_publishing, last_change
from stammkunde.mirror.versions import is_whole
from stammkunde.signals import lease, lit, margins, policy, queries, services
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.store import statistics
from stammkunde.team import queries as team

log = logging.getLogger(__name__)

_GATHERED = "signals:gathered"  # (last import, generation) after which the database looked at its tables
_SEEN = "signals:stale"  # (facts version, since when stale, since when this version)


def sweep(*, now: datetime) -> bool:
    """Do what is due; say whether anything was done. Safe to run twice, by several workers, and to kill."""
    lease.close_abandoned(now=now)
    if services.sweep(now=now):
        return True
    if queries.running() or is_publishing() or _waits_after_failure(now=now) or not _is_due(now=now):
        return False
    return _refresh(now=now)


def gather_statistics(*, now: datetime) -> bool:  # noqa: ARG001 (as all sweeps)
    """Let the database look at its tables after an import or a refresh, while nobody writes; where locked, later."""
    shown = queries.current()
    state = (last_change(), shown and shown.pk)
    if cache.get(_GATHERED) == state or queries.running() or is_publishing():
        return False
    statistics.gather()
    cache.set(_GATHERED, state, timeout=None)
    return True


def _refresh(*, now: datetime) -> bool:
    try:
        services.refresh(as_of=services.as_of(now=now), now=now, progress=_log_progress, learn=policy.Learn.DUE)
    except (services.RefreshRunning, services.FactsInMotion, services.LostLease) as reason:
        log.info("refresh put off: %s", type(reason).__name__)
        return False
    except Exception:  # stored with the generation; the worker goes on and tries again later
        log.exception("refresh failed")
    return True


def _log_progress(step: str, done: int, total: int) -> None:
    log.debug("refresh step=%s done=%s total=%s", step, done, total)


def _is_due(*, now: datetime) -> bool:
    shown = queries.current()
    if shown is None or shown.as_of_on != services.as_of(now=now) or _asked_since(shown.started_at):
        return True
    if _window_changed(shown) or _team_changed(shown) or mirror.sound() is None:
        return True  # no mirror: it is damaged, or another version of the program writes it otherwise
    version = mirror.facts_version()
    if shown.facts_version == version:
        cache.delete(_SEEN)
        return False
    return _is_settled(shown, version=version, now=now)


def _window_changed(shown: Generation) -> bool:
    """Say whether the company chose another window, horizon or stage of the margin than the shown figures have."""
    wanted, risk = FigureSettings.of(team.company()), shown.forecast.get("risk") or {}
    window = {shown.checkpoint.get("wanted_days"), shown.activity_days}
    horizon = {shown.checkpoint.get("wanted_horizon_days"), risk.get("horizon_days")}
    other_margin = margins.of(shown) not in (None, margins.wanted())
    return other_margin or wanted.activity_days not in window or wanted.risk_horizon_days not in horizon


def _team_changed(shown: Generation) -> bool:
    """Say whether the team can do more or less than the shown lights assume, or others are wanted."""
    levels = shown.forecast.get("levels")
    if not levels:
        return False
    now = lit.limits().told
    return {name: levels.get(name) for name in now} != now


def _asked_since(moment: datetime | None) -> bool:
    """Say whether somebody asked for a data refresh after a moment."""
    asked_at = cache.get(services.ASKED)
    return asked_at is not None and (moment is None or asked_at > moment)


def _is_settled(shown: Generation, *, version: str, now: datetime) -> bool:
    seen = cache.get(_SEEN)
    if seen is None or seen[0] != version:
        seen = (version, seen[1] if seen else now, now)
        cache.set(_SEEN, seen)
    stale = mirror.stale_parts(mirror.read())
    took = shown.finished_at - shown.started_at if shown.finished_at else timedelta()
    return policy.is_settled(
        now=now, stale_since=seen[1], changed_at=seen[2], by_hand=bool(stale) and all(map(is_whole, stale)), took=took
    )


def _waits_after_failure(*, now: datetime) -> bool:
    failed_at, failures = None, 0
    for generation in Generation.objects.order_by("-pk")[:12]:
        if generation.status != Generation.Status.FAILED or (generation.error or {}).get("code") == lease.KILLED:
            break
        failed_at, failures = failed_at or generation.finished_at, failures + 1
    if failed_at is None or _asked_since(failed_at):
        return False
    return now < policy.retry_at(failed_at=failed_at, failures=failures)
