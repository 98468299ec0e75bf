"""
The address of someone's calendar: signed, and good without signing in, since calendar programs cannot.

It is void once the person has a new password or may not sign in any more.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from stammkunde.team.models import Staff

_signer = Signer(salt="stammkunde.calls.calendar", sep=".")
LONGEST = 200


def calendar_path(staff: Staff) -> str:
    """Lead to someone's calendar."""
    token = _signer.sign(f"{staff.pk}-{_version(staff)}")
    return reverse("calendar-feed", args=[token])


def calendar_of(token: str) -> Staff | None:
    """Tell whose calendar an address leads to; None where it leads nowhere."""
    try:
        pk, _dash, version = _signer.unsign(token[:LONGEST]).partition("-")
    except BadSignature:
        return None
    staff = Staff.objects.filter(pk=pk, is_active=True).first()
    return staff if staff is not None and version == _version(staff) else None


def _version(staff: Staff) -> str:
    """Change with the password, and tell nothing of it."""
    return str(staff.get_session_auth_hash())[:16]
