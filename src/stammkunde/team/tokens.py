"""
Tokens with which a person's programs may ask the API: shown once, kept as a digest, taken back at any time.

A token leaves of its person's rights what its scopes say, no more. It ends on a day that was chosen when it was made,
with a new password, and with the account. How often it may ask in a minute the company decides (`AccessSettings`).
"""

import hashlib
import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Case, F, QuerySet, Value, When

from stammkunde.team import policy
from stammkunde.team.models import ApiToken, Staff
from stammkunde.team.services import record
from stammkunde.ui import trouble

log = logging.getLogger(__name__)

PREFIX = "stk_"
USUAL_DAYS = 90
SOON = timedelta(days=14)
MINUTE = timedelta(minutes=1)


class NameTaken(Exception):
    """The person has a token of that name already."""


class Expired(Exception):
    """The token was good until the moment that is given."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class TooMany(Exception):
    """The token has asked too often in this minute; the seconds until the next one are given."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@transaction.atomic
def create(
    *,
    staff: Staff,
    name: str,
    now: datetime,
    scopes: Collection[str] = tuple(policy.SCOPES),
    days: int = USUAL_DAYS,
) -> str:
    """
    Make a token and give it, for the only time, in clear.

    :raises NameTaken: if the person has one of that name
    """
    name, scopes = name.strip(), sorted(set(scopes) & policy.SCOPES.keys())
    token = PREFIX + secrets.token_urlsafe(32)
    until = now + timedelta(days=days)
    given = {"staff": staff, "name": name, "scopes": scopes, "expires_at": until}
    try:
        with transaction.atomic():
            made = ApiToken.objects.create(digest=_digest(token), created_at=now, **given)
    except IntegrityError as taken:  # also by a second click at the same moment
        raise NameTaken(name) from taken
    told = {"scopes": scopes, "days": days}
    record(staff=staff, action="token.create", at=now, thing="token", thing_id=made.pk, label=name, **told)
    return token


@transaction.atomic
def revoke(*, staff: Staff, token_id: int, now: datetime, by: Staff | None = None) -> None:
    """Take a person's token back, by herself or somebody who may; repeating changes nothing."""
    token = ApiToken.objects.filter(staff=staff, pk=token_id).first()
    if token is None:
        return
    record(staff=by or staff, action="token.revoke", at=now, thing="token", thing_id=token.pk, label=token.name)
    token.delete()


def ending(*, now: datetime, since: datetime | None = None) -> QuerySet[ApiToken]:
    """Give the tokens that will expire soon; `since` adds those that have, after that moment."""
    return ApiToken.objects.filter(staff__is_active=True, expires_at__gt=since or now, expires_at__lte=now + SOON)


def owner(*, token: str, now: datetime) -> Staff | None:
    """
    Find for whom a program with this token acts, with what it leaves of her rights; None: it is nobody's.

    :raises Expired: if its day has passed
    """
    found = _find(token)
    return _acting(found, now=now) if found else None


def admit(*, token: str, per_minute: int, now: datetime, is_read: bool = False) -> Staff | None:
    """
    Let a program ask once more: `owner`, counted and noted when.

    What is only read (`is_read`) waits for no counting: where a database takes nothing, it is answered uncounted.

    :raises Expired: if the token's day has passed
    :raises TooMany: if it has asked too often in this minute; nothing is written then
    """
    found = _find(token)
    if found is None:
        return None
    staff = _acting(found, now=now)
    try:
        is_there = _count(found, per_minute=per_minute, now=now)
    except DatabaseError as problem:
        if not is_read or not trouble.why(problem):
            raise
        log.warning("a call of a program cannot be counted: %s", problem)
        return staff
    return staff if is_there else None


def _count(found: ApiToken, *, per_minute: int, now: datetime) -> bool:
    """Count a call in one statement, so that none of many at once is overlooked; False: the token is gone."""
    minute = now.replace(second=0, microsecond=0)
    rows = ApiToken.objects.filter(pk=found.pk)
    calls = Case(When(minute_at=minute, then=F("calls") + 1), default=Value(1))
    free = rows.exclude(minute_at=minute, calls__gte=per_minute)
    if free.update(calls=calls, minute_at=minute, used_at=now):
        return True
    if rows.exists():
        raise TooMany(ceil((minute + MINUTE - now).total_seconds()))
    return False


def _find(token: str) -> ApiToken | None:
    return ApiToken.objects.select_related("staff").filter(digest=_digest(token), staff__is_active=True).first()


def _acting(found: ApiToken, *, now: datetime) -> Staff:
    if found.expires_at <= now:
        raise Expired(found.expires_at)
    staff: Staff = found.staff
    staff.token_name = found.name
    staff.token_rights = frozenset().union(*(policy.SCOPES.get(scope, ()) for scope in found.scopes))
    return staff


def _digest(token: str) -> str:
    """A token is 256 random bits, so a plain digest is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()
