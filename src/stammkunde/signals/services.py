"""
Refreshing: facts → mirror → insight → one row per customer and dated figures → one tiny update shows them.

Killed at any instant, a refresh leaves the shown generation as it was; the next one starts afresh. Rows of a
generation that never became current, or is no longer, are swept in batches.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, QuerySet

from stammkunde import mirror, work
from stammkunde.mirror import FactsInMotion, MirrorDiffers
from stammkunde.sales.models import Order
from stammkunde.signals import (
    assessed,
    compute,
    diary,
    explaining,
    learning,
    lease,
    lit,
    margins,
    outlook,
    played,
    policy,
    queries,
    reuse,
    said,
    shelf,
    stages,
    warned,
)
from stammkunde.signals.lease import RefreshRunning
from stammkunde.signals.models import Current, CustomerSignal, Figure, FigureSettings, Generation
from stammkunde.store import bulk
from stammkunde.team import queries as team
from stammkunde.work import Lease, LostLease

__all__ = [
    "FactsInMotion",
    "LostLease",
    "MirrorDiffers",
    "RefreshRunning",
    "as_of",
    "ask",
    "refresh",
    "refresh_mirror",
    "sweep",
]

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

BATCH = 65_536
KEPT = timedelta(minutes=10)  # a page may still be reading the former generation
SWEPT = "swept"
ASKED = "signals:asked"  # in the cache: when somebody asked for a data refresh
REMEMBERED = 50  # generations without rows that stay as a log


def as_of(*, now: datetime) -> date:
    """Choose the day up to which figures count now; see `policy.as_of`."""
    today = policy.today(now=now, zone=settings.TIME_ZONE)
    last = Order.objects.exclude(status=Order.Status.CANCELLED).order_by("-ordered_on").values_list("ordered_on")
    return policy.as_of(today=today, last_order_on=next((day for (day,) in last[:1]), None))


def ask(*, now: datetime) -> None:
    """Ask the worker for a data refresh as soon as it can; asking twice is as good as once."""
    cache.set(ASKED, now)


def refresh_mirror(*, now: datetime, progress: Progress, rebuild: bool = False) -> mirror.Manifest:
    """
    Bring only the mirror up to date, for a question that is answered from it at once.

    :raises FactsInMotion: if an import is being published or undone
    """
    return mirror.bring_up_to_date(now=now, progress=progress, rebuild=rebuild)


def refresh(
    *, as_of: date, now: datetime, progress: Progress, learn: policy.Learn, rebuild: bool = False
) -> Generation:
    """
    Compute everything anew and show it. One at a time; repeating is harmless.

    Whether to learn of the past anew is said by the caller; see `policy.Learn`.

    :raises RefreshRunning: if another refresh is at work
    :raises FactsInMotion: if an import is being published or undone
    :raises LostLease: if this process was so slow that another one took over
    """
    given: dict[str, Any] = {"as_of": as_of, "now": now, "progress": progress, "learn": learn, "rebuild": rebuild}
    try:
        return _refresh(**given)
    except duckdb.Error:
        if not mirror.throw_away():
            raise
        log.warning("the mirror was damaged; everything is read from the database anew")
        return _refresh(**given)


def _refresh(*, as_of: date, now: datetime, progress: Progress, learn: policy.Learn, rebuild: bool) -> Generation:
    clock = work.going_on(now)
    generation = lease.claim(as_of=as_of, now=now)
    try:
        with lease.held(generation, clock=clock, show=progress) as held:
            made = _fill(generation, held=held, now=now, learn=learn, rebuild=rebuild)
            _show(generation, warnings=made.warnings, held=held)
            diary.keep(made.told, as_of=as_of)
    except (FactsInMotion, LostLease):
        _drop(generation)
        raise
    except BaseException as problem:
        _close_as_failed(generation, problem=problem, clock=clock)
        sweep(now=clock())
        raise
    sweep(now=clock())
    return generation


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What is left to do when a generation's rows are there."""

    warnings: warned.Changes
    told: Path | None  # this day of the history, beside it; None: the disk took nothing


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Where a generation's rows go."""

    generation: Generation
    held: Lease

    def __call__(self, rows: pa.RecordBatchReader, *, total: int, model: type[Model], step: str) -> None:
        put(
            rows,
            total=total,
            model=model,
            generation=self.generation,
            report=lambda done, of: self.held.tell(step, done, of),
        )


def put(
    rows: pa.RecordBatchReader,
    *,
    total: int,
    model: type[Model],
    generation: Generation,
    report: Callable[[int, int], None],
) -> None:
    """Store rows of a generation, in batches that are transactions of their own."""
    bulk.insert(rows, total=total, model=model, alike={"generation_id": generation.pk}, progress=report)


def _fill(generation: Generation, *, held: Lease, now: datetime, learn: policy.Learn, rebuild: bool) -> _Made:
    """Compute and store one generation's rows; each batch is a transaction of its own."""
    manifest = mirror.bring_up_to_date(now=now, progress=held.tell, rebuild=rebuild)
    wanted, margin = FigureSettings.of(team.company()), margins.wanted()
    with compute.opened(manifest, as_of=generation.as_of_on, wanted_days=wanted.activity_days, margin=margin) as facts:
        generation.facts_version, generation.activity_days = manifest.version, facts.activity_days
        generation.checkpoint = {
            "wanted_days": wanted.activity_days,
            "wanted_horizon_days": wanted.risk_horizon_days,
            **margins.note(margin),
        }
        generation.checkpoint = reuse.mark(generation, manifest=manifest, channels=facts.channels())
        generation.save(update_fields=["facts_version", "activity_days", "checkpoint"])
        shown = queries.current()
        terms = learning.terms(
            facts.facts, activity_days=facts.activity_days, horizon_days=wanted.risk_horizon_days, margin=margin
        )
        lesson = learning.Lesson(facts=facts.facts, manifest=manifest, as_of=facts.as_of, terms=terms)
        learnt = learning.learnt(lesson, shown=shown, learn=learn, report=held.tell)
        found = _profiles(generation, facts, learnt=learnt, held=held)
        generation.forecast = generation.forecast | {
            margins.KEY: margins.gaps(mirror.tables(manifest), margin, as_of=facts.as_of)
        }
        generation.save(update_fields=["forecast"])
        put = _Rows(generation=generation, held=held)
        put(found.rows.to_arrow_reader(BATCH), total=found.total, model=CustomerSignal, step="save_customers")
        _figures(generation, facts, found, former=None if rebuild else shown, manifest=manifest, put=put)
        said.hand_on(shown, generation)
        stages.note(shown, generation, progress=lambda done, total: held.tell("save_changes", done, total))
        known = {"known": found.known, "told": found.told, "horizon_days": found.horizon_days}
        return _Made(
            warnings=warned.changes(facts.facts, as_of=facts.as_of, **known),
            told=diary.write(found.rows, as_of=facts.as_of, horizon_days=found.horizon_days),
        )


def _figures(
    generation: Generation,
    facts: compute.Computation,
    found: assessed.Assessed,
    *,
    former: Generation | None,
    manifest: mirror.Manifest,
    put: _Rows,
) -> None:
    """Count the figures that are not taken over, and add what is expected now."""
    kept = reuse.kept(former, generation, manifest=manifest)
    if former and kept.periods:
        reuse.copy(former, generation, kept=kept)
    report = put.held.tell
    counted = facts.figures(progress=lambda done, total: report("figures", done, total), kept=kept)
    figures = compute.numbered([counted, said.figures(facts, found)])
    put(figures.to_reader(), total=len(figures), model=Figure, step="save_figures")


def _profiles(
    generation: Generation, facts: compute.Computation, *, learnt: learning.Learnt, held: Lease
) -> assessed.Assessed:
    """Look ahead, and describe every customer; what explains her later is kept beside the mirror."""
    held.tell("customers", 0, 1)
    described = assessed.described(facts)
    held.tell("risk", 1, 2)
    bounds = played.known()
    expected = outlook.look_ahead(facts.facts, as_of=facts.as_of, learnt=learnt, played=bounds)
    played.keep(bounds)
    held.tell("warnings", 0, 1)
    before_on = diary.before(facts.as_of)
    found = assessed.assess(
        facts,
        described=described,
        outlook=expected,
        limits=lit.limits(),
        earlier=diary.risks(before_on, horizon_days=expected.horizon_days),
    )
    explaining.keep(expected, generation_id=generation.pk)
    generation.forecast, generation.before_on = found.forecast, before_on
    generation.save(update_fields=["forecast", "before_on"])
    return found


@transaction.atomic
def _show(generation: Generation, *, warnings: warned.Changes, held: Lease) -> None:
    """Make a complete generation the current one, and give its warnings."""
    make_current(generation, held=held)
    warned.write(warnings)
    generation.refresh_from_db()


@transaction.atomic
def make_current(generation: Generation, *, held: Lease) -> None:
    """Show a complete generation, and let go of it."""
    held.save(status=Generation.Status.DONE, finished_at=held.moment(), lease_until=None, step="", error=None)
    Current.objects.update_or_create(pk=1, defaults={"generation": generation})


def _drop(generation: Generation) -> None:
    """Forget a refresh that never really began, or that somebody else has closed."""
    for model in (CustomerSignal, Figure):
        bulk.delete(model, where={"generation_id": generation.pk})
    Generation.objects.filter(pk=generation.pk).delete()


def _close_as_failed(generation: Generation, *, problem: BaseException, clock: Callable[[], datetime]) -> None:
    """Store what failed and why."""
    log.error("refresh=%s failed: %s: %s", generation.pk, type(problem).__name__, problem)
    Generation.objects.filter(pk=generation.pk, status=Generation.Status.RUNNING).update(
        status=Generation.Status.FAILED,
        error={"code": "failed", "kind": type(problem).__name__, "text": str(problem)[:2000]},
        finished_at=clock(),
        lease_until=None,
    )


def sweep(*, now: datetime) -> bool:
    """Delete the rows of generations that nobody reads any more; say whether there were any. Repeating is harmless."""
    swept = False
    _forget_models()
    shown = Current.objects.select_related("generation").filter(pk=1).first()
    over = Generation.objects.exclude(status=Generation.Status.RUNNING)
    if shown:
        over = over.exclude(pk=shown.generation_id)
    shown_since = shown and shown.generation.finished_at
    is_new = bool(shown_since and shown_since > now - KEPT)
    if not is_new:
        shelf.forget_all_but(_read())
    for generation in over.exclude(step=SWEPT):
        if generation.status == Generation.Status.DONE and is_new:
            continue
        for model in (CustomerSignal, Figure):
            bulk.delete(model, where={"generation_id": generation.pk})
        Generation.objects.filter(pk=generation.pk).update(step=SWEPT)
        swept = True
    _forget(over)
    return swept


def _read() -> list[int]:
    """Name the generations that are shown or being made."""
    shown = Current.objects.filter(pk=1).values_list("generation_id", flat=True)
    running = Generation.objects.filter(status=Generation.Status.RUNNING).values_list("pk", flat=True)
    return [*shown, *running]


def _forget_models() -> None:
    """Remove what was kept for other generations; while one is being made, its model is not yet named."""
    read = Generation.objects.filter(pk__in=_read())
    explaining.forget_all_but([generation.pk for generation in read])
    if not any(generation.status == Generation.Status.RUNNING for generation in read):
        learning.forget_all_but([learning.named(generation) for generation in read])


def _forget(over: QuerySet[Generation]) -> None:
    """Keep the last generations as a log, without their rows."""
    kept = over.order_by("-pk").values_list("pk", flat=True)[:REMEMBERED]
    Generation.objects.filter(pk__in=over.exclude(pk__in=list(kept)).filter(step=SWEPT)).delete()
