"""
Who came in, who went out, who had to wait, and who was refused what: all of it stands in the audit trail.

What somebody can repeat as often as they like (a refusal, a try while one must wait) is written once in a quarter of an
hour for each person and kind of page, or for each internet address: the trail tells of it, and nobody can fill it.
"""

import re
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
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
    """Note that a sign-in was not even tried, because too many had failed; the e-mail is the first that was."""
    lately = _lately("sign_in.throttled", now=now).filter(detail__address=address)
    _once(lately, staff=None, action="sign_in.throttled", label=email, at=now, thing="staff", address=address)


def refused(staff: Staff, *, request: HttpRequest, now: datetime) -> None:
    """
    Note that somebody who is signed in, or a program of hers, was refused something: what the role may not.

    A page is called by what all of its kind have in common, "/staff/…/link/", as there are pages without end, and words
    in addresses; the number of the first stands beside it.
    """
    match = request.resolver_match
    label = "/" + re.sub("<[^>]*>", "…", match.route)[:199] if match else "/"
    number = next((one for one in match.kwargs.values() if isinstance(one, int)), None) if match else None
    token = getattr(staff, "token_name", "")
    more = {"method": request.method, "right": getattr(match and match.func, "right", ""), "token": token}
    lately = _lately("refused", now=now).filter(staff=staff, label=label)
    said = {name: value for name, value in more.items() if value}
    _once(lately, staff=staff, action="refused", label=label, at=now, thing="address", thing_id=number, **said)


def _lately(action: str, *, now: datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__gt=now - WINDOW, action=action)


def _once(lately: QuerySet[AuditEntry], **entry: Any) -> None:
    if not lately.exists():
        record(**entry)
