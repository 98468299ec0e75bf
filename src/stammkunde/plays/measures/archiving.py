"""Putting a measure into the archive, where lists do not show it, and taking it out; what it did stays."""

from datetime import datetime

from django.db import transaction

from stammkunde.plays.models import Play
from stammkunde.plays.services.running import NotPossible
from stammkunde.team import services as team
from stammkunde.team.models import Staff

OPEN = (Play.Status.RUNNING, Play.Status.PAUSED)


@transaction.atomic
def put_away(*, play_id: int, staff: Staff, now: datetime) -> None:
    """
    Put a measure away that does not run; repeating changes nothing.

    :raises NotPossible: if it runs, or is held
    """
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)
    if play.status in OPEN:
        raise NotPossible(play.status)
    if play.archived_at is None:
        _set(play, now, "play.archived", staff=staff, now=now)


@transaction.atomic
def take_out(*, play_id: int, staff: Staff | None, now: datetime) -> None:
    """Take a measure out of the archive; repeating changes nothing."""
    play = Play.objects.select_for_update(of=("self",)).get(pk=play_id, kind=Play.Kind.MEASURE)
    if play.archived_at is not None:
        _set(play, None, "play.unarchived", staff=staff, now=now)


def _set(play: Play, at: datetime | None, action: str, *, staff: Staff | None, now: datetime) -> None:
    play.archived_at = at
    play.save(update_fields=["archived_at"])
    team.record(staff=staff, action=action, at=now, thing="play", thing_id=play.pk, label=play.name)
