"""What the worker does for outreach: settle what others left, arrange what waits, hand over what is due."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.core.cache import cache
from django.utils import timezone

from stammkunde.outreach import channels, sending, services
from stammkunde.outreach.services import collecting
from stammkunde.team import queries as team
from stammkunde.work import is_gone, me

PACE = sending.Pace()
_LOOKED = "outreach.unanswered"


def sweep(*, now: datetime, clock: Callable[[], datetime] = timezone.now) -> bool:
    """
    Do what is due; say whether anything was done. Safe to run twice, by many workers, and to kill at any instant.

    What goes wrong in one piece stops no other, and is raised when all had their turn.
    """
    busy, problems = False, list[Exception]()
    for piece in _pieces(now=now, clock=clock):
        try:
            busy = bool(piece()) or busy
        except Exception as problem:  # noqa: BLE001 (it is raised below)
            problems.append(problem)
    if problems:
        raise problems[0]
    return busy


def forget_unanswered(*, now: datetime) -> bool:
    """Remove those who signed up and never answered, looking once an hour; no other work waits for it."""
    if cache.get(_LOOKED):
        return False
    if services.forget_unanswered(now=now):
        return True
    cache.set(_LOOKED, True, timeout=3600)
    return False


def _pieces(*, now: datetime, clock: Callable[[], datetime]) -> Iterator[Callable[[], object]]:
    company, holder = team.company(), me()
    yield lambda: services.take_over(now=now, is_gone=is_gone)
    yield lambda: services.forget_notes(is_gone=is_gone)
    yield lambda: services.look_after(now=now)
    yield lambda: services.look_after_calls(now=now)
    if not channels.get("email").missing(company):
        yield lambda: services.plan_optins(company=company, now=now)
    for channel in channels.every():
        if not (channel.collects or channel.missing(company)):
            yield partial(
                sending.send_due, channel, company=company, holder=holder, now=clock(), clock=clock, pace=PACE
            )
    yield lambda: collecting.collect_all(now=clock())
