"""
The address of someone's calendar: signed, and good without signing in, since calendar programs cannot.

It is void once the person has a new password or may not sign in any more.
"""

from django.urls import reverse

from stammkunde.team.models import Staff
from stammkunde.ui.links import BadLink, Links

_calendars = Links(purpose="stammkunde.calls.calendar", parts=2)


def calendar_path(staff: Staff) -> str:
    """Lead to someone's calendar."""
    token = _calendars.token(staff.pk, _version(staff))
    return reverse("calendar-feed", args=[token])


def calendar_of(token: str) -> Staff | None:
    """Tell whose calendar an address leads to; None where it leads nowhere."""
    try:
        pk, version = _calendars.read(token)
    except BadLink:
        return None
    staff = Staff.objects.filter(pk=pk, is_active=True).first()
    return staff if staff is not None and version == _version(staff) else None


def _version(staff: Staff) -> str:
    """Change with the password, and tell nothing of it."""
    return str(staff.get_session_auth_hash())[:16]
