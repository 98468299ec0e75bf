"""What is decided without a database: who at a customer is written to, how many are left alone, what is done once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stammkunde.customers.models import ContactPerson
from stammkunde.customers.policy import Permission

ROLES = ("decision_maker", "executive", "purchasing", "user", "influencer", "other")
FEWEST_TO_COMPARE = 200  # below that, leaving some alone would tell nothing
USUAL_HOLDOUT = 0.1
LONGEST_DELAY_DAYS = 30  # nobody is thanked for what was bought longer ago


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A person at a customer who could be written to; `person_id` None is the customer herself."""

    person_id: int | None
    role: str
    permission: Permission


def recipient(choices: Iterable[Choice]) -> int | None:
    """
    Choose whom a customer's message goes to: whoever may be written to, the customer's own address before people,
    people by their role. Where nobody may, it is the customer herself, whose refusal then says why.
    """
    allowed = [one for one in choices if one.permission.allowed]
    first = min(allowed, key=lambda one: (one.person_id is not None, _rank(one.role), one.person_id or 0), default=None)
    return first.person_id if first else None


def choices(
    customer_id: int, people: Iterable[ContactPerson], permissions: Mapping[tuple[int, int | None], Permission]
) -> list[Choice]:
    """List who could be written to at a customer."""
    found = [Choice(person_id=None, role="", permission=permissions[customer_id, None])]
    return found + [
        Choice(person_id=one.pk, role=one.role, permission=permissions[customer_id, one.pk])
        for one in people
        if (customer_id, one.pk) in permissions
    ]


def usual_holdout(customers: int) -> float:
    """Suggest how many to leave alone: a tenth, where that is enough to tell anything."""
    return USUAL_HOLDOUT if customers >= FEWEST_TO_COMPARE else 0.0


def key(*, play_id: int, customer_id: int, cycle: str, channel: str) -> str:
    """Name a message, so that planning it again gives the same one."""
    return f"play:{play_id}:{customer_id}:{cycle}:{channel}"


def _rank(role: str) -> int:
    return ROLES.index(role) if role in ROLES else len(ROLES)
