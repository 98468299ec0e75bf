"""What customers change by themselves."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from stammkunde.customers import policy, queries, services, wording
from stammkunde.customers.models import Channel, Consent, ContactPerson, Customer
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.portal.grid import Change
from stammkunde.team import queries as team


@transaction.atomic
def save(
    *,
    customer: Customer,
    person: ContactPerson | None,
    change: Change,
    fields: dict[str, Any],
    proof: dict[str, str],
    now: datetime,
) -> bool:
    """
    Keep what somebody chose on the preference page; repeating it changes nothing.

    What needs consent that can be proven is asked by e-mail; give whether it was. What we had noted about channels and
    topics gives way to what they say themselves.
    """
    recipient = Recipient(customer_id=customer.pk, contact_person_id=person.pk if person else None)
    evidence = Evidence(
        happened_at=now, origin=wording.PREFERENCE_PAGE, proof=proof | {"language": get_language() or ""}
    )
    services.withdraw(recipient=recipient, cells=change.ended, evidence=evidence, now=now, staff=None)
    company = team.company().known_as
    wordings = {cell: wording.sentence(*cell, company=company) for cell in change.granted}
    to_confirm = {cell: text for cell, text in wordings.items() if _needs_proof(*cell)}
    for cell, text in wordings.items():
        if cell not in to_confirm:
            said = Evidence(happened_at=now, origin=wording.PREFERENCE_PAGE, wording=text, proof=evidence.proof)
            services.record_consent(
                recipient=recipient, cells=[cell], basis=Consent.Basis.ONLINE, evidence=said, now=now, staff=None
            )
    if change.granted or change.ended:
        fields = fields | {"channels": None, "topics": None}
    services.change_preference(recipient=recipient, fields=fields, changed_at=now, staff=None)
    return _asked(customer, person, recipient, to_confirm, evidence=evidence, now=now)


def _needs_proof(channel: str, purpose: str) -> bool:
    return channel in (Channel.EMAIL, Channel.MESSAGE) and purpose in policy.PROMOTIONAL


def _asked(
    customer: Customer,
    person: ContactPerson | None,
    recipient: Recipient,
    wordings: dict[services.Cell, str],
    *,
    evidence: Evidence,
    now: datetime,
) -> bool:
    if not wordings or not queries.address(Channel.EMAIL, customer, person):
        return False
    try:
        services.ask_optin(recipient=recipient, wordings=wordings, evidence=evidence, now=now, staff=None)
    except services.NothingToAsk:  # only a wish of ours stood against it
        return False
    return True
