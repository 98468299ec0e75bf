"""Where those of a batch stand, and what is written down of it at the end: enrolments, step runs, what is stopped."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from stammkunde.customers.models import Customer
from stammkunde.outreach import places, queries
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Template
from stammkunde.plays import contents, groups, walking
from stammkunde.plays.contents import Content, Happening, Step
from stammkunde.plays.measures import costs, things
from stammkunde.plays.measures.happenings import Fact
from stammkunde.plays.models import Enrolment, Play, PlayVersion, StepRun
from stammkunde.plays.walking import Event, Standing, Zones
from stammkunde.signals import queries as signals
from stammkunde.store import rows
from stammkunde.tasks import services as tasks

ACTS = ("message", "task")
_WRITTEN = ("state", "code", "at_step", "since_at", "due_at", "waits_for", "waits_key", "closed_at", "goal_source")


class TooLate(Exception):
    """Somebody else has moved an enrolment of the batch; whatever this one was doing is void."""


@dataclass(kw_only=True, eq=False)
class Walker:
    """Somebody in a measure, while a batch moves her."""

    row: Enrolment
    play: Play
    content: Content
    zones: Zones
    standing: Standing
    thing: str = ""  # the source of the row that began it, also where she was handed over since
    moved: bool = False
    runs: list[StepRun] = field(default_factory=list)
    ends: list[tuple[str, str, str, datetime]] = field(default_factory=list)  # step, state, code, when
    stops: bool = False

    @property
    def step(self) -> Step | None:
        return contents.find(self.content, self.standing.step)

    @property
    def is_held_out(self) -> bool:
        return self.row.arm == Enrolment.Arm.HELD_OUT

    @property
    def is_open(self) -> bool:
        return self.standing.state != walking.CLOSED

    @property
    def zero_at(self) -> datetime:
        assert self.row.zero_at is not None  # whoever walks was drawn
        return self.row.zero_at

    def key(self, channel: str) -> str:
        """Name the message or task of the step at hand."""
        return f"{self.play.origin}:{self.row.pk}:{self.standing.step}:1:{channel}"

    def is_news(self, fact: Fact) -> bool:
        """Tell whether a fact is neither what began the play for her, nor what the play itself has made."""
        is_another = fact.source != self.row.source or (fact.column and fact.column != self._begun_by)
        return bool(is_another) and fact.of != self.play.origin

    def concerns(self, what: Happening, fact: Fact) -> bool:
        """Tell whether a fact is about what the play is about for her, where that is asked."""
        return not what.same or (bool(fact.about) and fact.about == self.thing)

    @property
    def _begun_by(self) -> str:
        return contents.about.begun_by(self.content) if self.content.thing else ""

    def meets(self, event: Event, *, at: datetime) -> None:
        """Let something happen to somebody; what is planned is stopped where that ends it."""
        there = walking.after(self.standing, event, content=self.content, at=at)
        if there != self.standing:
            self.goes(there)
            self.stops = True

    def goes(self, standing: Standing) -> None:
        self.standing, self.moved = standing, True

    def goes_on(self, *, at: datetime, way: str = "") -> None:
        self.goes(walking.go_on(self.content, self.standing, at=at, zones=self.zones, way=way))

    def ran(self, state: str, *, at: datetime, code: str = "", **more: Any) -> None:
        """Write down what came of the step at hand."""
        ended_at = None if state == StepRun.State.ACTING else at
        step = self.step
        self.runs.append(
            StepRun(
                enrolment=self.row,
                step_key=self.standing.step,
                kind=contents.kind(step) if step else "",
                state=state,
                code=code,
                began_at=self.standing.since_at,
                ended_at=ended_at,
                **more,
            )
        )

    def ended(self, state: str, *, at: datetime, code: str = "") -> None:
        """Write down what became of the step at hand, which was under way."""
        self.ends.append((self.standing.step, state, code, at))


class Batch:
    """Those who are moved together, and what is known of them all, read once."""

    def __init__(self, rows: Sequence[Enrolment], *, now: datetime) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        plays = Play.objects.in_bulk({row.play_id for row in rows})
        versions = PlayVersion.objects.in_bulk({row.version_id for row in rows})
        read = {pk: contents.read(one.content) for pk, one in versions.items()}
        zones = _zones({row.customer_id for row in rows})
        self.versions = versions
        self.out_of_money: set[int] = set()  # plays that may spend nothing more
        self._complete: dict[int, tuple[date, str]] = {}
        began = things.began(rows)
        self.walkers = [
            Walker(
                row=row,
                play=plays[row.play_id],
                content=read[row.version_id or 0],
                zones=zones[row.customer_id],
                standing=standing(row),
                thing=began[row.pk],
            )
            for row in rows
        ]

    def open(self) -> Iterator[Walker]:
        yield from (one for one in self.walkers if one.is_open)

    @cached_property
    def templates(self) -> dict[int, Template]:
        """Give the templates of all steps, by number."""
        named = (
            ref
            for one in self.versions.values()
            for _place, kind, ref in contents.names(one.content)
            if kind == "template"
        )
        return Template.objects.in_bulk({int(ref) for ref in named})

    def complete(self, one: Walker) -> tuple[date, str]:
        """Tell up to which day all is known by which somebody's measure decides, and the table that holds it up."""
        version = self.versions[one.row.version_id or 0]
        if version.pk not in self._complete:
            found = groups.complete(one.content, segment_id=version.segment_id, now=self.now)
            self._complete[version.pk] = found
        return self._complete[version.pk]

    @cached_property
    def costs(self) -> dict[str, int]:
        """Give what a message costs by each channel that costs anything."""
        return costs.by_channel()

    def besides(self, one: Walker) -> int:
        """Give what somebody costs besides postage, once: with the first that is done for her."""
        return 0 if one.row.pk in self._has_cost else one.content.cost.each_cents

    @cached_property
    def _has_cost(self) -> set[int]:
        acts = StepRun.objects.filter(enrolment__in=[one.row for one in self.walkers], kind__in=ACTS)
        done = acts.exclude(state=StepRun.State.SKIPPED)
        return set(done.values_list("enrolment_id", flat=True))

    @cached_property
    def left_alone(self) -> set[int]:
        """Give who is left alone by all but what is owed."""
        return queries.left_alone(self._customers)

    @cached_property
    def worth(self) -> dict[int, int]:
        return signals.worth(customer_ids=self._customers)

    @cached_property
    def of_class_c(self) -> set[int]:
        return signals.of_class("C", customer_ids=self._customers)

    @cached_property
    def _customers(self) -> set[int]:
        return {one.row.customer_id for one in self.walkers}

    def save(self) -> int:
        """
        Write down where everybody stands now; inside the transaction that claimed the rows. Tells how many moved.

        :raises TooLate: if somebody was quicker
        """
        moved = [one for one in self.walkers if one.moved]
        _write_runs(moved)
        _name_not_reached([one for one in moved if one.standing.code == "done"])
        _write_rows(moved)
        for one in moved:
            if one.stops and one.row.waits_key:
                _end_runs(one, at=self.now)
        stop([one.row.waits_key for one in moved if one.stops and one.row.waits_key], now=self.now)
        return len(moved)


def standing(row: Enrolment) -> Standing:
    """Read where somebody stands."""
    return Standing(
        state=row.state,
        step=row.at_step,
        since_at=row.since_at or row.entered_at,
        due_at=row.due_at,
        code=row.code,
        waits_for=row.waits_for,
        waits_key=row.waits_key,
    )


def stop(keys: Sequence[str], *, now: datetime) -> None:
    """Stop what is planned and not gone, and take tasks off the lists; inside the caller's transaction."""
    if keys:
        outreach.stop_by_key(keys=keys, now=now)
        tasks.withdraw(keys=keys)


def _zones(customer_ids: Iterable[int]) -> dict[int, Zones]:
    ours = ZoneInfo(settings.TIME_ZONE)
    countries = Customer.objects.filter(pk__in=set(customer_ids)).values_list("pk", "country")
    return {pk: Zones(ours=ours, own=places.zone(country, settings.TIME_ZONE)) for pk, country in countries}


def _write_runs(moved: Sequence[Walker]) -> None:
    """End the runs that were under way, and write new ones."""
    _executemany(
        "UPDATE plays_steprun SET state = %s, code = %s, ended_at = %s "
        "WHERE enrolment_id = %s AND step_key = %s AND state = 'acting'",
        [(state, code, _given(at), one.row.pk, step) for one in moved for step, state, code, at in one.ends],
    )
    runs = [run for one in moved for run in one.runs]
    rows.create(runs, or_leave=True)


def _name_not_reached(done: Sequence[Walker]) -> None:
    """Say of those who went through and could not be reached by any step that they were not."""
    acts = StepRun.objects.filter(enrolment__in=[one.row for one in done], kind__in=ACTS)
    states: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for pk, state, code in acts.values_list("enrolment_id", "state", "code"):
        states[pk].add((state, code))
    for one in done:
        was = states[one.row.pk]
        is_reached = any(state == StepRun.State.DONE or code == "held_out" for state, code in was)
        if not is_reached and (StepRun.State.SKIPPED, "refused") in was:
            one.goes(walking.close(one.standing, "not_reached", at=one.standing.since_at))


def _write_rows(moved: Sequence[Walker]) -> None:
    said = ", ".join(f"{name} = %s" for name in _WRITTEN)
    changed = _executemany(
        f"UPDATE plays_enrolment SET {said}, moved = moved + 1 WHERE id = %s AND moved = %s",  # noqa: S608 (own names)
        [(*_values(one), one.row.pk, one.row.moved) for one in moved],
    )
    if changed != len(moved):
        raise TooLate(changed)


def _values(one: Walker) -> tuple[Any, ...]:
    there = one.standing
    closed_at = there.since_at if there.state == walking.CLOSED else None
    return (
        there.state,
        there.code,
        there.step,
        _given(there.since_at),
        _given(there.due_at),
        there.waits_for,
        there.waits_key,
        _given(closed_at),
        one.row.goal_source,
    )


def _given(at: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(at) if at else None


def _executemany(sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)


def _end_runs(one: Walker, *, at: datetime) -> None:
    running = StepRun.objects.filter(enrolment=one.row, state=StepRun.State.ACTING)
    running.update(state=StepRun.State.SKIPPED, code=one.standing.code, ended_at=at)
