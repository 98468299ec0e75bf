"""
Brute force against passwords is slowed down: after a few failures, whoever tries must wait.

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


def must_wait(*, email: str, address: str, now: datetime) -> bool:
    """Say whether this address has failed too often lately."""
    failures = AuditEntry.objects.filter(at__gt=now - WINDOW, action=FAILED, detail__address=address)
    tried = list(failures.order_by().values_list("label", flat=True)[:PER_ADDRESS])
    return len(tried) >= PER_ADDRESS or tried.count(_label(email)) >= PER_PERSON


def failed(*, email: str, address: str) -> None:
    """Note a failure."""
    record(staff=None, action=FAILED, thing="staff", label=_label(email), address=address)


def _label(email: str) -> str:
    return email.strip().lower()[:200]
