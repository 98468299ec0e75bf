"""Whom a play would take: who is in the group now, or for whom it would have begun lately; how many a week."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from stammkunde.mirror import NoMirror
from stammkunde.plays import groups
from stammkunde.plays.contents import Content, Enters
from stammkunde.plays.measures import triggers
from stammkunde.plays.trial import near
from stammkunde.plays.trial.near import Near
from stammkunde.segments import counts, membership
from stammkunde.segments.models import SegmentChange
from stammkunde.segments.nightly import NotKept
from stammkunde.segments.services import InvalidRule

LATELY_DAYS = 28
WEEK = 7
YEAR_WEEKS = 52
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Whom:
    """
    Whom it would take.

    Args:
        ids: customers; None: nobody can tell before the figures are computed.
        is_group: they are in the group now; else it would have begun for them on the last 28 days.
        a_week: how many begin a week: least, usual, most; None: nothing is recorded yet.
        near: who would be in the group without one of its conditions.
        persons: whom at a customer it is about, where that is known.
    """

    ids: tuple[int, ...] | None
    is_group: bool
    a_week: tuple[int, int, int] | None = None
    near: tuple[Near, ...] = ()
    persons: Mapping[int, int] = field(default_factory=dict)


def of(content: Content, *, now: datetime, is_whole: bool = True) -> Whom:
    """Tell whom it would take; who is near as well where the whole is wanted."""
    try:
        if isinstance(content.trigger, Enters):
            ids = _members(content, now=now)
            close = near.of(groups.rule_of(content), ids, now=now) if is_whole else ()
            a_week = _came(content, now=now) if content.trigger.later else None
            return Whom(ids=ids, is_group=True, a_week=a_week, near=close)
        return _began(content, now=now)
    except (NoMirror, NotKept, InvalidRule, groups.UnknownRule):
        return Whom(ids=None, is_group=isinstance(content.trigger, Enters))


def _members(content: Content, *, now: datetime) -> tuple[int, ...]:
    if content.group is not None and membership.state_of(int(content.group)) is not None:
        return tuple(groups.members(int(content.group)))
    return tuple(int(one) for one in counts.who(groups.rule_of(content), now=now))


def _came(content: Content, *, now: datetime) -> tuple[int, int, int] | None:
    """Count who came into the group week by week, since it has been recorded, a year at most."""
    if content.group is None:
        return None
    began_at = membership.began_at(int(content.group))
    today = timezone.localdate(now)
    weeks = min((today - timezone.localdate(began_at)).days // WEEK, YEAR_WEEKS) if began_at else 0
    if not weeks:
        return None
    first = today - timedelta(days=weeks * WEEK - 1)
    rows = SegmentChange.objects.filter(version__segment=int(content.group), is_in=True, on__gte=first)
    days = rows.exclude(cause__in=groups.BEGINS_NOTHING).values_list("on", flat=True)
    return _range([(today - on).days // WEEK for on in days], weeks)


def _began(content: Content, *, now: datetime) -> Whom:
    today = timezone.localdate(now)
    found = triggers.lately(content, days=LATELY_DAYS, now=now)
    ids = sorted({one.customer_id for one in found})
    inside = _inside(content, ids, now=now)
    kept = [one for one in found if one.customer_id in inside]
    weeks = [(today - one.on).days // WEEK for one in kept]
    a_week = _range(weeks, LATELY_DAYS // WEEK)
    persons = {one.customer_id: one.contact_person_id for one in kept if one.contact_person_id is not None}
    return Whom(ids=tuple(one for one in ids if one in inside), is_group=False, a_week=a_week, persons=persons)


def _inside(content: Content, ids: list[int], *, now: datetime) -> set[int]:
    if content.group is None and not content.rule:
        return set(ids)
    found: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rule = groups.rule_of(content)
        assert isinstance(rule, dict)
        found |= groups.holds(rule, some, now=now)
    return found


def _range(weeks: list[int], among: int) -> tuple[int, int, int]:
    """Give the least, the usual and the most of so many weeks."""
    counted = Counter(weeks)
    numbers = sorted(counted[week] for week in range(among))
    return numbers[0], numbers[len(numbers) // 2], numbers[-1]
