"""
What stands against questions for consent that are planned: the address may have changed.

Those to many wait for the limits of advertising, and much may have been said or asked since.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from stammkunde.customers import policy
from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, Consent
from stammkunde.customers.policy import Reason, Situation
from stammkunde.customers.queries import Recipient
from stammkunde.outreach.models import Message

PUTS_OFF = (None, Reason.PAUSED)  # a pause puts off, it does not refuse


@dataclass(kw_only=True)
class _Question:
    """What somebody is to be asked by a mail that has not left yet."""

    who: Recipient
    email: str
    in_bulk: bool
    purposes: set[str]


def not_to_leave(messages: Iterable[Message], *, today: date) -> dict[int, Reason]:
    """Tell of questions, by their number, why they must not leave any more; of what may leave nothing is said."""
    asked = _asked({one.question for one in messages if one.question})
    if not asked:
        return {}
    ids = {one.who[0] for one in asked.values()}
    every = customers.situations(customer_ids=ids, channels=[Channel.EMAIL], buyers=())
    known = {who: situation for who, _channel, situation in every}
    later = _later([number for number, one in asked.items() if one.in_bulk], ids)
    found = dict[int, Reason]()
    for number, one in asked.items():
        situation = known[one.who]
        if situation.address != one.email:
            found[number] = Reason.ASKED_ELSEWHERE if situation.address else Reason.NO_ADDRESS
        elif one.in_bulk and (reason := _of_many(one, situation, later.get(one.who, {}), number, today=today)):
            found[number] = reason
    return found


def _of_many(
    one: _Question, situation: Situation, later: dict[int, set[str]], number: int, *, today: date
) -> Reason | None:
    """Say what stands against a question to many: what was said since, or that another mail has asked the same."""
    said = [
        policy.not_to_be_asked(purpose=purpose, situation=situation, today=today, is_written=True)
        for purpose in sorted(one.purposes)
    ]
    is_asked_since = any(other > number and purposes & one.purposes for other, purposes in later.items())
    return _against(said) or (Reason.ASKED_SINCE if is_asked_since else None)


def _asked(numbers: Collection[int]) -> dict[int, _Question]:
    """Give whom questions ask, where, and for what."""
    found = dict[int, _Question]()
    rows = Consent.objects.filter(optin__in=numbers) if numbers else Consent.objects.none()
    columns = ("optin", "customer", "contact_person", "optin__email", "optin__in_bulk", "purpose")
    for number, customer, person, email, in_bulk, purpose in rows.values_list(*columns):
        one = _Question(who=(customer, person), email=email, in_bulk=in_bulk, purposes=set())
        found.setdefault(number, one).purposes.add(purpose)
    return found


def _later(numbers: Collection[int], customer_ids: Collection[int]) -> dict[Recipient, dict[int, set[str]]]:
    """Give what the same people were asked by questions after the first of some: by number, for what."""
    found = defaultdict[Recipient, dict[int, set[str]]](dict)
    if not numbers:
        return found
    rows = Consent.objects.filter(customer__in=customer_ids, optin__gt=min(numbers), state=Consent.State.ASKED)
    for number, customer, person, purpose in rows.values_list("optin", "customer", "contact_person", "purpose"):
        found[customer, person].setdefault(number, set()).add(purpose)
    return found


def _against(said: Collection[Reason | None]) -> Reason | None:
    """Say what stands against a question: anything against a part of it, or that all of it has been answered."""
    no = next((one for one in said if one not in (*PUTS_OFF, Reason.CONSENT_GIVEN)), None)
    return no or (Reason.CONSENT_GIVEN if all(one == Reason.CONSENT_GIVEN for one in said) else None)
