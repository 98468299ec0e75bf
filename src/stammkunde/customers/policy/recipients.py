"""
Who at a customer is written to: by what it is about, by role and by consent; people before the firm's own address.

A firm reads nothing: people do. So its own address is the last resort, for whoever knows nobody there, or nobody who
may be written to. A private customer is written to herself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stammkunde.customers.models import ContactPerson, Purpose
from stammkunde.customers.policy.contact import Basis, Permission, Reason

Role = ContactPerson.Role
_DECIDE = (Role.DECISION_MAKER, Role.EXECUTIVE, Role.PURCHASING, Role.USER, Role.INFLUENCER, Role.OTHER)
_ORDER = (Role.PURCHASING, Role.USER, Role.DECISION_MAKER, Role.EXECUTIVE, Role.INFLUENCER, Role.OTHER)
_USE = (Role.USER, Role.PURCHASING, Role.INFLUENCER, Role.DECISION_MAKER, Role.EXECUTIVE, Role.OTHER)
# Whom a matter concerns first: who ordered, who uses it, who decides
USUAL: dict[str, tuple[str, ...]] = {
    Purpose.SERVICE: _ORDER,
    Purpose.THANKS: _ORDER,
    Purpose.SURVEY: _USE,
    Purpose.ADVERTISING: _DECIDE,
    Purpose.NEWSLETTER: _DECIDE,
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    Whom somebody wants to write to.

    Args:
        purpose: what it is about; it also says who is usually asked first.
        role: who is asked before anybody else; empty: as usual for the purpose.
        most: how many people of one customer at most; None: all of them.
    """

    purpose: str
    role: str = ""
    most: int | None = 1


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody at a customer who could be written to; `person_id` None is the customer herself, or the firm."""

    person_id: int | None
    role: str = ""
    permission: Permission
    address: str  # empty: unknown, or nothing arrives there


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Who is written to, and on what ground; `is_allowed` is False where nobody may be, and the reason says why."""

    person_id: int | None
    role: str
    reason: str
    is_allowed: bool


def choose(candidates: Iterable[Candidate], *, is_firm: bool, wanted: Wanted) -> tuple[Chosen, ...]:
    """
    Choose whom a message goes to: at least one, whose reason says why not where nobody may be written to.

    Nobody is chosen twice, nor two who share an address. Where one role is wanted of several people, others stand in
    only where nobody has it.
    """
    everybody = list(candidates)
    ready = sorted((one for one in everybody if _is_ready(one)), key=lambda one: _place(one, is_firm, wanted))
    if not ready:
        return (_chosen(_who_says_why(everybody, is_firm, wanted)),)
    group = [one for one in ready if _kind(one, wanted) == _kind(ready[0], wanted)]
    by_address = {one.address: one for one in reversed(group)}
    return tuple(_chosen(one) for one in group if by_address[one.address] is one)[: wanted.most]


def _is_ready(one: Candidate) -> bool:
    return one.permission.allowed and bool(one.address)


def _place(one: Candidate, is_firm: bool, wanted: Wanted) -> tuple[bool, int, bool, int]:
    """Say whose turn is first; of equals, whoever has agreed, then whoever has been known for longer."""
    is_last_resort = (one.person_id is None) == is_firm
    return is_last_resort, _rank(one.role, wanted), one.permission.basis != Basis.CONSENT, one.person_id or 0


def _kind(one: Candidate, wanted: Wanted) -> tuple[bool, bool]:
    """Say who may be written to beside whom: people, or the firm; of them, whoever has the role."""
    return one.person_id is None, bool(wanted.role) and one.role != wanted.role


def _rank(role: str, wanted: Wanted) -> int:
    order = USUAL[wanted.purpose]
    known = order.index(role) if role in order else len(order)
    return -1 if wanted.role and role == wanted.role else known


def _who_says_why(everybody: Iterable[Candidate], is_firm: bool, wanted: Wanted) -> Candidate:
    """Give the customer herself, or whoever lacks more than an address: only the latter can be mended by asking."""
    ordered = sorted(everybody, key=lambda one: (one.person_id is not None, _place(one, is_firm, wanted)))
    return next((one for one in ordered if one.permission.reason != Reason.NO_ADDRESS), ordered[0])


def _chosen(one: Candidate) -> Chosen:
    allowed = one.permission
    is_allowed = allowed.allowed and bool(one.address)
    reason = Reason.NO_ADDRESS if allowed.allowed and not one.address else allowed.reason
    return Chosen(person_id=one.person_id, role=one.role, reason=reason.value, is_allowed=is_allowed)
