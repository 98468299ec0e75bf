"""What the worker does for pages: choose the customers of campaigns, as the list's filters say."""

from datetime import datetime

from stammkunde.home import audience
from stammkunde.home.queries import customers as queries
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play
from stammkunde.signals import queries as signals


def sweep(*, now: datetime) -> bool:
    """
    Choose the customers of one campaign, if there is one that waits for it. Safe to run twice and to kill.

    What goes wrong is said on the campaign's page; its lease lets the others have their turn first.
    """
    play = plays.claim_choosing(now=now)
    if play is None:
        return False
    try:
        _choose(play, now=now)
    except audience.UnknownFilters:
        plays.note_trouble(play=play, code=plays.UNKNOWN_FILTERS)
    except Exception:
        plays.note_trouble(play=play, code=plays.FAILED)
        raise
    return True


def _choose(play: Play, *, now: datetime) -> None:
    filters = audience.restored(play.audience)
    for ids in queries.ids(filters, generation=signals.current()):
        plays.choose(play=play, customer_ids=ids, now=now)
    plays.chosen(play=play, now=now)
    plays.note_trouble(play=play, code="")
