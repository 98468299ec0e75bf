"""What the worker does for pages: choose the customers of campaigns, as the list's filters say."""

from datetime import datetime

from stammkunde.home import audience
from stammkunde.home.queries import customers as queries
from stammkunde.plays import services as plays
from stammkunde.signals import queries as signals


def sweep(*, now: datetime) -> bool:
    """Choose the customers of one campaign, if there is one that waits for it. Safe to run twice and to kill."""
    play = plays.claim_choosing(now=now)
    if play is None:
        return False
    filters = audience.restored(play.audience)
    for ids in queries.ids(filters, generation=signals.current()):
        plays.choose(play=play, customer_ids=ids, now=now)
    plays.chosen(play=play, now=now)
    return True
