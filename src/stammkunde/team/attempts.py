"""
Brute force against passwords and customers' links is slowed down: after a few failures, whoever tries must wait.

Failures are entries of the audit trail, so that they are seen, and counted by the database, so that parallel tries are
counted too. They are counted for each e-mail together with the address it is tried from (nobody can lock a colleague
out from elsewhere), for each address alone (nobody tries one password on a list of people), and for each e-mail alone
(nobody tries from a thousand addresses); the last holds only for browsers in which this person has never signed in, so
that strangers lock nobody out of the own desk.

Of visitors who are no staff, no address is kept: a digest that changes every day tells them apart for as long as it
matters. Whoever has an IPv6 network of their own is one visitor, whatever address of it they come from.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from stammkunde.team.models import AuditEntry
from stammkunde.team.services import record

WINDOW = timedelta(minutes=15)
PER_PERSON = 6  # from one address
PER_ACCOUNT = 30  # from everywhere, in browsers that are not known


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How often something may be tried, or fail, from one internet address within a quarter of an hour."""

    action: str
    thing: str
    per_address: int
    is_public: bool = False  # tried by visitors, whose address is not kept

    def must_wait(self, *, address: str, now: datetime) -> bool:
        """Say whether there were too many from here lately."""
        return len(self.labels(address=address, now=now)) >= self.per_address

    def count(self, *, label: str, address: str, now: datetime) -> None:
        """Count one: a failure or, where all count, a try."""
        who: dict[str, Any] = {"visitor": _visitor(address, now)} if self.is_public else {"address": address}
        record(staff=None, action=self.action, at=now, thing=self.thing, label=label, **who)

    def labels(self, *, address: str, now: datetime) -> list[str]:
        """Give what those that count were about, as often as it matters."""
        counted = AuditEntry.objects.filter(at__gt=now - WINDOW, action=self.action)
        if self.is_public:  # after midnight, those of yesterday as well
            counted = counted.filter(detail__visitor__in=[_visitor(address, now), _visitor(address, now - WINDOW)])
        else:
            counted = counted.filter(detail__address=address)
        return list(counted.order_by().values_list("label", flat=True)[: self.per_address])


SIGN_IN = Limit(action="sign_in.failed", thing="staff", per_address=60)
SIGN_UPS = Limit(action="signup.tried", thing="signup", per_address=20, is_public=True)  # all of them, failed or not
LINKS = Limit(action="link.failed", thing="link", per_address=30, is_public=True)


def _visitor(address: str, at: datetime) -> str:
    """Tell visitors of a day apart, without saying where they come from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        found = getattr(found, "ipv4_mapped", None) or found
        network = found.packed[:8].hex()  # the whole of IPv4, the network of IPv6
    return salted_hmac("team.attempts.visitor", f"{at:%Y-%m-%d} {network}").hexdigest()[:16]


def must_wait(*, email: str, address: str, now: datetime, mark: str = "") -> bool:
    """Say whether signing in has failed too often lately: from here, as this person from here, or as this person."""
    tried = SIGN_IN.labels(address=address, now=now)
    if len(tried) >= SIGN_IN.per_address or tried.count(_label(email)) >= PER_PERSON:
        return True
    return not constant_time_compare(mark, mark_of(email)) and _everywhere(email, now) >= PER_ACCOUNT


def mark_of(email: str) -> str:
    """Give what a browser keeps in which this person has signed in."""
    return salted_hmac("team.attempts", _label(email)).hexdigest()


def cookie_of(email: str) -> str:
    """Give the name under which a browser keeps it: one for each person, as several may use a browser."""
    return f"known-{mark_of(email)[:12]}"


def _everywhere(email: str, now: datetime) -> int:
    return AuditEntry.objects.filter(at__gt=now - WINDOW, action=SIGN_IN.action, label=_label(email)).count()


def failed(*, email: str, address: str, now: datetime) -> None:
    """Note that somebody could not sign in."""
    SIGN_IN.count(label=_label(email), address=address, now=now)


def _label(email: str) -> str:
    return email.strip().lower()[:200]
