"""What the steps do that need nobody else: time passes, a way is chosen, somebody is handed over, it ends."""

from collections.abc import Callable, Sequence
from datetime import date

from django.utils import timezone

from stammkunde.plays import contents, groups, walking
from stammkunde.plays.measures import admit, messages
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import StepRun


def _wait(walkers: Sequence[Walker], _batch: Batch) -> None:
    for one in walkers:
        over = one.standing.due_at
        assert over is not None
        one.ran(StepRun.State.DONE, at=over, code="time")
        one.goes_on(at=over)


def _branch(walkers: Sequence[Walker], batch: Batch) -> None:
    step = walkers[0].step
    assert isinstance(step, contents.Branch)
    ids = [one.row.customer_id for one in walkers]
    moments = [(one.row.customer_id, name, day) for one in walkers for name, day in _moments(one).items()]
    fits = groups.holds(step.rule, ids, now=batch.now, moments=moments)
    for one in walkers:
        way = "yes" if one.row.customer_id in fits else "no"
        one.ran(StepRun.State.DONE, at=batch.now, result={"way": way})
        one.goes_on(at=one.standing.since_at, way=way)


def _moments(one: Walker) -> dict[str, date]:
    """Give the days after which a branch may count: the entry, and the steps before; those to come are far ahead."""
    before = StepRun.objects.filter(enrolment=one.row, ended_at__isnull=False).values_list("step_key", "ended_at")
    steps = {f"step:{key}": timezone.localdate(at) for key, at in before if at}
    own = {f"step:{run.step_key}": timezone.localdate(run.ended_at) for run in one.runs if run.ended_at}
    ahead = {f"step:{step.key}": date.max for step in contents.every(one.content.steps)}
    return {**ahead, "entry": timezone.localdate(one.zero_at), **steps, **own}


def _hand_over(walkers: Sequence[Walker], batch: Batch) -> None:
    for one in walkers:
        step = one.step
        assert isinstance(step, contents.HandOver)
        took = admit.take_over(int(step.play), one.row, now=batch.now)
        one.ran(StepRun.State.DONE, at=batch.now, result={"to": int(step.play), "took": took})
        one.goes(walking.close(one.standing, "moved" if took else "not_taken", at=batch.now))


def _end(walkers: Sequence[Walker], batch: Batch) -> None:
    for one in walkers:
        one.ran(StepRun.State.DONE, at=batch.now)
        one.goes(walking.close(one.standing, "done", at=batch.now))


HOW: dict[type, Callable[[Sequence[Walker], Batch], None]] = {
    contents.Message: messages.say,
    contents.Wait: _wait,
    contents.Branch: _branch,
    contents.HandOver: _hand_over,
    contents.End: _end,
}
