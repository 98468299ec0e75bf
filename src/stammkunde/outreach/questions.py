"""What stands against questions for consent that are planned for many: much may have been said since."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from stammkunde.customers import policy
from stammkunde.customers import queries as customers
from stammkunde.customers.models import Channel, Consent
from stammkunde.customers.policy import Reason
from stammkunde.customers.queries import Recipient
from stammkunde.outreach.models import Message

PUTS_OFF = (None, Reason.PAUSED)  # a pause puts off, it does not refuse


def not_to_leave(messages: Iterable[Message], *, today: date) -> dict[int, Reason]:
    """Tell of questions, by their number, why they must not leave any more; of what may leave nothing is said."""
    asked = _asked({one.question for one in messages if one.asks_many and one.question})
    if not asked:
        return {}
    ids = {customer for (customer, _person), _purposes in asked.values()}
    every = customers.situations(customer_ids=ids, channels=[Channel.EMAIL], buyers=())
    known = {who: situation for who, _channel, situation in every}
    found = dict[int, Reason]()
    for number, (who, purposes) in asked.items():
        said = [
            policy.not_to_be_asked(purpose=one, situation=known[who], today=today, is_written=True) for one in purposes
        ]
        if reason := _against(said):
            found[number] = reason
    return found


def _asked(numbers: Collection[int]) -> dict[int, tuple[Recipient, list[str]]]:
    """Give whom questions ask, and for what."""
    purposes, whom = defaultdict[int, list[str]](list), dict[int, Recipient]()
    rows = Consent.objects.filter(optin__in=numbers).order_by("pk") if numbers else Consent.objects.none()
    for number, customer, person, purpose in rows.values_list("optin", "customer", "contact_person", "purpose"):
        purposes[number].append(purpose)
        whom[number] = customer, person
    return {number: (whom[number], purposes[number]) for number in purposes}


def _against(said: Collection[Reason | None]) -> Reason | None:
    """Say what stands against a question: anything against a part of it, or that all of it has been answered."""
    no = next((one for one in said if one not in (*PUTS_OFF, Reason.CONSENT_GIVEN)), None)
    return no or (Reason.CONSENT_GIVEN if all(one == Reason.CONSENT_GIVEN for one in said) else None)
