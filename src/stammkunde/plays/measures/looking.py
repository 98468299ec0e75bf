"""
Who of those in measures is looked at because something has become known, and who enters by it.

The customers about whom a fact changed, within a minute; everybody once a day, after a refresh, and after an import of
more customers than are named, a batch at a time. Who is due looks for herself (`walk`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from stammkunde.plays.measures import closing, triggers, upto, walk
from stammkunde.plays.measures.guarding import Guard
from stammkunde.plays.models import Play
from stammkunde.signals import queries as signals
from stammkunde.store.models import Unmet

MOST_ENTERING = 5_000  # looked at together, so that a surge is seen as one
EVERYBODY = "everybody"


def is_due(plays: Sequence[Play], *, now: datetime) -> bool:
    """Tell whether anything has become known that somebody has not met."""
    mark = marked(now=now)
    return Unmet.objects.exists() or any(not _has_met(play, mark) for play in plays)


def forget() -> None:
    """Leave out what nobody waits for: a measure that starts looks at everybody first."""
    if Unmet.objects.exists():
        Unmet.objects.all().delete()


def marked(*, now: datetime) -> list[object]:
    """Say by what everybody is looked at: another day, or another refresh."""
    generation = signals.current()
    return [timezone.localdate(now).isoformat(), generation.pk if generation else 0]


def _has_met(play: Play, mark: list[object]) -> bool:
    return bool(play.entered_upto.get("met") == [*mark, play.entered_upto.get(EVERYBODY, 0)])


def enter(plays: Sequence[Play], guard: Guard) -> bool:
    """Let customers enter of whom something new is known, in the measures that run; repeating is harmless."""
    _note_everybody(plays)
    rows = list(Unmet.objects.filter(entered=False).order_by("pk").values_list("pk", "customer_id")[:MOST_ENTERING])
    ids = {pk for _row, pk in rows if pk is not None}
    running = [play for play in plays if play.status == Play.Status.RUNNING]
    lost: set[int] = set()  # plays that nobody of these could enter, and that could not be told to look at all again

    def touched(play: Play, *, now: datetime) -> int:
        entered = triggers.enter(play, now=now)
        if entered or not ids:
            return entered
        try:
            return triggers.enter_of(play, ids, now=now)
        except Exception:
            lost.add(play.pk)
            triggers.look_again(play)
            lost.remove(play.pk)
            raise

    is_done = guard.each(running, touched)
    if lost:
        return is_done
    for start in range(0, len(rows), triggers.AT_ONCE):
        some = [row for row, _pk in rows[start : start + triggers.AT_ONCE]]
        Unmet.objects.filter(pk__in=some).update(entered=True)
    return is_done or bool(rows)


def _note_everybody(plays: Sequence[Play]) -> None:
    """Let all measures look at everybody where more customers have changed than are named."""
    numbers = list(Unmet.objects.filter(customer_id=None).order_by("pk").values_list("pk", flat=True))
    if numbers:
        for play in plays:
            play.entered_upto = upto.note(play.pk, **{EVERYBODY: numbers[-1]})
        Unmet.objects.filter(pk__in=numbers).delete()


def meet(guard: Guard, *, at_most: int) -> bool:
    """
    Let some customers of whom something new is known meet it in all measures; tell whether there were any.

    Where that fails, they are looked at one by one: whose trouble it is comes last from then on.
    """
    rows = list(Unmet.objects.filter(entered=True).order_by("pk").values_list("pk", "customer_id")[:at_most])
    try:
        _meet_all_or_each(rows, guard)
    except OperationalError as problem:  # the database's, as where it is locked: nobody's
        guard.problems.append(problem)
    return bool(rows)


def _meet_all_or_each(rows: Sequence[tuple[int, int | None]], guard: Guard) -> None:
    try:
        _meet(rows, now=guard.now)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 (whose it is shows one by one)
        for row, pk in rows:
            _meet_alone(row, pk, guard)


def _meet_alone(row: int, customer_id: int | None, guard: Guard) -> None:
    try:
        _meet([(row, customer_id)], now=guard.now)
    except OperationalError:
        raise
    except Exception as problem:  # noqa: BLE001 (whatever it is, it is this one's)
        guard.problems.append(problem)
        _put_last(row, customer_id)


def _meet(rows: Sequence[tuple[int, int | None]], *, now: datetime) -> None:
    ids: Collection[int] = {pk for _row, pk in rows if pk is not None}
    if ids and not walk.meet_of(ids, now=now):
        return  # somebody is moving one of them: they are looked at again
    closing.note_undone(customers=ids, now=now)
    Unmet.objects.filter(pk__in=[row for row, _pk in rows]).delete()


@transaction.atomic
def _put_last(row: int, customer_id: int | None) -> None:
    if Unmet.objects.filter(pk=row).delete()[0]:
        Unmet.objects.create(customer_id=customer_id, entered=True)


def meet_all(play: Play, *, now: datetime, at_most: int) -> bool:
    """Let a batch of those in a measure meet what is known by now, where everybody is looked at; tell whether any."""
    play.refresh_from_db(fields=["entered_upto"])
    mark, so_far = marked(now=now), play.entered_upto
    if _has_met(play, mark):
        return False
    place, closed = so_far.get("met_place", 0), so_far.get("undone_place", 0)
    target = so_far["meeting"] if place or closed else [*mark, so_far.get(EVERYBODY, 0)]
    if not closed:
        place = walk.meet(play=play, after=place, now=now, at_most=at_most)
    if not place:
        closed = closing.note_undone_after(play, closed, now=now)
    over = {} if place or closed else {"met": target}
    upto.note(play.pk, met_place=place, undone_place=closed, meeting=target, **over)
    return True
