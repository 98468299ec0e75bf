"""
Who asks the API: a program shows a person's token and has what this leaves of that person's rights.

An app that answers programs has an `api.py` with a `Router`, and each operation of it says `auth=NeedsRight(…)`;
`stammkunde.api` mounts it.
"""

from contextlib import AbstractContextManager

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from stammkunde.team import policy, queries, tokens
from stammkunde.team.models import AccessSettings, Staff
from stammkunde.ui import writing


def speaking(request: HttpRequest) -> AbstractContextManager[None]:
    """Speak the language that a program asks for (`Accept-Language`); English where it asks for none."""
    asked = request.headers.get("Accept-Language", "")
    return translation.override(translation.get_language_from_request(request) if asked else "en")


def too_many(request: HttpRequest, seconds: int) -> str:
    """Say when a program that has asked too often may ask again."""
    with speaking(request):
        return _("Too many calls in this minute. Try again in %(n)s seconds.") % {"n": seconds}


class NeedsRight(HttpBearer):
    """
    Lets in whose token leaves its person the rights that are named: those of the page that gives the same.

    `gives` says which personal data the answer holds, if any. The operation writes down how much of it (`taking.note`).
    """

    def __init__(self, *rights: str, gives: str) -> None:
        super().__init__()
        self.rights = rights
        self.gives = gives

    def authenticate(self, request: HttpRequest, token: str) -> Staff | None:
        per_minute = AccessSettings.of(queries.company()).calls_per_minute
        try:
            is_read = request.method in {"GET", "HEAD"}
            staff = tokens.admit(token=token, per_minute=per_minute, now=timezone.now(), is_read=is_read)
        except tokens.Expired as expired:
            with speaking(request):
                told = _("This token has expired (%(when)s). Make a new one on your profile page.")
                raise HttpError(401, told % {"when": writing.moment(expired.at)}) from None
        if staff is None:
            return None
        request.user = staff
        lacks = next((right for right in self.rights if not policy.may(staff, right)), None)
        if lacks:
            with speaking(request):
                told = _("The role “%(role)s”, or the token's scopes, lack the right “%(right)s”.")
                raise HttpError(403, told % {"role": staff.role, "right": lacks})
        request.gives = self.gives  # type: ignore[attr-defined]
        return staff
