"""What the steps do that need nobody else: time passes, a way is chosen, somebody is handed over, it ends."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from django.utils import timezone

from stammkunde.plays import contents, groups, walking
from stammkunde.plays.measures import admit, messages, settle, things
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import StepRun


def _wait(walkers: Sequence[Walker], batch: Batch) -> None:
    """Let those go on who have waited; who has just come waits, unless it has happened already."""
    arriving = [one for one in walkers if one.standing.state == walking.READY]
    for one in walkers:
        over, step = one.standing.due_at, one.step
        assert over is not None
        assert isinstance(step, contents.Wait)
        if one.standing.state == walking.READY:
            one.goes(walking.wait(step, at=one.standing.since_at, zones=one.zones))
        else:
            one.ran(StepRun.State.DONE, at=over, code="time")
            one.goes_on(at=over)
    settle.wake(arriving, now=batch.now)


def _branch(walkers: Sequence[Walker], batch: Batch) -> None:
    step = walkers[0].step
    assert isinstance(step, contents.Branch)
    same = groups.same_asked(step.rule)
    for some in _apart(walkers):
        ids = [one.row.customer_id for one in some]
        moments = [(one.row.customer_id, name, day) for one in some for name, day in _moments(one).items()]
        about = {name: things.rows_about(name, {one.thing for one in some}) for name in same}
        fits = groups.holds(step.rule, ids, now=batch.now, moments=moments, same=about)
        for one in some:
            way = "yes" if one.row.customer_id in fits else "no"
            one.ran(StepRun.State.DONE, at=batch.now, result={"way": way})
            one.goes_on(at=one.standing.since_at, way=way)


def _apart(walkers: Sequence[Walker]) -> list[list[Walker]]:
    """Keep apart who is in it several times, for several things: each has its own moments, and its own rows."""
    found: list[list[Walker]] = []
    seen: Counter[int] = Counter()
    for one in walkers:
        place = seen[one.row.customer_id]
        seen[one.row.customer_id] += 1
        if place == len(found):
            found.append([])
        found[place].append(one)
    return found


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
