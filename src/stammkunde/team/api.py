"""
Who asks the API: a program shows a person's token and has that person's rights.

An app that answers programs has an `api.py` with a `Router`, and each operation of it says `auth=NeedsRight(…)`;
`stammkunde.api` mounts it.
"""

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer

from stammkunde.team import policy, tokens
from stammkunde.team.models import Staff


class NeedsRight(HttpBearer):
    """Lets in whose token belongs to a person with a right."""

    def __init__(self, right: str) -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Staff | None:
        staff = tokens.owner(token=token, now=timezone.now())
        if staff is None:
            return None
        if not policy.may(staff, self.right):
            raise HttpError(403, f"The role '{staff.role}' may not do this: it lacks the right '{self.right}'.")
        request.user = staff
        return staff
