"""
Brute force against passwords and customers' links is slowed down: after a few failures, whoever tries must wait.

Failures are entries of the audit trail, so that they are seen, and counted by the database, so that parallel tries are
counted too. They are counted for each e-mail together with the address it is tried from (nobody can lock a colleague
out from elsewhere), and for each address alone (nobody tries one password on a list of people).
"""

from datetime import datetime, timedelta

from stammkunde.team.models import AuditEntry
from stammkunde.team.services import record

FAILED = "sign_in.failed"
WINDOW = timedelta(minutes=15)
PER_PERSON = 6
PER_ADDRESS = 60
LINK_FAILED = "link.failed"
LINKS_PER_ADDRESS = 30


def must_wait(*, email: str, address: str, now: datetime) -> bool:
    """Say whether this address has failed too often lately."""
    failures = AuditEntry.objects.filter(at__gt=now - WINDOW, action=FAILED, detail__address=address)
    tried = list(failures.order_by().values_list("label", flat=True)[:PER_ADDRESS])
    return len(tried) >= PER_ADDRESS or tried.count(_label(email)) >= PER_PERSON


def failed(*, email: str, address: str) -> None:
    """Note a failure."""
    record(staff=None, action=FAILED, thing="staff", label=_label(email), address=address)


def links_must_wait(*, address: str, now: datetime) -> bool:
    """Say whether this address has lately tried too many links that lead nowhere."""
    failures = AuditEntry.objects.filter(at__gt=now - WINDOW, action=LINK_FAILED, detail__address=address)
    return failures.order_by()[:LINKS_PER_ADDRESS].count() >= LINKS_PER_ADDRESS


def link_failed(*, page: str, address: str) -> None:
    """Note a link that leads nowhere."""
    record(staff=None, action=LINK_FAILED, thing="link", label=page, address=address)


def _label(email: str) -> str:
    return email.strip().lower()[:200]
