"""What became of what was planned: messages and tasks by their keys, and facts that somebody waits for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stammkunde.outreach.models import Message
from stammkunde.plays import contents, walking
from stammkunde.plays.contents import Happening
from stammkunde.plays.measures import happenings
from stammkunde.plays.measures.admit import LEFT_ALONE
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import Play, StepRun
from stammkunde.plays.walking import Became
from stammkunde.tasks import services as tasks
from stammkunde.tasks.models import Task

State = Message.State
LEFT = (State.HANDED_OVER, State.DELIVERED)
OVER = (*LEFT, State.BOUNCED, State.FAILED, State.REFUSED, State.EXPIRED, State.STOPPED)
# Of the enrolments that are under way, those of which something can be told
SETTLED = (
    Exists(Message.objects.filter(key=OuterRef("waits_key"), state__in=OVER))
    | Exists(Task.objects.filter(key=OuterRef("waits_key")).exclude(state=Task.State.OPEN))
) & ~Q(waits_key="")
LOOKS_AGAIN = timedelta(hours=1)
_BECAME = {
    State.HANDED_OVER: Became.DONE,
    State.DELIVERED: Became.DONE,
    State.UNKNOWN: Became.DONE,  # it may have arrived: nothing is said twice
    State.BOUNCED: Became.REFUSED,
    State.FAILED: Became.REFUSED,
    State.REFUSED: Became.REFUSED,
    State.EXPIRED: Became.TOO_LATE,
    State.STOPPED: Became.NOT_NEEDED,
}


def look(batch: Batch) -> None:
    """Let those who wait for a message, a task or a fact go on where it has come; inside the transaction."""
    wake([one for one in batch.open() if one.standing.waits_for], now=batch.now)
    acting = [one for one in batch.open() if one.standing.state == walking.ACTING]
    keys = [one.standing.waits_key for one in acting if one.standing.waits_key]
    messages = {one.key: one for one in Message.objects.filter(key__in=keys)} if keys else {}
    chores = {one.key or "": one for one in Task.objects.filter(key__in=keys)} if keys else {}
    for one in acting:
        if not one.standing.waits_key:
            _shadow(one, batch)
        elif isinstance(one.step, contents.Task):
            _task(one, chores.get(one.standing.waits_key), batch)
        else:
            _message(one, messages.get(one.standing.waits_key), batch)


def _shadow(one: Walker, batch: Batch) -> None:
    """Let whoever is left alone go on at the moment at which it would have been done."""
    due_at = one.standing.due_at
    if due_at is not None and due_at <= batch.now and one.play.status == Play.Status.RUNNING:
        one.ended(StepRun.State.SKIPPED, at=due_at, code="held_out")
        one.goes_on(at=due_at)


def _message(one: Walker, message: Message | None, batch: Batch) -> None:
    if message is None:
        _became(one, Became.NOT_NEEDED, at=batch.now)
        return
    is_late = (one.standing.due_at or batch.now) <= batch.now
    if message.state in OVER or (message.state == State.UNKNOWN and is_late):
        _became(one, _BECAME[State(message.state)], at=_moment(message, batch.now))
    elif is_late:  # being sent, or a print run holds it
        one.goes(walking.put_off(one.standing, until=batch.now + LOOKS_AGAIN, code=""))


def _moment(message: Message, now: datetime) -> datetime:
    """Give when it happened: what left has a moment, what expired was over at its latest."""
    if message.state == State.EXPIRED:
        return min(message.latest_at, now)
    return min(message.handed_over_at or message.begun_at or message.finished_at or now, now)


def _task(one: Walker, task: Task | None, batch: Batch) -> None:
    if one.row.customer_id in batch.left_alone and not one.content.is_owed and _is_open(task):
        _leave_alone(one, batch)
        return
    if one.play.status != Play.Status.RUNNING:
        return  # what is on somebody's list stays there while the play is held
    if task is None or task.state == Task.State.DISMISSED:
        _became(one, Became.NOT_NEEDED, at=(task and task.finished_at) or batch.now)
    elif task.state == Task.State.DONE:
        _became(one, Became.DONE, at=min(task.finished_at or batch.now, batch.now))
    elif one.standing.due_at is not None and one.standing.due_at <= batch.now:
        tasks.withdraw(keys=[one.standing.waits_key])
        _became(one, Became.NOT_DONE, at=one.standing.due_at)


def _is_open(task: Task | None) -> bool:
    """Tell whether a task is still to be done, or was taken off the list."""
    return task is None or task.state == Task.State.OPEN


def _leave_alone(one: Walker, batch: Batch) -> None:
    """Take the task of somebody off the list who is left alone of everything since it was given."""
    tasks.withdraw(keys=[one.standing.waits_key])
    if one.play.status == Play.Status.RUNNING and one.step is not None:
        one.ended(StepRun.State.SKIPPED, at=batch.now, code=LEFT_ALONE)
        one.goes_on(at=batch.now, way=walking.way_after(one.step, Became.REFUSED))


def _became(one: Walker, became: Became, *, at: datetime) -> None:
    if one.play.status != Play.Status.RUNNING or one.step is None:
        return
    state, code = walking.run_after(became)
    way = walking.way_after(one.step, became)
    one.ended(state, at=at, code=code)
    one.goes_on(at=at, way=way)


def wake(walkers: Sequence[Walker], *, now: datetime) -> None:
    """Let those go on who waited for something that has happened, since they began to wait, or since they entered."""
    by_kind: dict[tuple[str, str], list[tuple[Happening, Walker]]] = defaultdict(list)
    for one in walkers:
        step = one.step
        if isinstance(step, contents.Wait) and step.until is not None:
            by_kind[step.until.name, one.content.thing].append((step.until, one))
    for some in by_kind.values():
        _wake_for(some[0][0], [(one, _since(one)) for _what, one in some], now=now)


def _since(one: Walker) -> datetime | None:
    """Tell from when on something counts; None: whenever it was."""
    step = one.step
    assert isinstance(step, contents.Wait)
    if step.until and contents.about.counts_from_its_day(step.until, one.content):
        return None
    return one.zero_at if step.since == "entry" else one.standing.since_at


def _wake_for(what: Happening, waiting: Sequence[tuple[Walker, datetime | None]], *, now: datetime) -> None:
    earliest = min(_first_day(one, since) for one, since in waiting)
    customers = {one.row.customer_id for one, _since in waiting}
    thing = waiting[0][0].content.thing
    facts = list(happenings.theirs(what, on=earliest, now=now, customer_ids=customers, thing=thing))
    for one, since in waiting:
        of_hers = (fact for fact in facts if fact.customer_id == one.row.customer_id and one.concerns(what, fact))
        mine = (fact for fact in of_hers if one.is_news(fact))
        counting = (fact for fact in mine if since is None or fact.is_after(since))
        fact = next((fact for fact in counting if _is_in_time(one, fact)), None)
        if fact is not None and one.play.status == Play.Status.RUNNING:
            at = fact.moment() if since else max(fact.moment(), one.standing.since_at)
            one.ran(StepRun.State.DONE, at=at, code="happened", result={"source": fact.source})
            one.goes_on(at=min(at, one.standing.due_at or at))


def _first_day(one: Walker, since: datetime | None) -> date:
    return timezone.localdate(since) if since else timezone.localdate(one.zero_at) - happenings.OLDEST_THING


def _is_in_time(one: Walker, fact: happenings.Fact) -> bool:
    return one.standing.due_at is None or fact.on <= timezone.localdate(one.standing.due_at)
