"""
Who asks the API: a program shows a person's token and has what this leaves of that person's rights.

An app that answers programs has an `api.py` with a `Router`, and each operation of it says `auth=NeedsRight(…)`;
`stammkunde.api` mounts it.
"""

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer

from stammkunde.team import policy, queries, tokens
from stammkunde.team.models import AccessSettings, Staff


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
            raise HttpError(401, f"This token has expired ({expired}). Make a new one on your profile page.") from None
        if staff is None:
            return None
        request.user = staff
        lacks = next((right for right in self.rights if not policy.may(staff, right)), None)
        if lacks:
            raise HttpError(403, f"The role '{staff.role}', or the token's scopes, lack the right '{lacks}'.")
        request.gives = self.gives  # type: ignore[attr-defined]
        return staff
