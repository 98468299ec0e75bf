"""
Who works on a play: one worker at a time, and nobody for ever.

A play that nobody came back from several times in a row is set aside, so that the others get their turn: its page says
so, and whoever has mended the cause lets it be tried again.
"""

from datetime import datetime, timedelta

from stammkunde import work
from stammkunde.plays.models import Play
from stammkunde.plays.services.trouble import SET_ASIDE
from stammkunde.work import Lease

LEASE = timedelta(minutes=2)
BEAT_SECONDS = 30.0


def claim(play: Play, *, now: datetime) -> Lease | None:
    """Claim a play as it was read; None if somebody is at work, it has to wait, or it was set aside."""
    if play.trouble == SET_ASIDE or play.is_held(now=now):
        return None
    as_read = Play.objects.filter(pk=play.pk, status=play.status)
    if play.kills_workers:
        work.set_aside(play, among=as_read, trouble=SET_ASIDE)
        return None
    holder = work.claim(play, among=as_read, until=now + LEASE)
    if holder is None:
        return None
    return Lease(rows=Play.objects.all(), pk=play.pk, holder=holder, length=LEASE, moment=work.going_on(now))


def claim_choosing(*, now: datetime) -> tuple[Play, Lease] | None:
    """Claim a campaign whose customers are to be chosen; None where there is none."""
    for play in Play.objects.filter(status=Play.Status.PREPARING, chosen_at=None).order_by("pk"):
        if lease := claim(play, now=now):
            return play, lease
    return None
