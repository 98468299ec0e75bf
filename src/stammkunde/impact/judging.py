"""When a verdict is given, and giving it: at looks that were planned beforehand, and at no other moment."""

from datetime import date
from math import sqrt
from typing import Literal

import numpy as np
import pyarrow as pa
from django.db import transaction

from stammkunde.impact import combining, comparing, reading
from stammkunde.impact.comparing import Compared, Done
from stammkunde.impact.counting import Progress
from stammkunde.impact.models import Outcome, Trial, Verdict
from stammkunde.impact.reading import Members
from stammkunde.insight import experiments
from stammkunde.insight.experiments import Look
from stammkunde.plays import contents
from stammkunde.plays.measures import reading as measures
from stammkunde.plays.models import Play
from stammkunde.signals.models import Generation
from stammkunde.store import bulk
from stammkunde.work import Lease

FEWEST_PLANNED = 40
MOST_WEEKS = 52  # of entries in a round: a verdict a year at least
AT_ONCE = 2_000
# Between what customers bring and what was expected of them, before it is known here: less than in three of five
# companies, and more than in none (`docs/methods/experiments.md`)
USUAL_CORRELATION = 0.6


def look_of(trial: Trial, progress: Progress) -> Look | None:
    """Tell whether a verdict is due; None: nobody knows how many the round waits for, or it ended early."""
    if reading.is_cut_short(trial):
        return None
    planned = progress.entered if trial.plan == Trial.Plan.ONCE else trial.planned
    if not planned:
        return None
    how: Literal["once", "rolling"] = "once" if trial.plan == Trial.Plan.ONCE else "rolling"
    asked = {"ripe": progress.ripe, "planned": planned, "taken": _taken(trial), "comparisons": trial.comparisons}
    return experiments.look(plan=how, **asked)


def _taken(trial: Trial) -> int:
    last = trial.verdicts.filter(round=trial.round).order_by("-look").first()
    return last.look if last else 0


def plan(trial: Trial, progress: Progress, *, generation: Generation) -> None:
    """
    Fix how many a round waits for, and what is worth having, by what is known from before anybody entered.

    In a later round by what the one before has shown; so many at most as come within a year. What is worth having the
    measure says; where it does not, it is a twentieth of what a customer brings. What is judged once waits for all.
    """
    most = max(round(progress.a_week * MOST_WEEKS), FEWEST_PLANNED)
    expected = reading.entered(trial, at_most=AT_ONCE).expected_cents
    mean = float(expected.mean()) if len(expected) else 0.0
    said = _worth_said(trial)
    usual = trial.worth_cents or round(experiments.worth_having(mean))
    trial.worth_cents = usual if said is None else said
    if trial.plan == Trial.Plan.ONCE:
        return
    needed = _needed(trial, progress, generation=generation)
    trial.planned = most if needed is None else max(min(needed, most), FEWEST_PLANNED)


def _worth_said(trial: Trial) -> int | None:
    """Give what the measure says is worth having; None: it does not say, or of words, of which it says nothing."""
    is_measure = trial.play is not None and trial.play.kind == Play.Kind.MEASURE and not trial.is_of_words
    version = measures.running(trial.play) if trial.play and is_measure else None
    return contents.read(version.content).goal.worth_cents if version else None


def _needed(trial: Trial, progress: Progress, *, generation: Generation) -> int | None:
    """Tell how many customers show what is worth having; None: nobody knows how far they lie apart."""
    share = progress.held_out / progress.entered if progress.entered else 0.0
    last = trial.verdicts.exclude(numbers__margin=None).last()
    if last is not None:
        effect, correlation = last.numbers["margin"], 0.0
        spread = effect["se"] / sqrt(1 / effect["treated"] + 1 / effect["held_out"])
    else:
        spread = comparing.spread_before(trial, at_most=AT_ONCE, generation=generation)
        correlation = USUAL_CORRELATION
    if not (0 < share < 1 and spread > 0 and trial.worth_cents > 0):
        return None
    effect = trial.worth_cents / experiments.stricter(trial.comparisons)
    return experiments.customers_needed(effect=effect, share=share, spread=spread, correlation=correlation)


def keep_outcomes(trial: Trial, members: Members, done: Done, lease: Lease) -> None:
    """
    Write down what each customer did, a batch at a time; repeating gives the same.

    :raises LostLease: if another worker goes on with the trial
    """
    columns = {
        "row": np.arange(1, len(members) + 1),
        "assignment_id": members.assignments,
        "brought_cents": done.brought_cents,
        "cost_cents": done.cost_cents,
        "purchases": done.purchases,
    }
    rows = pa.table({name: column.astype(np.int64) for name, column in columns.items()})
    alike = {"trial_id": trial.pk, "round": trial.round}
    bulk.put(rows.to_reader(), total=len(rows), model=Outcome, key="assignment_id", alike=alike, claim=lease.save)


def rank() -> None:
    """Compare all plays anew: each is drawn towards the others, the less certain the more."""
    together = {pk: combining.weighed(rounds) for pk, rounds in combining.by_trial().items()}
    known = {pk: both for pk, both in together.items() if both and both[1] > 0}
    careful: dict[int, int] = {}
    if len(known) > 1:
        found = experiments.shrink([one for one, _se in known.values()], errors=[se for _one, se in known.values()])
        careful = {pk: round(cents) for pk, cents in zip(known, found.effect.tolist(), strict=True)}
    for trial in Trial.objects.all():
        if trial.careful_cents != careful.get(trial.pk):
            Trial.objects.filter(pk=trial.pk).update(careful_cents=careful.get(trial.pk))


@transaction.atomic
def give(trial: Trial, found: Compared, look: Look, lease: Lease, *, customers: int, as_of: date) -> None:
    """
    Write a verdict down, once for its look; a round is over with its last one.

    :raises LostLease: if another worker goes on with the trial
    """
    said = {"of": look.of, "code": found.code, "customers": customers, "as_of_on": as_of, "numbers": found.numbers}
    Verdict.objects.get_or_create(
        trial=trial, round=trial.round, look=look.number, defaults={**said, "at": lease.moment()}
    )
    if look.number == look.of and trial.plan == Trial.Plan.ROLLING:
        trial.skipped, trial.round, trial.planned = trial.skipped + (trial.planned or 0), trial.round + 1, None
    lease.save(skipped=trial.skipped, round=trial.round, planned=trial.planned)
