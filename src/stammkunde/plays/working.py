"""
What the worker does for plays.

It chooses whom they are for, asks who may be written to, enrols who bought, plans what is due, closes what is over.
"""

from collections.abc import Callable
from datetime import datetime

from stammkunde.outreach.services import NothingWritten
from stammkunde.plays import services
from stammkunde.plays.models import Play
from stammkunde.segments import audience
from stammkunde.segments import queries as customers
from stammkunde.signals import queries as signals


def sweep(*, now: datetime) -> bool:
    """
    Do a piece of what is due; say whether anything was done. Safe to run twice, by several workers, and to kill.

    What goes wrong with one play is said on its page and stops no other; it is raised when all had their turn.
    """
    busy, problems = False, list[Exception]()
    for play in Play.objects.filter(status__in=DUTIES).order_by("pk").select_related("template"):
        try:
            busy = _turn(play, now=now) or busy
        except Exception as problem:  # noqa: BLE001 (it is raised below)
            services.note_trouble(play=play, code=services.FAILED)
            problems.append(problem)
    busy = bool(services.finish_what_is_over(now=now)) or busy
    if problems:
        raise problems[0]
    return busy


def _turn(play: Play, *, now: datetime) -> bool:
    try:
        done = DUTIES[play.status](play, now)
    except NothingWritten:  # its words were taken away since; it goes on as soon as there are some
        services.note_trouble(play=play, code=services.NO_WORDS)
        return False
    if play.status == Play.Status.RUNNING or play.chosen_at:
        services.note_trouble(play=play, code="")
    return done


def _prepare(play: Play, now: datetime) -> bool:
    return bool(play.chosen_at and services.ask_governor(play=play, now=now))


def _run(play: Play, now: datetime) -> bool:
    enrolled = services.enrol_buyers(play=play, now=now) if play.kind == Play.Kind.THANKS else 0
    return bool(services.plan_next(play_id=play.pk, now=now) or enrolled)


DUTIES: dict[str, Callable[[Play, datetime], bool]] = {Play.Status.PREPARING: _prepare, Play.Status.RUNNING: _run}


def choose(*, now: datetime) -> bool:
    """
    Choose the customers of one campaign, if there is one that waits for it. Safe to run twice and to kill.

    What goes wrong is said on the campaign's page; its lease lets the others have their turn first.
    """
    play = services.claim_choosing(now=now)
    if play is None:
        return False
    try:
        _choose(play, now=now)
    except audience.UnknownFilters:
        services.note_trouble(play=play, code=services.UNKNOWN_FILTERS)
    except Exception:
        services.note_trouble(play=play, code=services.FAILED)
        raise
    return True


def _choose(play: Play, *, now: datetime) -> None:
    filters = audience.restored(play.audience)
    for ids in customers.ids(filters, generation=signals.current()):
        services.choose(play=play, customer_ids=ids, now=now)
    services.chosen(play=play, now=now)
    services.note_trouble(play=play, code="")
