"""
Walking: whoever is due takes the next step, in batches, each one transaction of claim, effect and move.

A batch that is killed leaves nothing; one that is done again finds its messages and tasks by their keys. What goes
wrong with one enrolment ends that one; three in a row hold the play, and its page names the last problem.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from stammkunde.outreach.services import CountsAsAdvertising, NothingWritten, settling
from stammkunde.plays import clock, contents, entering, walking
from stammkunde.plays.measures import admit, affording, agreeing, chores, doing, events, holding, settle
from stammkunde.plays.measures.guarding import NOT_NOW, NOT_THERE, count_failure, named
from stammkunde.plays.measures.moves import Batch, TooLate, Walker
from stammkunde.plays.models import Enrolment, Play, StepRun
from stammkunde.plays.services import trouble
from stammkunde.plays.walking import Became

AT_ONCE = 200
STATES = (walking.READY, walking.ACTING, walking.WAITING)
IN_TURN = ("due_at", "-gain_cents", "pk")  # of those put off until the same morning, who brings most comes first
HELD_BY_ONE = (contents.Message, contents.Task, contents.HandOver)  # an address, minutes, a set of measures
MOST_ROUNDS = 50  # of steps that take no time, one after the other: a play has fewer


def walk(*, now: datetime, at_most: int) -> int:
    """Let a batch of those who are due take their steps, and tell how many were looked at; repeating is harmless."""
    return _move_safely(_due(now), now=now, at_most=at_most)


def pull(*, now: datetime, at_most: int) -> int:
    """Let those go on whose message has left, or whose task is done, since somebody looked; repeating is harmless."""
    return _move_safely(_settled(), now=now, at_most=at_most)


def meet(*, play: Play, after: int, now: datetime, at_most: int) -> int:
    """
    Let those of a play, from a number on, meet what has happened; give the last number, or 0 where all have.

    Also while the play is held: what it is for may happen all the same. Whoever is due looks when she takes her step.
    """
    rows = Enrolment.objects.filter(play=play, closed_at=None, state__in=STATES, pk__gt=after).exclude(state="")
    rows = (rows.filter(due_at__gt=now) if play.status == Play.Status.RUNNING else rows).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:at_most])
    if ids:
        _move_safely(rows.filter(pk__lte=ids[-1]), now=now, at_most=at_most, takes_steps=False)
    return ids[-1] if len(ids) == at_most else 0


def meet_of(customer_ids: Collection[int], *, now: datetime) -> bool:
    """Let some customers meet what has happened in all measures; tell whether nobody moved one of them meanwhile."""
    plays = Play.objects.filter(kind=Play.Kind.MEASURE, status__in=(Play.Status.RUNNING, Play.Status.PAUSED))
    rows = Enrolment.objects.filter(closed_at=None, state__in=STATES, customer__in=customer_ids).exclude(state="")
    rows = rows.filter(play__in=plays.values("pk"))
    try:
        _move(rows, now=now, at_most=None, takes_steps=False, waits=True)
    except TooLate:
        return False
    except NOT_NOW:
        raise
    except Exception:  # noqa: BLE001 (whose it is shows one by one)
        _moved, late = _one_by_one(rows, now=now, at_most=None, takes_steps=False, waits=True)
        return not late
    return True


def is_due(*, now: datetime) -> bool:
    """Tell whether anybody is due, or can go on."""
    return _due(now).exists() or _settled().exists()


def _settled() -> "QuerySet[Enrolment]":
    return _open().filter(settle.SETTLED, state=walking.ACTING)


def _open() -> "QuerySet[Enrolment]":
    running = Play.objects.filter(kind=Play.Kind.MEASURE, status=Play.Status.RUNNING).values("pk")
    # The term that indexes are for, which a database does not see in the others
    return Enrolment.objects.filter(closed_at=None, state__in=STATES, play__in=running).exclude(state="")


def _due(now: datetime) -> "QuerySet[Enrolment]":
    return _open().filter(due_at__lte=now)


def _move_safely(rows: "QuerySet[Enrolment]", *, now: datetime, at_most: int, takes_steps: bool = True) -> int:
    try:
        return _move(rows, now=now, at_most=at_most, takes_steps=takes_steps)
    except TooLate:
        return 0  # somebody else has moved them
    except agreeing.Differs as problem:
        return _hold_for_yes(problem, now)  # the others come again
    except NOT_NOW:
        raise
    except Exception:  # noqa: BLE001 (whose it is shows one by one)
        moved, _late = _one_by_one(rows, now=now, at_most=at_most, takes_steps=takes_steps)
        return moved


@transaction.atomic
def _move(
    rows: "QuerySet[Enrolment]", *, now: datetime, at_most: int | None, takes_steps: bool, waits: bool = False
) -> int:
    claimed = rows.order_by(*(("pk",) if waits else IN_TURN)).select_related("version")
    if waits:  # who is looked at for a fact is never left out; nobody waits who has not claimed all
        claimed = claimed.select_for_update(of=("self",))
    elif connection.features.has_select_for_update_skip_locked:
        claimed = claimed.select_for_update(skip_locked=True, of=("self",))
    found = list(claimed[:at_most])
    if not found:
        return 0
    batch = Batch(found, now=now)
    settling.lock(one.row.customer_id for one in batch.walkers if not one.is_held_out)  # before anything of theirs
    events.meet(batch)
    settle.look(batch)
    if takes_steps:
        _steps(batch)
        for version in {one.row.version_id or 0 for one in batch.walkers if one.moved}:
            agreeing.demand_same(batch.versions[version])  # last, when all words were read
    if batch.save():
        Play.objects.filter(pk__in={one.play.pk for one in batch.walkers}, failures__gt=0).update(failures=0)
    return len(found)


def _steps(batch: Batch) -> None:
    """
    Let all who are due take their steps, of one kind only of those for which other workers may have to wait.

    So a transaction holds addresses, minutes or sets of measures, never two of these; the others come again at once.
    """
    kind: type[contents.Step] | None = None
    for _round in range(MOST_ROUNDS):
        due = [one for one in batch.open() if _is_due(one, batch.now)]
        if kind is None:
            kind = next((type(one.step) for one in due if isinstance(one.step, HELD_BY_ONE)), None)
            if kind is contents.HandOver:
                admit.lock_sets()
        ready = [one for one in due if type(one.step) is kind or not isinstance(one.step, HELD_BY_ONE)]
        if not ready:
            return
        tasks: list[Walker] = []
        for some in _by_step(ready).values():
            tasks += _take(some, batch)
        if tasks:
            chores.give(tasks, batch)


def _is_due(one: Walker, now: datetime) -> bool:
    there = one.standing
    is_due = there.due_at is not None and there.due_at <= now and there.state in (walking.READY, walking.WAITING)
    return is_due and one.play.status == Play.Status.RUNNING


def _by_step(walkers: Sequence[Walker]) -> dict[tuple[int, str], list[Walker]]:
    found: dict[tuple[int, str], list[Walker]] = defaultdict(list)
    for one in walkers:
        found[one.row.version_id or 0, one.standing.step].append(one)
    return found


def _take(walkers: Sequence[Walker], batch: Batch) -> list[Walker]:
    """Let those who stand at the same step take it; give back whom a task is for: one day is shared by all of these."""
    step = walkers[0].step
    in_time = [one for one in walkers if not _expires(one, batch)]
    is_owed = walkers[0].content.is_owed
    if not in_time or (not is_owed and _knows_too_little(in_time, batch)):
        return []
    some = in_time
    if _acts(step) and not is_owed:
        some = affording.within_budget(_leave_alone(in_time, batch), batch)
    if isinstance(step, contents.Task):
        return some
    if some:
        doing.HOW[type(step)](some, batch)
    return []


def _leave_alone(walkers: Sequence[Walker], batch: Batch) -> list[Walker]:
    """Skip acts for those who are left alone of everything since they began; in both arms alike. Give the others."""
    rest = []
    for one in walkers:
        if one.row.customer_id in batch.left_alone:
            result = {"tried": [{"code": "held_out"}]}
            one.ran(StepRun.State.SKIPPED, at=batch.now, code=Became.REFUSED, result=result)
            one.goes_on(at=batch.now, way=walking.way_after(one.step, Became.REFUSED) if one.step else "")
        else:
            rest.append(one)
    return rest


def _expires(one: Walker, batch: Batch) -> bool:
    """Skip what is too late, as after a long standstill; what comes next counts from when it was."""
    step = one.step
    latest = walking.latest(step, since=one.standing.since_at, zone=one.zones.ours) if step else None
    if latest is None or batch.now <= latest:
        return False
    one.ran(StepRun.State.SKIPPED, at=latest, code=Became.TOO_LATE)
    one.goes_on(at=latest)
    return True


def _knows_too_little(walkers: Sequence[Walker], batch: Batch) -> bool:
    """
    Put off what decides by silence as long as the facts are old, and hold the play when they have been for a week.

    Whoever is said to be missed may have bought within the file that has not come yet.
    """
    one = walkers[0]
    if not (_acts(one.step) or isinstance(one.step, contents.Branch)):
        return False
    on, table = batch.complete(one)
    if not entering.are_old(on, today=batch.today):
        return False
    tomorrow = clock.after_days(batch.now, 1, one.zones.ours)
    for some in walkers:
        some.goes(walking.put_off(some.standing, until=tomorrow, code=holding.FACTS_OLD))
    if entering.are_old_for_long(on, today=batch.today):
        detail = {"cause": table, "until": on.isoformat()}
        holding.hold(one.play, code=holding.FACTS_OLD, detail=detail, now=batch.now)
    return True


def _acts(step: contents.Step | None) -> bool:
    return isinstance(step, (contents.Message, contents.Task))


def _one_by_one(
    rows: "QuerySet[Enrolment]", *, now: datetime, at_most: int | None, takes_steps: bool, waits: bool = False
) -> tuple[int, int]:
    """Find out whose trouble it is: that one ends, the others go on; tell how many moved, and by others meanwhile."""
    moved = late = 0
    for pk in list(rows.order_by(*IN_TURN).values_list("pk", flat=True)[:at_most]):
        try:
            moved += _move(rows.filter(pk=pk), now=now, at_most=1, takes_steps=takes_steps, waits=waits)
        except TooLate:
            late += 1
        except agreeing.Differs as problem:
            moved += _hold_for_yes(problem, now)
        except tuple(_HOLDS) as problem:
            _hold_for(pk, _HOLDS[type(problem)], problem, now)
        except NOT_NOW:
            raise
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is this one's)
            late += not _fail_safely(pk, problem, now=now)
    return moved, late


# What stands in the way of the whole play, not of one enrolment
_HOLDS: dict[type[Exception], str] = {
    NothingWritten: trouble.NO_WORDS,
    CountsAsAdvertising: trouble.DISGUISED,
    **dict.fromkeys(NOT_THERE, holding.UNKNOWN_FIELD),
}


def _hold_for_yes(problem: agreeing.Differs, now: datetime) -> int:
    holding.hold(Play.objects.get(pk=problem.play_id), code=holding.NOT_AGREED, detail={}, now=now)
    return 1


def _hold_for(pk: int, code: str, problem: Exception, now: datetime) -> None:
    play = Play.objects.get(enrolments=pk)
    holding.hold(play, code=code, detail={"problem": str(problem)[:300]}, now=now)


def _fail_safely(pk: int, problem: Exception, *, now: datetime) -> bool:
    """End one enrolment with what went wrong, unless somebody else has moved it; where not even that, hold the play."""
    try:
        _fail(pk, problem, now=now)
    except TooLate:
        return False
    except NOT_NOW:
        raise
    except Exception:  # noqa: BLE001 (what was first is what is told)
        _hold_for(pk, trouble.FAILED, problem, now)
    return True


@transaction.atomic
def _fail(pk: int, problem: Exception, *, now: datetime) -> None:
    row = Enrolment.objects.get(pk=pk)
    batch = Batch([row], now=now)
    (one,) = batch.walkers
    one.ran(StepRun.State.FAILED, at=now, code="failed", result={"problem": named(problem)})
    one.goes(walking.close(one.standing, "failed", at=now))
    one.stops = True
    batch.save()
    count_failure(row.play_id, {"problem": named(problem), "customer": row.customer_id}, now=now)
