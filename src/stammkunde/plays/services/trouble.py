"""Why workers cannot go on with a play for now: said on its page, and taken back when they can."""

from datetime import datetime

from django.db import transaction

from stammkunde import work
from stammkunde.plays.models import Play
from stammkunde.team import services as team
from stammkunde.team.models import Staff

NO_WORDS = "no_words"
DISGUISED = "disguised"
UNKNOWN_FILTERS = "unknown_filters"
FAILED = "failed"
SET_ASIDE = "set_aside"  # workers died of it; only a person takes this back


def note_trouble(*, play: Play, code: str) -> None:
    """Note what stands in the way, or with an empty code that nothing does; repeating changes nothing."""
    if play.trouble != code:
        Play.objects.filter(pk=play.pk).update(trouble=code)


@transaction.atomic
def try_again(*, play_id: int, staff: Staff, now: datetime) -> bool:
    """Let workers take up a play that was set aside, and tell whether it was; repeating changes nothing."""
    open_ones = Play.objects.exclude(status__in=(Play.Status.STOPPED, Play.Status.DONE))
    taken_up = open_ones.filter(pk=play_id, trouble=SET_ASIDE).update(**{**work.FREE, "trouble": ""})
    if taken_up:
        label = Play.objects.get(pk=play_id).name
        team.record(staff=staff, action="play.tried_again", at=now, thing="play", thing_id=play_id, label=label)
    return bool(taken_up)
