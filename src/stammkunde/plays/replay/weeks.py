"""Who came, week by week: into the group, or by what happened or by a day while they were in it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from stammkunde.plays import clock
from stammkunde.plays.contents import Content, Dated, Enters, Happened, Happening
from stammkunde.plays.measures import happenings
from stammkunde.plays.measures.happenings import Fact
from stammkunde.plays.models import Replay, ReplayWeek
from stammkunde.segments import bits, past
from stammkunde.segments.past import Past
from stammkunde.store import facts

WEEKS = 52
DAYS = 7
AT_ONCE = 500

Find = Callable[..., Iterator[Fact]]  # `happenings.since`, or `theirs`
Came = list[Any]  # customer, day, what began it


@dataclass(frozen=True, kw_only=True)
class Week:
    """The seven days that end with `last`; week 0 is only the evening before the first."""

    number: int
    last: date

    @property
    def first(self) -> date:
        return self.last - timedelta(days=DAYS - 1)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=one) for one in range(DAYS)]


def of(today: date) -> list[Week]:
    """Give the weeks of the year that ends today, with the evening before."""
    return [Week(number=one, last=today - timedelta(days=DAYS * (WEEKS - one))) for one in range(WEEKS + 1)]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a replay looks at; `began`: what may have begun the measure, day by day, where that is no group."""

    content: Content
    past: Past
    began: dict[date, list[Came]]


def looked(replay: Replay, content: Content, *, now: datetime) -> Looked:
    """Bring what all weeks need, once."""
    assert replay.today is not None
    first = of(replay.today)[0].last
    seen = past.opened(replay.rule, since=first, now=now)
    began: dict[date, list[Came]] = defaultdict(list)
    for on, came in _began(content, seen, first, replay.today, now=now):
        began[on].append(came)
    return Looked(content=content, past=seen, began=began)


def work_out(replay: Replay, week: Week, at: Looked) -> ReplayWeek:
    """Work out one week; nothing is written."""
    made = ReplayWeek(replay=replay, number=week.number)
    if isinstance(at.content.trigger, Enters):
        _came_in(made, replay, week, at)
    elif week.number:
        made.inside = bits.NOBODY
        for on in week.days:
            _take(made, on, at)
    return made


def _came_in(made: ReplayWeek, replay: Replay, week: Week, at: Looked) -> None:
    """Let those come who are in the group now and were not a week ago; where nobody can tell, nobody comes."""
    now_in = at.past.inside(week.last)
    made.inside = None if now_in is None else bits.packed(now_in)
    before = ReplayWeek.objects.filter(replay=replay, number=week.number - 1).first()
    if now_in is not None and before is not None and before.inside is not None:
        come = np.setdiff1d(now_in, bits.read(bytes(before.inside)))
        made.came = [[pk, week.last.isoformat(), ""] for pk in come.tolist()]


def _take(made: ReplayWeek, on: date, at: Looked) -> None:
    """Take those for whom it may have begun on a day, if they were in the group on it."""
    began = at.began.get(on, [])
    if not began:
        return
    inside = at.past.inside(on, among=np.unique(np.array([one[0] for one in began], dtype=np.int64)))
    if inside is None:
        made.inside = None
        return
    there = set(inside.tolist())
    made.came += [one for one in began if one[0] in there]


def _began(content: Content, seen: Past, first: date, today: date, *, now: datetime) -> Iterator[tuple[date, Came]]:
    """Give what began within the year on the day on which it was seen, unless it was too old then."""
    trigger = content.trigger
    if isinstance(trigger, Enters):
        return
    late = past.first_seen(facts.table(trigger.table), after=first)
    found = _happened(trigger, seen, first, now=now) if isinstance(trigger, Happened) else _dated(trigger, seen, first)
    for began_on, fact in found:
        on = max(began_on, late.get(fact.row, began_on))
        if on <= today and (on - began_on).days <= trigger.too_old_days:
            yield on, [fact.customer_id, on.isoformat(), fact.source]


def _happened(trigger: Happened, seen: Past, first: date, *, now: datetime) -> Iterator[tuple[date, Fact]]:
    what = Happening(table=trigger.table, where=trigger.where)
    yield from ((fact.on, fact) for fact in that(what, seen.ids.tolist(), after=first, now=now))


def that(
    what: Happening, ids: Collection[int], *, after: date, now: datetime, how: Find = happenings.since, thing: str = ""
) -> Iterator[Fact]:
    """Give what happened after a day with some customers, some hundred at a time."""
    several = list(ids)
    for start in range(0, len(several), AT_ONCE):
        some = several[start : start + AT_ONCE]
        yield from how(what, on=after + timedelta(days=1), now=now, customer_ids=some, thing=thing)


def _dated(trigger: Dated, seen: Past, first: date) -> Iterator[tuple[date, Fact]]:
    """Give the rows whose day, or its return, leads to a day of the year."""
    table, ids = facts.table(trigger.table), set(seen.ids.tolist())
    whose = "pk" if table.name == "customers" else "customer_id"
    columns = [whose, trigger.column, "pk", "source" if table.has_source else "pk"]
    rows = table.rows().filter(**{f"{trigger.column}__isnull": False}).order_by().values_list(*columns)
    for customer_id, day, pk, source in rows.iterator():
        if customer_id in ids:
            fact = Fact(customer_id=customer_id, source=f"{table.name}:{source}", on=day, at=None, row=pk)
            yield from ((on, fact) for on in occurs(trigger, day, after=first))


def occurs(trigger: Dated, day: date, *, after: date) -> list[date]:
    """Give the days on which a day in a table begins a measure, within the year after a day."""
    offset = timedelta(days=trigger.offset_days)
    found = [day]
    if trigger.yearly:
        years = range(after.year - 1, after.year + 3)
        found = [clock.this_year(day, year) for year in years if year > day.year]
    found = [one + offset for one in found]
    return [one for one in found if after < one <= after + timedelta(days=DAYS * WEEKS)]
