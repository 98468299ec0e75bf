"""
Sessions: who is signed in where, since when, and until when.

Django's sessions in a table of our own, so that they can be listed and ended. A session ends when nobody has done
anything for some hours, and after some days at the latest (`AccessSettings`). Its end stands in its row and moves
along with whoever works, at most every few minutes; what has ended is not found any more, by whoever asks.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from stammkunde.team import queries
from stammkunde.team.models import AccessSettings, Session, Staff
from stammkunde.ui import trouble

SINCE, SEEN, DEVICE = "since", "seen", "device"  # what a session keeps of itself
NOTED_EVERY = timedelta(minutes=5)

log = logging.getLogger(__name__)


class SessionStore(db.SessionStore):
    """Keep sessions in `team.Session`."""

    is_only_seen = False  # nothing else of it has changed: a page that is read needs a database that can be read

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as problem:  # Django takes whatever the database says for a session that was ended
            said = problem.__context__
            if said is None or not trouble.why(said):
                raise
            if not self.is_only_seen:
                raise said from None
            log.warning("a session cannot be noted as in use: %s", said)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.staff_id = data.get(SESSION_KEY)
        row.since_at, row.seen_at = _moment(data.get(SINCE)), _moment(data.get(SEEN))
        row.device = data.get(DEVICE, "")
        return row


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: Staff, **_more: object) -> None:
    begin(request.session, staff=user, device=request.META.get("HTTP_USER_AGENT", ""), now=timezone.now())


def begin(session: SessionBase, *, staff: Staff, device: str, now: datetime) -> None:
    """Let a session of somebody who has signed in begin; those that have ended are cleared away."""
    Session.objects.filter(expire_date__lt=now).delete()
    if isinstance(session, SessionStore):
        session.is_only_seen = False
    session[SINCE], session[DEVICE] = now.isoformat(), device[:300]
    idle, longest = _limits(staff)
    _note(session, now=now, until=now + min(idle, longest))


def goes_on(session: SessionBase, *, staff: Staff, now: datetime, is_there: bool = True) -> bool:
    """Say whether the session goes on by what the company decided; where somebody is there, note it."""
    since, seen = _moment(session.get(SINCE)), _moment(session.get(SEEN))
    if since is None or seen is None:
        return False
    if is_there and now - seen < NOTED_EVERY:
        return True
    idle, longest = _limits(staff)
    if now >= min(seen + idle, since + longest):
        return False
    if is_there:
        if isinstance(session, SessionStore):
            session.is_only_seen = not session.modified
        _note(session, now=now, until=min(now + idle, since + longest))
    return True


def _limits(staff: Staff) -> tuple[timedelta, timedelta]:
    return AccessSettings.of(queries.company()).limits(staff)


def _note(session: SessionBase, *, now: datetime, until: datetime) -> None:
    session[SEEN] = now.isoformat()
    session.set_expiry(until)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
