"""What the worker does for plays: ask who may be written to, enrol who bought, plan what is due, close what is over."""

from datetime import datetime

from stammkunde.plays import services
from stammkunde.plays.models import Play


def sweep(*, now: datetime) -> bool:
    """Do a piece of what is due; say whether anything was done. Safe to run twice, by several workers, and to kill."""
    busy = False
    for play in Play.objects.filter(status=Play.Status.PREPARING, chosen_at__isnull=False).select_related("template"):
        busy = bool(services.ask_governor(play=play, now=now)) or busy
    for play in Play.objects.filter(status=Play.Status.RUNNING).select_related("template"):
        if play.kind == Play.Kind.THANKS:
            busy = bool(services.enrol_buyers(play=play, now=now)) or busy
        busy = bool(services.plan_next(play_id=play.pk, now=now)) or busy
    return bool(services.finish_what_is_over(now=now)) or busy
