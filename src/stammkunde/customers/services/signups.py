"""
The sign-up form for the company's website: its words, version by version, and who signs up.

Nobody who signs up learns whether an address is known: whatever happens, they are told to look into the mailbox.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from stammkunde.customers import policy, queries, wording
from stammkunde.customers.models import Channel, Customer, OptIn, SignUp
from stammkunde.customers.services.consents import Evidence, Recipient
from stammkunde.customers.services.optins import NothingToAsk, ask_optin
from stammkunde.customers.services.preferences import change_preference
from stammkunde.customers.services.records import NumberTaken, add_contact_person, create_customer
from stammkunde.team import services as team
from stammkunde.team.models import Staff

ORIGIN = "signup"
MOST_UNANSWERED, WITHIN = 3, timedelta(days=30)  # so often is one mailbox asked, and no more
MOST_AN_HOUR = 200  # sign-ups of everybody together that are not answered


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who signs up; all but the address may be empty."""

    email: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""


@transaction.atomic
def publish_sign_up(
    *, is_open: bool, purposes: Sequence[str], words: dict[str, dict[str, str]], staff: Staff, now: datetime
) -> SignUp:
    """Let the form say this from now on, as a version of its own; what it says already is no new one."""
    before = queries.sign_up()
    said = {"is_open": is_open, "purposes": list(purposes), "words": words}
    if before and said == {name: getattr(before, name) for name in said}:
        return before
    version = SignUp.objects.create(**said, written_at=now, written_by=staff)
    team.record(staff=staff, action="signup.published", at=now, thing="signup", thing_id=version.pk)
    return version


@transaction.atomic
def sign_up(person: Person, *, version: SignUp, language: str, proof: dict[str, str], now: datetime) -> OptIn | None:
    """
    Ask somebody who signed up to confirm by e-mail; None: there is nothing to ask, or the mailbox was asked enough.

    Whoever is not known becomes a prospect. The words that were shown are kept with the number of their version.
    """
    email = policy.normalized(Channel.EMAIL, person.email)
    if _was_asked_enough(email, now=now):
        return None
    recipient = _known(email) or _prospect(person, email, language=language, now=now) or _known(email)
    if recipient is None:  # somebody was quicker, and is gone again
        return None
    text = version.words[language]["consent"]
    evidence = Evidence(
        happened_at=now,
        origin=wording.SIGN_UP,
        proof=proof | {"version": str(version.pk), "language": language, "email": email},
    )
    wordings = {(Channel.EMAIL.value, purpose): text for purpose in version.purposes}
    try:
        return ask_optin(recipient=recipient, wordings=wordings, evidence=evidence, now=now, staff=None)
    except NothingToAsk:
        return None


def too_many(*, now: datetime) -> bool:
    """Tell whether so many have signed up lately, and not answered yet, that nobody else is asked for the moment."""
    recent = OptIn.objects.filter(created_at__gt=now - timedelta(hours=1), asked__origin=wording.SIGN_UP)
    return recent.exclude(asked__answer__isnull=False).distinct().count() >= MOST_AN_HOUR


def _known(email: str) -> Recipient | None:
    whose = queries.mailbox(email)
    return Recipient(customer_id=whose[0], contact_person_id=whose[1]) if whose else None


def _was_asked_enough(email: str, *, now: datetime) -> bool:
    recent = OptIn.objects.filter(email=email, created_at__gt=now - WITHIN)
    return recent.exclude(asked__answer__isnull=False).distinct().count() >= MOST_UNANSWERED


def _prospect(person: Person, email: str, *, language: str, now: datetime) -> Recipient | None:
    """Enter somebody new: a company with its person, or a person; None where the same click came twice at once."""
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    is_person_of_company = bool(person.company and person.last_name)
    customer = _create(
        {
            "kind": Customer.Kind.COMPANY if person.company else Customer.Kind.PERSON,
            "name": person.company or name or email,
            "email": "" if is_person_of_company else email,
        },
        email,
        now=now,
    )
    if customer is None:
        return None
    contact_person_id = None
    if is_person_of_company:
        fields = {"first_name": person.first_name, "last_name": person.last_name, "email": email}
        contact_person_id = add_contact_person(customer_id=customer.pk, fields=fields, now=now, staff=None).pk
    recipient = Recipient(customer_id=customer.pk, contact_person_id=contact_person_id)
    change_preference(recipient=recipient, fields={"language": language}, changed_at=now, staff=None)
    return recipient


def _create(fields: dict[str, str], email: str, *, now: datetime) -> Customer | None:
    """Create a customer whose number follows from the mailbox, so that two clicks at once make one; None: it is."""
    number = f"W-{hashlib.sha256(email.encode()).hexdigest()[:10].upper()}"
    try:
        return create_customer(fields={**fields, "number": number}, now=now, staff=None, origin=ORIGIN)
    except NumberTaken:
        if queries.mailbox(email):  # somebody was quicker
            return None
        return create_customer(fields=fields, now=now, staff=None, origin=ORIGIN)  # the address has changed since
