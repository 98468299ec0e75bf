"""Ending the enrolments of a play that is stopped; and what is undone later of those that are closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from stammkunde.plays import walking
from stammkunde.plays.measures import happenings
from stammkunde.plays.measures.moves import Batch
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.walking import Event

AT_ONCE = 200
LOOKS_BACK = timedelta(days=400)  # for goals and beginnings that are undone later


@transaction.atomic
def close_some(play: Play, event: Event, *, now: datetime, at_most: int = AT_ONCE) -> int:
    """End a batch of those who are in a play, and tell how many; repeating is harmless."""
    rows = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="").select_related("version")
    found = list(rows.select_for_update(of=("self",)).order_by("pk")[:at_most])
    if not found:
        return 0
    batch = Batch(found, now=now)
    for one in batch.walkers:
        came = walking.after(one.standing, event, content=one.content, at=now)
        one.goes(came.standing)
        one.stops = came.stops
    return batch.save()


def unfinished() -> "QuerySet[Play]":
    """Give the measures that were stopped and that somebody is still in, as when the stopping was cut short."""
    inside = Enrolment.objects.filter(play=OuterRef("pk"), closed_at=None).exclude(state="")
    return Play.objects.filter(Exists(inside), kind=Play.Kind.MEASURE, status=Play.Status.STOPPED).order_by("pk")


@transaction.atomic
def note_undone(play: Play, *, now: datetime) -> int:
    """Note of those who are through whether their goal, or what began it, is gone; they stay closed."""
    closed = Enrolment.objects.filter(play=play, closed_at__gte=now - LOOKS_BACK)
    goals = closed.filter(code="goal", goal_undone_at=None).exclude(goal_source="")
    undone = _gone(list(goals.values_list("pk", "goal_source")))
    begun = _gone(list(closed.filter(undone_at=None).values_list("pk", "source")))
    Enrolment.objects.filter(pk__in=undone).update(goal_undone_at=now)
    Enrolment.objects.filter(pk__in=begun).update(undone_at=now)
    return len(undone) + len(begun)


def _gone(pairs: Sequence[tuple[int, str]]) -> list[int]:
    """Tell of which of these facts nothing is there any more."""
    by_table: dict[str, list[tuple[int, str]]] = {}
    for pk, source in pairs:
        if table := happenings.table_of(source):
            by_table.setdefault(table, []).append((pk, source))
    found = []
    for table, some in by_table.items():
        for start in range(0, len(some), AT_ONCE):
            piece = some[start : start + AT_ONCE]
            there = happenings.there(table, {source for _pk, source in piece})
            found += [pk for pk, source in piece if source not in there]
    return found
