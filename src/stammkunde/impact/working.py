"""
What the worker does for trials: after each data refresh it looks at each once, and judges where a look is due.

A trial is held by a lease while somebody looks. Whoever is killed is followed by somebody who does the same again: what
each customer did is written over by the same numbers, the verdict once for its look.
"""

import contextlib
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stammkunde import mirror, work
from stammkunde.impact import comparing, counting, drawing, everything, judging, lags, reading, variants
from stammkunde.impact.models import Trial, Verdict, Year
from stammkunde.intake import told
from stammkunde.outreach.models import Draw
from stammkunde.plays import contents
from stammkunde.plays.contents import Enters
from stammkunde.plays.measures import reading as measures
from stammkunde.plays.models import Play
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.work import Lease, LostLease

LEASE = timedelta(minutes=5)
BEAT_SECONDS = 30.0
FACTS = ("orders", "lines")  # what verdicts rest on
REST = timedelta(hours=1)  # after a trial that killed its worker again and again


def sweep(*, now: datetime) -> bool:
    """Look at one trial; say whether there was any. Safe to run twice, by several workers, and to kill."""
    generation = signals.current()
    if generation is None or mirror.sound() is None:
        return False
    begin()
    claimed = _claim(generation, now=now)
    if claimed is None:
        return False
    trial, lease = claimed
    with lease.kept(every_seconds=BEAT_SECONDS), contextlib.suppress(LostLease):  # somebody else goes on with it
        look(trial, lease, generation=generation)
    return True


def renew(*, now: datetime) -> bool:
    """Draw who is left alone of everything, some at a time, and anew where a year is over; say whether that was due."""
    return everything.renew(now=now) or drawing.sweep(now=now)


def complete_on(generation: Generation) -> date:
    """Tell up to which day all that was bought is known: a file that has not come yet shows no difference."""
    today = generation.as_of_on
    known = told.until(today=today, now=generation.started_at)
    return min([today, *(on for table, on in known.items() if table in FACTS)])


def look(trial: Trial, lease: Lease, *, generation: Generation) -> None:
    """Count where a trial stands, and judge where a look is due."""
    as_of = complete_on(generation)
    progress = counting.count(trial, as_of=as_of)
    is_new_round = trial.plan == Trial.Plan.ROLLING and trial.planned is None and progress.ripe
    if is_new_round or (not trial.worth_cents and progress.entered):
        judging.plan(trial, progress, generation=generation)
        lease.save(planned=trial.planned, worth_cents=trial.worth_cents)
        progress = counting.count(trial, as_of=as_of)
    found = judging.look_of(trial, progress)
    has_costs = trial.play is not None or trial.is_of_everything  # of a play that is gone nobody knows them
    if found is not None and found.due and has_costs:
        members = reading.members(trial, as_of=as_of)
        compared = comparing.compare(trial, members, found, progress, generation=generation)
        judging.keep_outcomes(trial, members, compared.done, lease)
        judging.give(trial, compared, found, lease, customers=len(members), as_of=as_of)
        progress = counting.count(trial, as_of=as_of)
    ahead = counting.with_next(trial, progress, judging.look_of(trial, progress), as_of=as_of)
    lease.let_go(seen_generation=generation.pk, progress=ahead.written())
    if not _due(generation).exists():
        judging.rank()


def _begin_of_everything() -> None:
    """Begin the trial of each year in which some customers are left alone of everything."""
    known = set(Trial.objects.filter(origin__startswith=Draw.OF_EVERYTHING).values_list("origin", flat=True))
    under_way = Year.objects.filter(finished_at=None)
    drawn = Draw.objects.filter(origin__startswith=Draw.OF_EVERYTHING).exclude(year__in=under_way)
    for draw in drawn.exclude(origin__in=known):
        _begin(draw.origin, draw, name="", plan=Trial.Plan.ONCE)


def _begin(origin: str, draw: Draw, **told: Any) -> None:
    said = {"lag_days": lags.usual(), "begun_at": draw.drawn_at, **told}
    Trial.objects.get_or_create(origin=origin, defaults=said)


def begin() -> None:
    """Begin the trial of each play of which somebody was left alone and whose time has begun; repeating is harmless."""
    _begin_of_everything()
    variants.begin()
    known = set(Trial.objects.values_list("origin", flat=True))
    drawn = Draw.objects.filter(origin__startswith="play:", share__gt=0, share__lt=1)
    for draw in drawn.exclude(origin__contains=Draw.OF_WORDS).order_by("drawn_at"):
        origin = ":".join(draw.origin.split(":")[:2])
        begun = draw.assignments.filter(entered_at__isnull=False)
        if origin in known or not (begun.filter(held_out=True).exists() and begun.filter(held_out=False).exists()):
            continue
        known.add(origin)
        play = Play.objects.filter(pk=int(origin.partition(":")[2])).first()
        plan = Trial.Plan.ONCE if play and _is_once(play) else Trial.Plan.ROLLING
        _begin(origin, draw, play=play, name=draw.name, plan=plan)


def _is_once(play: Play) -> bool:
    """Tell whether it begins for all at the same time."""
    if play.kind != Play.Kind.MEASURE:
        return play.kind == Play.Kind.CAMPAIGN
    version = measures.running(play)
    content = contents.read(version.content) if version else None
    if content is None or content.limits.entries_a_day is not None:  # who does not fit comes another day
        return False
    return isinstance(content.trigger, Enters) and not content.trigger.later


def _due(generation: Generation) -> "QuerySet[Trial]":
    late = Trial.objects.filter(Q(seen_generation=None) | Q(seen_generation__lt=generation.pk)).order_by("pk")
    judged = Verdict.objects.filter(trial=OuterRef("pk"))
    return late.exclude(Exists(judged), plan=Trial.Plan.ONCE)  # it is over


def _claim(generation: Generation, *, now: datetime) -> tuple[Trial, Lease] | None:
    for trial in _due(generation):
        if trial.is_held(now=now) or (trial.kills_workers and trial.lease_until and now < trial.lease_until + REST):
            continue
        holder = work.claim(trial, among=Trial.objects.all(), until=now + LEASE)
        if holder is not None:
            rows = Trial.objects.all()
            trial.refresh_from_db()  # somebody may have gone on with it since it was listed
            return trial, Lease(rows=rows, pk=trial.pk, holder=holder, length=LEASE, moment=work.going_on(now))
    return None
