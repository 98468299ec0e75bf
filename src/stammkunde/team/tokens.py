"""
Tokens with which a person's programs may ask the API: shown once, kept as a digest, taken back at any time.

A token has the rights of its person, no more, and ends with her account.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from stammkunde.team.models import ApiToken, Staff
from stammkunde.team.services import record

PREFIX = "stk_"
NOTED_EVERY = timedelta(minutes=5)


class NameTaken(Exception):
    """The person has a token of that name already."""


@transaction.atomic
def create(*, staff: Staff, name: str, now: datetime) -> str:
    """
    Make a token and give it, for the only time, in clear.

    :raises NameTaken: if the person has one of that name
    """
    name = name.strip()
    if ApiToken.objects.filter(staff=staff, name=name).exists():
        raise NameTaken(name)
    token = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(staff=staff, name=name, digest=_digest(token), created_at=now)
    record(staff=staff, action="token.create", at=now, thing="token", thing_id=made.pk, label=name)
    return token


@transaction.atomic
def revoke(*, staff: Staff, token_id: int, now: datetime) -> None:
    """Take a token back; repeating changes nothing."""
    token = ApiToken.objects.filter(staff=staff, pk=token_id).first()
    if token is None:
        return
    record(staff=staff, action="token.revoke", at=now, thing="token", thing_id=token.pk, label=token.name)
    token.delete()


def owner(*, token: str, now: datetime) -> Staff | None:
    """Find whose token this is; None where it is nobody's or the account is closed. Notes when it was used."""
    found = ApiToken.objects.select_related("staff").filter(digest=_digest(token), staff__is_active=True).first()
    if found is None:
        return None
    if found.used_at is None or now - found.used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    return found.staff


def _digest(token: str) -> str:
    """A token is 256 random bits, so a plain digest is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()
