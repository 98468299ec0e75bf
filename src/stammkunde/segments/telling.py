"""What pages tell of groups of customers: how many are in them, over time, why somebody is, and by which rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stammkunde.insight import rules
from stammkunde.insight.errors import InvalidRule
from stammkunde.segments import membership
from stammkunde.segments.models import Segment, SegmentChange, SegmentState, SegmentVersion
from stammkunde.segments.wording import Complete, Said, problems, sentence

DAYS = 90  # that a group's page shows
LATELY = 7


def listed(*, is_archived: bool = False, today: date) -> QuerySet[Segment]:
    """Give the groups with a name, with how many are in them and who came and left in the last days."""
    states = SegmentState.objects.filter(version__segment=OuterRef("pk")).order_by("-version__number")
    versions = SegmentVersion.objects.filter(segment=OuterRef("pk")).order_by("-number")
    lately = SegmentChange.objects.filter(version__segment=OuterRef("pk"), on__gt=today - timedelta(days=LATELY))
    return (
        Segment.objects.filter(archived_at__isnull=not is_archived)
        .exclude(name="")
        .annotate(
            n=Subquery(states.values("n")[:1]),
            changed_at=Subquery(versions.values("from_at")[:1]),
            entered=_counted(lately.filter(is_in=True)),
            left=_counted(lately.filter(is_in=False)),
        )
    )


def _counted(changes: QuerySet[SegmentChange]) -> Coalesce:
    """Count changes by themselves: joined with the groups, all that there ever were would be read."""
    rows = changes.order_by().values("version__segment").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(rows), 0)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day on which somebody came or left, and how many were in the group on its evening."""

    on: date
    entered: int
    left: int
    by_rule: int
    then: int


def over_time(segment_id: int, *, n: int, today: date) -> list[Day]:
    """Tell day by day who came and left, and how many were in it then, the latest first."""
    return list(_days(membership.days(segment_id, since=today - timedelta(days=DAYS)), n))


def _days(counted: list[membership.Day], n: int) -> Iterator[Day]:
    for one in counted:
        yield Day(on=one.on, entered=one.entered, left=one.left, by_rule=one.by_rule, then=n)
        n -= one.entered - one.left


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a group's rule, in words."""

    version: SegmentVersion
    says: str


def versions(segment: Segment, *, said: Said, known: rules.Known) -> list[Version]:
    """Give a group's versions, the latest first."""
    found = segment.versions.select_related("by").order_by("-number")
    return [Version(version=one, says=in_words(one.rule, said=said, known=known)) for one in found]


def in_words(rule: dict[str, Any], *, said: Said, known: rules.Known) -> str:
    """Say a rule that is kept; of one that cannot be asked any more, why."""
    try:
        return sentence(rules.read(rule, known), said)
    except InvalidRule as refused:
        return problems.text(refused)


def complete(segment_id: int, *, said: Said, known: rules.Known, today: date) -> list[Complete]:
    """Give up to which day the facts were complete that a group asks for, where that was not the day itself."""
    state = membership.state_of(segment_id)
    if state is None:
        return []
    try:
        uses = rules.uses(rules.read(state.version.rule, known))
    except InvalidRule:
        return []
    asked = uses.tables | {name.partition(".")[0] for name in uses.fields}
    until = {name: date.fromisoformat(on) for name, on in state.until.items() if name in asked}
    return said.complete(until, rule=state.version.rule, today=today)
