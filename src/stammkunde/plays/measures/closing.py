"""Ending the enrolments of a play that is stopped; and what is undone later of those that are closed."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from stammkunde.plays import walking
from stammkunde.plays.measures import happenings
from stammkunde.plays.measures.moves import Batch
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.walking import Event

AT_ONCE = 200
AT_ONCE_CLOSED = 500
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
        one.meets(event, at=now)
    return batch.save()


def unfinished() -> "QuerySet[Play]":
    """Give the measures that were stopped and that somebody is still in, as when the stopping was cut short."""
    inside = Enrolment.objects.filter(play=OuterRef("pk"), closed_at=None).exclude(state="")
    return Play.objects.filter(Exists(inside), kind=Play.Kind.MEASURE, status=Play.Status.STOPPED).order_by("pk")


def note_undone(*, customers: Collection[int], now: datetime) -> int:
    """Note of customers who are through whether their goal, or what began it, is gone; they stay closed."""
    return _note_undone(_closed(now).filter(customer__in=customers), now=now) if customers else 0


def note_undone_after(play: Play, after: int, *, now: datetime) -> int:
    """Note it of a batch of those who are through, from a number on; give the last number, or 0 where all have been."""
    rows = _closed(now).filter(play=play, pk__gt=after).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE_CLOSED])
    if ids:
        _note_undone(_closed(now).filter(pk__in=ids), now=now)
    return ids[-1] if len(ids) == AT_ONCE_CLOSED else 0


def _closed(now: datetime) -> "QuerySet[Enrolment]":
    closed = Enrolment.objects.filter(closed_at__gte=now - LOOKS_BACK, state=walking.CLOSED)
    return closed.filter(Q(undone_at=None) | Q(code="goal", goal_undone_at=None))


def _note_undone(rows: "QuerySet[Enrolment]", *, now: datetime) -> int:
    goals = rows.filter(code="goal", goal_undone_at=None).exclude(goal_source="")
    undone = _gone(list(goals.values_list("pk", "goal_source", "version__content__goal__column")))
    begun = _gone([(pk, source, "") for pk, source in rows.filter(undone_at=None).values_list("pk", "source")])
    Enrolment.objects.filter(pk__in=undone).update(goal_undone_at=now)
    Enrolment.objects.filter(pk__in=begun).update(undone_at=now)
    return len(undone) + len(begun)


def _gone(some_facts: Iterable[tuple[int, str, str | None]]) -> list[int]:
    """Tell of which of these facts, each with the day on which it happened, nothing is there any more."""
    by_kind: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for pk, source, column in some_facts:
        if table := happenings.table_of(source):
            by_kind.setdefault((table, column or ""), []).append((pk, source))
    found = []
    for (table, column), some in by_kind.items():
        for start in range(0, len(some), AT_ONCE):
            piece = some[start : start + AT_ONCE]
            there = happenings.there(table, {source for _pk, source in piece}, column=column)
            found += [pk for pk, source in piece if source not in there]
    return found
