"""Ending enrolments because of the whole play or customer: stopped, merged, erased; and what is undone later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

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
    rows = Enrolment.objects.filter(play=play, closed_at=None).exclude(state="")
    return _close(rows.order_by("pk")[:at_most], event, now=now)


@transaction.atomic
def erase(*, customer_id: int, now: datetime) -> int:
    """End whatever a customer who is erased is in, and tell how much that was; what was stays, without what it said."""
    ours = Enrolment.objects.filter(customer=customer_id).exclude(state="")
    ended = _close(ours.filter(closed_at=None), Event.ERASED, now=now)
    ours.update(travels={}, contact_person=None)
    return ended


@transaction.atomic
def merge(*, kept_id: int, gone_id: int, now: datetime) -> int:
    """
    Let what one customer is in be another's, as both are the same; tell how many enrolments were contaminated.

    Where both are in a play, the older enrolment stays with its arm and the other ends; where the arms differ, somebody
    was both contacted and left alone.
    """
    contaminated = 0
    both = Enrolment.objects.filter(customer__in=(kept_id, gone_id), closed_at=None).exclude(state="")
    for play_id, subject in both.order_by().values_list("play", "subject").distinct():
        mine = list(
            both.filter(play=play_id, subject=subject).select_for_update(of=("self",)).order_by("entered_at", "pk")
        )
        if len(mine) > 1:
            contaminated += len({one.arm for one in mine if one.arm}) > 1
            _close(Enrolment.objects.filter(pk__in=[one.pk for one in mine[1:]]), Event.MERGED, now=now)
    _hand_on(kept_id, gone_id)
    return contaminated


def _hand_on(kept_id: int, gone_id: int) -> None:
    """Give enrolments to whoever stays, but where she has had the same round."""
    theirs = Enrolment.objects.filter(customer=gone_id).exclude(state="")
    taken = set(Enrolment.objects.filter(customer=kept_id).values_list("play_id", "cycle"))
    free = [row.pk for row in theirs if (row.play_id, row.cycle) not in taken]
    Enrolment.objects.filter(pk__in=free).update(customer=kept_id)


def _close(rows: "QuerySet[Enrolment]", event: Event, *, now: datetime) -> int:
    found = list(rows.select_related("version"))
    if not found:
        return 0
    batch = Batch(found, now=now)
    for one in batch.walkers:
        came = walking.after(one.standing, event, content=one.content, at=now)
        one.goes(came.standing)
        one.stops = came.stops
    return batch.save()


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
