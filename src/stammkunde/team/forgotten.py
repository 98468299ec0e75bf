"""
A new password for whoever has forgotten it, by mail: a signed link that works once, and for a short time (`GOOD_FOR`).

Nothing in the answer tells whether anybody has that address; the mail leaves beside it, so that no mail server is
waited for. Asking is written down, which is how it is slowed down: who asks too often gets no mail. The link begins
with the public address, never with what a request says of itself.
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _

from stammkunde.team import queries
from stammkunde.team.attempts import WINDOW, Limit
from stammkunde.team.models import AuditEntry, Staff

HOURS = 2
GOOD_FOR = timedelta(hours=HOURS)
ASKED = Limit(action="password.asked", thing="staff", per_address=20)
PER_PERSON = 3
THREADS = "forgotten-"  # their names begin with it

log = logging.getLogger(__name__)


class _ByMail(PasswordResetTokenGenerator):
    """Django's tokens, which a new password or a sign-in voids, of their own kind and for a shorter time."""

    key_salt = "stammkunde.team.forgotten"

    def check_token(self, user: Staff | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).split("-", maxsplit=1)[0])
        return bool(self._num_seconds(self._now()) - made <= GOOD_FOR.total_seconds())


LINKS = _ByMail()


def can_send() -> bool:
    """Tell whether mails with links leave at all."""
    return bool(settings.EMAIL_IS_SET and settings.PUBLIC_URL and queries.company().sender_email)


@transaction.atomic
def ask(*, email: str, address: str, now: datetime) -> Staff | None:
    """Note that somebody wants a new password, and give whom a link is to be sent, if it is anybody's."""
    staff = Staff.objects.filter(email=email, is_active=True).first()
    if ASKED.must_wait(address=address, now=now) or _asked(email, now=now) >= PER_PERSON:
        return None
    ASKED.count(label=email, address=address, now=now)
    return staff


def _asked(email: str, *, now: datetime) -> int:
    return AuditEntry.objects.filter(at__gt=now - WINDOW, action=ASKED.action, label=email[:200]).count()


def send(staff: Staff, *, link: str) -> threading.Thread:
    """Send a link, beside whatever goes on; that the mail server refuses it stands in the log alone."""
    company = queries.company()
    with translation.override(staff.language or settings.LANGUAGE_CODE):
        said = {"person": staff, "link": link, "hours": HOURS}
        mail = EmailMessage(
            subject=_("A new password for Stammkunde"),
            body=render_to_string("team/mail/forgotten.txt", said),
            from_email=formataddr((company.sender_name or company.name, company.sender_email)),
            to=[staff.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    thread = threading.Thread(target=_send, args=(mail, staff.pk), name=f"{THREADS}{staff.pk}", daemon=True)
    thread.start()
    return thread


def finish(*, seconds: float) -> None:
    """Let mails leave that are on their way, before the server ends, but not for longer."""
    until = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread.name.startswith(THREADS):
            thread.join(max(0.0, until - time.monotonic()))


def _send(mail: EmailMessage, staff_id: int) -> None:
    try:
        mail.send()
    except Exception:
        log.exception("staff=%d the link for a new password did not leave", staff_id)
