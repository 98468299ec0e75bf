"""
How somebody goes through a measure: where she stands × what happens → where she stands then. Pure.

It knows no database and no clock, and the arm only where one of the arms must be left alone: whoever is contacted and
whoever is left alone take the same ways at the same moments, but for the delay of an act.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from stammkunde.plays import clock, contents
from stammkunde.plays.contents import Content, Step, Wait

ADMITTED, READY, ACTING, WAITING, CLOSED = "admitted", "ready", "acting", "waiting", "closed"
DONE, SKIPPED, FAILED = "done", "skipped", "failed"
OTHERWISE = "otherwise"


class Event(StrEnum):
    """What happens to somebody, whatever step she stands at."""

    GOAL = "goal"  # what the play is for, after time zero
    TRIGGER_UNDONE = "trigger_undone"
    REASON_GONE = "reason_gone"  # something became known that was so before time zero
    LEFT = "left"  # the group
    COMPLAINT = "complaint"
    HAPPENED = "happened"  # what ends it
    OBJECTED = "objected"  # to advertising, where nothing else is left for her
    TOO_LATE = "too_late"  # the last day of the play
    STOPPED = "stopped"  # the play


CLOSES = {
    Event.GOAL: "goal",
    Event.TRIGGER_UNDONE: "reason_gone",
    Event.REASON_GONE: "reason_gone",
    Event.LEFT: "left",
    Event.COMPLAINT: "complaint",
    Event.HAPPENED: "happened",
    Event.OBJECTED: "objected",
    Event.TOO_LATE: "too_late",
    Event.STOPPED: "stopped",
}
IF_ASKED = frozenset({Event.LEFT, Event.COMPLAINT})


class Became(StrEnum):
    """What became of the message or task of a step."""

    DONE = "done"  # handed over, or done
    REFUSED = "refused"  # she cannot be reached
    TOO_LATE = "too_late"  # a message that never left
    NOT_DONE = "not_done"  # a task, until its latest day
    NO_CAPACITY = "no_capacity"
    NO_BUDGET = "no_budget"
    NOT_NEEDED = "not_needed"  # somebody of ours waved it aside


OTHER_WAY = frozenset({Became.REFUSED, Became.NOT_DONE, Became.NO_CAPACITY, Became.NO_BUDGET})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """
    Where somebody stands.

    Args:
        since_at: since when she stands there: what happened really, not when somebody looked.
        due_at: when she is looked at next.
        waits_for: the kind of fact that is waited for; empty: none.
    """

    state: str
    step: str
    since_at: datetime
    due_at: datetime | None
    code: str = ""
    waits_for: str = ""
    waits_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Whose clock counts: the company's, and the customer's."""

    ours: ZoneInfo
    own: ZoneInfo


def begin(content: Content, *, zero_at: datetime, zones: Zones) -> Standing:
    """Let somebody who was drawn stand at the first step."""
    return arrive(content, contents.first(content), at=zero_at, zones=zones)


def arrive(content: Content, key: str, *, at: datetime, zones: Zones) -> Standing:
    """Let somebody come to a step at a moment; without one it is over."""
    step = contents.find(content, key) if key else None
    if step is None:
        return Standing(state=CLOSED, step="", since_at=at, due_at=None, code="done")
    if isinstance(step, Wait) and not (step.until and contents.about.counts_from_its_day(step.until, content)):
        return wait(step, at=at, zones=zones)
    return Standing(state=READY, step=key, since_at=at, due_at=at)


def wait(step: Wait, *, at: datetime, zones: Zones) -> Standing:
    """Let somebody wait from a moment on."""
    over = clock.wait_ends(step, since=at, zone=zones.ours, own_zone=zones.own)
    waits_for = step.until.table if step.until else ""
    return Standing(state=WAITING, step=step.key, since_at=at, due_at=over, waits_for=waits_for)


def go_on(content: Content, standing: Standing, *, at: datetime, zones: Zones, way: str = "") -> Standing:
    """Let somebody leave her step by one of its ways at the moment at which it really ended."""
    return arrive(content, contents.following(content, standing.step, way=way), at=at, zones=zones)


def act(standing: Standing, *, key: str, until: datetime) -> Standing:
    """A message is planned or a task open, or would be (then without a key): what became of it is asked until then."""
    return replace(standing, state=ACTING, waits_key=key, due_at=until, code="")


def put_off(standing: Standing, *, until: datetime, code: str) -> Standing:
    """Let somebody stay where she is, with the reason."""
    return replace(standing, due_at=until, code=code)


def way_after(step: Step, became: Became) -> str:
    """Tell by which way somebody goes on after what became of a step."""
    return OTHERWISE if became in OTHER_WAY and OTHERWISE in contents.ways(step) else ""


def run_after(became: Became) -> tuple[str, str]:
    """Tell as what a step counts after what became of it: its state, and why."""
    return (DONE, "") if became == Became.DONE else (SKIPPED, became.value)


def latest(step: Step, *, since: datetime, zone: ZoneInfo) -> datetime | None:
    """Tell until when a step may act; None: it does nothing that could be too late."""
    days = getattr(step, "latest_days", None)
    return None if days is None else clock.after_days(since, days, zone)


def last_moment(content: Content, *, zero_at: datetime, zone: ZoneInfo) -> datetime:
    """Tell when the play is over for somebody, wherever she stands."""
    return clock.after_days(zero_at, content.latest_days, zone)


def after(standing: Standing, event: Event, *, content: Content, at: datetime) -> Standing:
    """Tell where somebody stands after an event, in either arm alike."""
    if standing.state == CLOSED or (event in IF_ASKED and event.value not in content.ends_on):
        return standing
    return close(standing, CLOSES[event], at=at)


def close(standing: Standing, code: str, *, at: datetime) -> Standing:
    return replace(standing, state=CLOSED, code=code, since_at=at, due_at=None, waits_for="", waits_key="")


def left_to_do(content: Content, key: str) -> Iterator[Step]:
    """Give the steps that somebody may still come to, the one at which she stands first."""
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        one = waiting.pop()
        step = contents.find(content, one)
        if step is None or one in seen:
            continue
        seen.add(one)
        yield step
        waiting += [contents.following(content, one, way=way) for way in ("", *contents.ways(step))]


def moved_over(before: Content, then: Content, *, standing: Standing, was_at: frozenset[str]) -> str:
    """
    Tell what moving to another version does to somebody: stays, skips, repeats, lost.

    Her step is gone: lost. Steps before hers are new: she skips them. Steps after hers were passed already: she would
    repeat them.
    """
    if contents.find(then, standing.step) is None:
        return "lost"
    ahead = {one.key for one in left_to_do(then, standing.step)} - {standing.step}
    if ahead & was_at:
        return "repeats"
    known = {one.key for one in contents.every(before.steps)}
    behind = {one.key for one in contents.every(then.steps)} - ahead - {standing.step}
    return "skips" if behind - known else "stays"
