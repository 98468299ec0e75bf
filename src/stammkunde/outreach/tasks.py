"""What the worker does for outreach: settle what others left, arrange what waits, hand over what is due."""

import os
import socket
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.utils import timezone

from stammkunde.outreach import channels, sending, services
from stammkunde.team import queries as team

PACE = sending.Pace()


def sweep(*, now: datetime, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Do what is due; say whether anything was done. Safe to run twice, by many workers, and to kill at any instant."""
    company, holder = team.company(), _me()
    busy = [bool(services.take_over(now=now, is_gone=_is_gone)), bool(services.look_after(now=now))]
    if not channels.get("email").missing(company):
        busy.append(bool(services.plan_optins(company=company, now=now)))
    for channel in channels.every():
        if channel.collects or channel.missing(company):
            continue
        busy.append(sending.send_due(channel, company=company, holder=holder, now=clock(), clock=clock, pace=PACE))
    return any(busy)


def _me() -> str:
    return f"{_host()} {os.getpid()} {uuid4().hex[:8]}"


def _host() -> str:
    return socket.gethostname()[:40].replace(" ", "-")


def _is_gone(holder: str) -> bool:
    """Tell whether a holder was a process of this machine that is known to be dead."""
    host, process, _rest = holder.split(" ")
    if host != _host():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
