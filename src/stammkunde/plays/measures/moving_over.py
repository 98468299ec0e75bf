"""Who goes over to the version of a measure that runs: foretold in numbers, and done for those whose step is there."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stammkunde.plays import contents, walking
from stammkunde.plays.measures import agreeing, reading
from stammkunde.plays.measures.moves import standing
from stammkunde.plays.measures.running import locked, may, record
from stammkunde.plays.models import Enrolment, Play, StepRun, Wanted
from stammkunde.team.models import Staff


@dataclass(frozen=True, kw_only=True)
class MoveOver:
    """What moving to the newest version does to those who are in an older one, in numbers."""

    stays: int = 0
    skips: int = 0
    repeats: int = 0
    lost: int = 0


def foresee_move(*, play_id: int) -> MoveOver:
    """Tell what moving everybody to the version that runs would do."""
    return MoveOver(**Counter(said for _row, said in _movable(play_id)))


def move_over(*, play_id: int, staff: Staff, now: datetime) -> int:
    """
    Move those whose step is still there to the version that runs, and tell how many; the others stay on theirs.

    :raises NeedsAnother: if they are more than one person decides, and no other one wanted it before
    """
    with transaction.atomic():
        play = locked(play_id)
        newest = reading.running(play)
        moved = [row.pk for row, said in _movable(play_id) if said in ("stays", "skips")]
        if may(play, Wanted.Act.MOVE, len(moved), staff=staff, now=now):
            Enrolment.objects.filter(pk__in=moved).update(version=newest)
            if moved:
                record(staff, "play.moved_over", now, play, enrolments=len(moved))
            return len(moved)
    raise agreeing.NeedsAnother(play_id)


def _movable(play_id: int) -> list[tuple[Enrolment, str]]:
    newest = reading.running(Play.objects.get(pk=play_id))
    if newest is None:
        return []
    rows = Enrolment.objects.filter(
        play=play_id, closed_at=None, state__in=(walking.READY, walking.WAITING, walking.ACTING)
    )
    older = list(rows.exclude(version=newest).order_by("pk"))
    read = {one.pk: contents.read(one.content) for one in newest.play.versions.all()}
    was_at: dict[int, set[str]] = {row.pk: set() for row in older}
    for pk, key in StepRun.objects.filter(enrolment__in=was_at).values_list("enrolment_id", "step_key"):
        was_at[pk].add(key)
    said: dict[tuple[int, str, frozenset[str]], str] = {}  # the same for all who came the same way
    for row in older:
        version, passed = row.version_id or 0, frozenset(was_at[row.pk] - {row.at_step})
        if (version, row.at_step, passed) not in said:
            said[version, row.at_step, passed] = walking.moved_over(
                read[version], read[newest.pk], standing=standing(row), was_at=passed
            )
    return [(one, said[one.version_id or 0, one.at_step, frozenset(was_at[one.pk] - {one.at_step})]) for one in older]
