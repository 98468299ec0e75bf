"""
What people of ours do in a measure: a task for whoever looks after the customer, within the minutes of a day.

A call is made only where it is allowed; whoever may not be called goes on at once by the other way.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from stammkunde.calls import asking
from stammkunde.customers import caretakers
from stammkunde.customers.models import ContactPerson, Purpose
from stammkunde.customers.policy import Reason
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import recipients as reached
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import clock, contents, ranking, walking
from stammkunde.plays.measures.costs import Hours
from stammkunde.plays.measures.minutes import Day
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import StepRun
from stammkunde.plays.walking import Became
from stammkunde.tasks import services as tasks
from stammkunde.tasks.services import Content, Due
from stammkunde.team import queries as team

CHANNEL = "task"


def give(walkers: Sequence[Walker], batch: Batch) -> None:
    """Put tasks on people's lists, those that bring most a minute first; inside the caller's transaction."""
    asked = [one for some in _by_step(walkers).values() for one in _may_be_asked(some, batch)]
    owners = _owners(asked)
    hours = Hours(on=batch.today)
    day = Day(owners.values(), usual=hours.usual, on=batch.today)
    taken = _minutes_taken({one.play.pk for one in asked}, on=batch.today)
    people = ContactPerson.objects.in_bulk({one.row.contact_person_id for one in asked} - {None})
    for one in sorted(asked, key=lambda one: _rank(one, hours.needs(_step(one)), batch)):
        step, owner = _step(one), owners[one.row.pk]
        minutes, most = hours.needs(step), one.content.limits.minutes_a_day
        if (most is not None and taken[one.play.pk] + minutes > most) or not day.take(owner, minutes):
            _no_room(one, step, batch)
            continue
        taken[one.play.pk] += minutes
        named = title(step, people.get(one.row.contact_person_id or 0))
        reserved = {"minutes": minutes, "on": batch.today, "owner_id": owner}
        _give(one, replace(step, title=named), reserved, hours.cents(owner, minutes), batch)


def _by_step(walkers: Sequence[Walker]) -> dict[tuple[int, str], list[Walker]]:
    found: dict[tuple[int, str], list[Walker]] = defaultdict(list)
    for one in walkers:
        found[one.row.version_id or 0, one.standing.step].append(one)
    return found


def _owners(walkers: Sequence[Walker]) -> dict[int, int | None]:
    """Tell whose task it is, by the number of the enrolment."""
    caretaking = caretakers.of(_about(one) for one in walkers)
    workers = set(team.workers().values_list("pk", flat=True))
    return {one.row.pk: owner_of(_step(one), caretaking[_about(one)], workers) for one in walkers}


def _may_be_asked(walkers: Sequence[Walker], batch: Batch) -> list[Walker]:
    """Leave out whom the law, or a wish, lets nobody call for this; in both arms alike. All stand at the same step."""
    if not _step(walkers[0]).by_phone:
        return list(walkers)
    whom = reached.wanted(purpose=_purpose(walkers[0]))
    about = {(one.row.customer_id, person) for one in walkers for person in (one.row.contact_person_id, None)}
    people = reached.meant(recipients=about, channel=CALL, whom=whom, today=batch.today)
    found = []
    for one in walkers:
        chosen = people[_about(one)]
        if chosen.reason == Reason.NO_ADDRESS:  # whoever has no number of her own is asked for at the others'
            chosen = people[one.row.customer_id, None]
        if chosen.is_allowed:
            found.append(one)
        else:
            _refused(one, chosen.reason, batch)
    return found


def _purpose(one: Walker) -> str:
    """Tell what a call is for the law: as its guide says, or else advertising, unless it is owed or an answer."""
    return asking.purpose(_step(one).guide, usual=_usual(one))


def _usual(one: Walker) -> str:
    return Purpose.SERVICE if one.content.is_owed else Purpose.ADVERTISING


def _refused(one: Walker, reason: str, batch: Batch) -> None:
    result = {"tried": [{"code": reason, "channel": CALL}]}
    one.ran(StepRun.State.SKIPPED, at=batch.now, code=Became.REFUSED, result=result)
    one.goes_on(at=batch.now, way=walking.way_after(_step(one), Became.REFUSED))


def _step(one: Walker) -> contents.Task:
    step = one.step
    assert isinstance(step, contents.Task)
    return step


def _about(one: Walker) -> Recipient:
    """Tell with whom somebody is asked to speak."""
    return one.row.customer_id, one.row.contact_person_id


def title(step: contents.Task, person: ContactPerson | None) -> str:
    """Say what is to be done, and for whom, where it is about one person at the customer."""
    return f"{step.title}: {person}" if person else step.title


def owner_of(step: contents.Task, caretaker: int | None, workers: Collection[int]) -> int | None:
    """Tell whose task it is: whom the step names, or whoever looks after the customer, or else the substitute."""
    named = int(step.owner) if step.owner is not None else caretaker
    substitute = int(step.substitute) if step.substitute is not None else None
    return next((one for one in (named, substitute) if one in workers), None)


def _rank(one: Walker, minutes: int, batch: Batch) -> tuple[float, int]:
    worth = batch.worth.get(one.row.customer_id, 0)
    gain = ranking.gain_cents(one.content, expected_cents=worth, cost_cents=0)
    return -gain / minutes, one.row.pk


def _give(one: Walker, step: contents.Task, reserved: dict[str, Any], cents: int, batch: Batch) -> None:
    zone = one.zones.ours
    latest = walking.latest(step, since=one.standing.since_at, zone=zone)
    assert latest is not None
    until = min(latest, walking.last_moment(one.content, zero_at=one.zero_at, zone=zone))
    if one.is_held_out:
        one.ran(StepRun.State.ACTING, at=batch.now, **reserved)
        one.goes(walking.act(one.standing, key="", until=batch.now))
        return
    task = tasks.plan(
        Content(title=step.title, note=step.note),
        key=one.key(asking.led_by(step.guide, usual=_usual(one)) if step.by_phone else CHANNEL),
        customer_id=one.row.customer_id,
        owner_id=reserved["owner_id"],
        due=Due(on=timezone.localdate(until)),
        now=batch.now,
    )
    one.ran(StepRun.State.ACTING, at=until, key=task.key or "", cost_cents=cents + batch.besides(one), **reserved)
    one.goes(walking.act(one.standing, key=task.key or "", until=until))


def _no_room(one: Walker, step: contents.Task, batch: Batch) -> None:
    """Try again tomorrow, when the day is shared out anew, until it is too late."""
    tomorrow = clock.morning_after(batch.now, one.zones.ours)
    latest = walking.latest(step, since=one.standing.since_at, zone=one.zones.ours)
    if latest is not None and tomorrow > latest:
        one.ran(StepRun.State.SKIPPED, at=batch.now, code=Became.NO_CAPACITY)
        one.goes_on(at=batch.now, way=walking.way_after(step, Became.NO_CAPACITY))
    else:
        one.goes(walking.put_off(one.standing, until=tomorrow, code=Became.NO_CAPACITY))


def _minutes_taken(play_ids: Collection[int], *, on: date) -> dict[int, int]:
    """Tell how many minutes of a day measures with a limit of their own have given out, in both arms alike."""
    rows = StepRun.objects.filter(on=on, minutes__gt=0, enrolment__play__in=play_ids).order_by()
    found = rows.values_list("enrolment__play").annotate(total=Sum("minutes"))
    return defaultdict(int, dict(found))
