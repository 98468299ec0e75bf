"""What the worker does for plays: ask who may be written to, enrol who bought, plan what is due, close what is over."""

from collections.abc import Callable
from datetime import datetime

from stammkunde.outreach.services import NothingWritten
from stammkunde.plays import services
from stammkunde.plays.models import Play


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
