"""The numbers of a replay, when all its weeks are there."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from stammkunde.plays.contents import Content, Enters, Happening
from stammkunde.plays.measures import happenings
from stammkunde.plays.models import Replay, ReplayWeek
from stammkunde.plays.replay import counting, weeks
from stammkunde.plays.replay.counting import Days, Entry
from stammkunde.plays.replay.weeks import DAYS, Looked
from stammkunde.sales.models import Line, Order


def of(replay: Replay, at: Looked, *, now: datetime) -> dict[str, Any]:
    """Count who would have entered in each week, and what they did without the measure."""
    assert replay.today is not None
    rows = list(replay.weeks.all())
    came = [(pk, date.fromisoformat(on), source) for row in rows for pk, on, source in row.came]
    ids = sorted({pk for pk, _on, _source in came})
    first = weeks.of(replay.today)[0].last
    goals = _happened(at.content, at.content.goal.happening, ids, first, now=now)
    ends = [goals, *(_happened(at.content, one, ids, first, now=now) for one in at.content.ends_when)]
    found = counting.entries(came, at.content, ends=ends, zone=ZoneInfo(settings.TIME_ZONE))
    margins = _margins(ids, after=first)
    base = counting.base(found, at.content, goals=goals, margins=margins, today=replay.today)
    return {
        "factor": at.past.factor,
        "of": at.past.of,
        "looked": len(at.past.ids),
        "weeks": list(_weeks(replay.today, found, rows, is_group=isinstance(at.content.trigger, Enters))),
        "base": {"n": base.n, "reached": base.reached, "margin_cents": base.margin_cents},
    }


def _weeks(today: date, found: list[Entry], rows: list[ReplayWeek], *, is_group: bool) -> Iterator[dict[str, Any]]:
    """Count each week's entries; one is known where somebody can tell who was in the group then and a week before."""
    counted = Counter(((today - one.on).days // DAYS, one.is_again) for one in found)
    told = {row.number for row in rows if row.inside is not None}
    for week in weeks.of(today)[1:]:
        ago = weeks.WEEKS - week.number
        is_known = week.number in told and (not is_group or week.number - 1 in told)
        numbers = {"first": counted[ago, False], "again": counted[ago, True]}
        yield {"on": week.first.isoformat(), "known": is_known, **numbers}


def _happened(content: Content, what: Happening | None, ids: Collection[int], after: date, *, now: datetime) -> Days:
    """Give the days on which something happened: of each customer, or of each row that it must be about."""
    days: dict[int | str, list[date]] = defaultdict(list)
    if what is not None:
        for fact in weeks.that(what, ids, after=after, now=now, how=happenings.theirs, thing=content.thing):
            days[fact.about if what.same else fact.customer_id].append(fact.on)
    return {whose: sorted(some) for whose, some in days.items()}


def _margins(ids: list[int], *, after: date) -> dict[int, dict[date, int]]:
    """Give what each brought, day by day: margin, or revenue where the cost is unknown."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for start in range(0, len(ids), weeks.AT_ONCE):
        some = ids[start : start + weeks.AT_ONCE]
        rows = Line.objects.filter(order__customer__in=some, order__ordered_on__gt=after)
        rows = rows.exclude(order__status=Order.Status.CANCELLED).order_by()
        sums = rows.values("order__customer", "order__ordered_on")
        for row in sums.annotate(revenue=Sum("revenue_cents"), cost=Sum("cost_cents")):
            cents = (row["revenue"] or 0) - (row["cost"] or 0)
            found[row["order__customer"]][row["order__ordered_on"]] = cents
    return found
