"""
Who came in, who went out, who had to wait, and who was refused what: all of it stands in the audit trail.

What somebody can repeat as often as they like (a refusal, a try while one must wait) is written once in a quarter of an
hour for each person, or internet address, and thing: the trail tells of it, and nobody can fill it.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from stammkunde.team.attempts import WINDOW
from stammkunde.team.models import AuditEntry, Staff
from stammkunde.team.services import record


def came_in(staff: Staff, *, address: str, device: str, now: datetime) -> None:
    """Note that somebody signed in."""
    record(staff=staff, action="sign_in.done", at=now, thing="staff", thing_id=staff.pk, label=staff.email,
           address=address, device=device[:200])  # fmt: skip


def went_out(staff: Staff, *, now: datetime) -> None:
    """Note that somebody signed out."""
    record(staff=staff, action="sign_out.done", at=now, thing="staff", thing_id=staff.pk, label=staff.email)


def must_wait(*, email: str, address: str, now: datetime) -> None:
    """Note that a sign-in was not even tried, because too many had failed."""
    _once(staff=None, action="sign_in.throttled", label=email, now=now, thing="staff", address=address)


def refused(staff: Staff, *, request: HttpRequest, now: datetime) -> None:
    """Note that somebody who is signed in, or a program of hers, was refused something: what the role may not."""
    match = request.resolver_match
    kept = match is not None and all(isinstance(one, int) for one in match.kwargs.values())
    label = request.path if kept or match is None else f"/{match.route}"  # else signed words could stand in it
    token = getattr(staff, "token_name", "")
    more = {"method": request.method, "right": getattr(match and match.func, "right", ""), "token": token}
    _once(staff=staff, action="refused", label=label, now=now, thing="address", **{k: v for k, v in more.items() if v})


def _once(*, staff: Staff | None, action: str, label: str, now: datetime, **more: Any) -> None:
    lately = AuditEntry.objects.filter(at__gt=now - WINDOW, staff=staff, action=action, label=label[:200])
    if "address" in more:
        lately = lately.filter(detail__address=more["address"])
    if not lately.exists():
        record(staff=staff, action=action, label=label, at=now, **more)
