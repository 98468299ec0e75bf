"""
What the worker does for plays.

It chooses whom they are for, asks who may be written to, enrols who bought, plans what is due, closes what is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from stammkunde.outreach.services import CountsAsAdvertising, NothingWritten
from stammkunde.plays import lease as leases
from stammkunde.plays import services
from stammkunde.plays.models import Play
from stammkunde.segments import audience
from stammkunde.segments import queries as customers
from stammkunde.signals import queries as signals
from stammkunde.work import Lease, LostLease

PAUSE = timedelta(minutes=2)  # after something went wrong: the others have their turn first


def sweep(*, now: datetime) -> bool:
    """
    Do a piece of what is due; say whether anything was done. Safe to run twice, by several workers, and to kill.

    What goes wrong with one play is said on its page and stops no other; it is raised when all had their turn.
    """
    busy, problems = False, list[Exception]()
    campaigns = Play.objects.exclude(kind=Play.Kind.MEASURE)  # those have a sweep of their own
    waiting = campaigns.filter(status__in=DUTIES).exclude(trouble=services.SET_ASIDE)
    for play in waiting.order_by("pk").select_related("template"):
        try:
            busy = _turn(play, now=now) or busy
        except Exception as problem:  # noqa: BLE001 (it is raised below)
            problems.append(problem)
    busy = bool(services.finish_what_is_over(now=now)) or busy
    busy = bool(services.go_on_with_what_came_back(now=now)) or busy
    if problems:
        raise problems[0]
    return busy


def _turn(play: Play, *, now: datetime) -> bool:
    duty = DUTIES[play.status]
    if not duty.is_due(play, now):
        if play.status == Play.Status.RUNNING:
            services.note_trouble(play=play, code="")
        return False
    lease = leases.claim(play, now=now)
    if lease is None:
        return False
    with lease.kept(every_seconds=leases.BEAT_SECONDS):
        return _carry_out(duty, play, lease, now=now)


def _carry_out(duty: "Duty", play: Play, lease: Lease, *, now: datetime) -> bool:
    try:
        done = duty.do(play, now)
        lease.let_go(trouble="")
    except LostLease:
        return False  # somebody stopped it, or goes on
    except NothingWritten:  # its words were taken away since; it goes on as soon as there are some
        lease.let_go(trouble=services.NO_WORDS)
        return False
    except CountsAsAdvertising:  # the same, once it says what it is, or is it
        lease.let_go(trouble=services.DISGUISED)
        return False
    except Exception:
        lease.let_go(trouble=services.FAILED)
        raise
    return done


def _ask(play: Play, now: datetime) -> bool:
    return bool(services.ask_governor(play=play, now=now))


def _run(play: Play, now: datetime) -> bool:
    enrolled = services.enrol_buyers(play=play, now=now) if play.kind == Play.Kind.THANKS else 0
    return bool(services.plan_next(play_id=play.pk, now=now) or enrolled)


def _has_to_run(play: Play, now: datetime) -> bool:
    is_thanks = play.kind == Play.Kind.THANKS
    return services.has_to_plan(play, now=now) or (is_thanks and services.has_to_enrol(play, now=now))


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What workers do for plays of one status, and when; nothing is claimed where nothing is due."""

    is_due: Callable[[Play, datetime], bool]
    do: Callable[[Play, datetime], bool]


DUTIES: dict[str, Duty] = {
    Play.Status.PREPARING: Duty(is_due=lambda play, _now: play.chosen_at is not None, do=_ask),
    Play.Status.RUNNING: Duty(is_due=_has_to_run, do=_run),
}


def choose(*, now: datetime) -> bool:
    """
    Choose the customers of one campaign, if there is one that waits for it. Safe to run twice and to kill.

    What goes wrong is said on the campaign's page; a pause lets the others have their turn first.
    """
    claimed = leases.claim_choosing(now=now)
    if claimed is None:
        return False
    play, lease = claimed
    with lease.kept(every_seconds=leases.BEAT_SECONDS):
        try:
            _choose(play, lease, now=now)
        except LostLease:
            return True  # somebody stopped it, or goes on
        except audience.UnknownFilters:
            lease.let_go(lease_until=now + PAUSE, trouble=services.UNKNOWN_FILTERS)
        except Exception:
            lease.let_go(lease_until=now + PAUSE, trouble=services.FAILED)
            raise
    return True


def _choose(play: Play, lease: Lease, *, now: datetime) -> None:
    filters = audience.restored(play.audience)
    for ids in customers.ids(filters, generation=signals.current()):
        services.choose(play=play, customer_ids=ids, lease=lease, now=now)
    lease.let_go(chosen_at=now, trouble="")
