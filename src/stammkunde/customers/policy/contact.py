"""
May we contact this person, on this channel, for this purpose? German law first, then what the person wishes.

- An objection or withdrawal beats everything, orders and requests included: the person's own, the company's, and that
  of whoever else has the same mailbox.
- Orders, requests and plain thanks need no consent.
- E-mail and text messages for anything else (surveys and requests for reviews are advertising) need consent that can be
  proven (§ 7 Abs. 2 UWG), or, where the company has switched that on, the four conditions of § 7 Abs. 3 UWG.
- Calls for anything else need documented consent of consumers (§ 7a UWG); at companies, interest may be presumed.
- Letters for anything else are allowed until somebody objects (Art. 21 DSGVO).

The product enforces and explains this; it gives no legal advice. `docs/guide/contact.md` says the same to its users.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from stammkunde.customers import phones
from stammkunde.customers.models import Channel, Consent, Purpose

PROMOTIONAL = (Purpose.SURVEY, Purpose.ADVERTISING, Purpose.NEWSLETTER)
ELECTRONIC = (Channel.EMAIL, Channel.MESSAGE)
BLOCKING = (Consent.State.WITHDRAWN, Consent.State.OBJECTED)
# Consent that a court would ask to see: a tick in an online form may be anybody's, spoken words leave no trace.
PROVEN = (Consent.Basis.DOUBLE_OPT_IN, Consent.Basis.WRITTEN, Consent.Basis.IMPORTED)
CALL_EVIDENCE_YEARS = 5  # § 7a Abs. 2 UWG


class Basis(StrEnum):
    """What a permission rests on."""

    NONE = ""
    TRANSACTIONAL = "transactional"
    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    PRESUMED = "presumed"
    UNTIL_OBJECTION = "until_objection"


class Reason(StrEnum):
    """Why something is allowed or not; worded in `customers.wording`."""

    # allowed
    TRANSACTIONAL = "transactional"
    CONSENT_GIVEN = "consent_given"
    EXISTING_CUSTOMER = "existing_customer"
    PRESUMED_INTEREST = "presumed_interest"
    NOT_OBJECTED = "not_objected"
    # refused
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    COMPANY_OBJECTED = "company_objected"
    MAILBOX_OBJECTED = "mailbox_objected"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    NOT_CONFIRMED = "not_confirmed"
    NOT_PROVEN = "not_proven"
    CONSENT_EXPIRED = "consent_expired"
    OTHER_ADDRESS = "other_address"
    ASKED_ELSEWHERE = "asked_elsewhere"
    ASKED_SINCE = "asked_since"
    PAUSED = "paused"
    CHANNEL_NOT_WANTED = "channel_not_wanted"
    TOPIC_NOT_WANTED = "topic_not_wanted"


@dataclass(frozen=True, kw_only=True)
class Permission:
    allowed: bool
    basis: Basis
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a decision needs of a `Consent`."""

    state: str
    happened_at: datetime
    basis: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What counts of somebody's records about one channel and purpose."""

    state: str = ""  # given, withdrawn, objected, expired; empty: never said
    basis: str = ""
    address: str = ""
    is_asked: bool = False  # a question is open


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a decision needs of a `ContactPreference`; None means that nothing was said."""

    channels: frozenset[str] | None = None
    topics: frozenset[str] | None = None
    paused_until_on: date | None = None


NOTHING = Standing()


@dataclass(frozen=True, kw_only=True)
class Situation:
    """
    Everything about one recipient and one channel that the decision rests on.

    `own`, `company` and `mailbox` are standings by purpose: the recipient's, the customer's as a whole (for a contact
    person), and what was said last about the same address, by whomever.
    """

    address: str  # normalized; empty: there is none
    is_business: bool
    own: Mapping[str, Standing] = field(default_factory=dict)
    company: Mapping[str, Standing] = field(default_factory=dict)
    mailbox: Mapping[str, Standing] = field(default_factory=dict)
    wishes: tuple[Wishes, ...] = ()
    has_bought: bool = False
    email_from_sale: bool = False


def permission(
    *, channel: str, purpose: str, situation: Situation, existing_customers: bool, today: date
) -> Permission:
    """
    Decide whether a recipient may be contacted.

    `existing_customers` says whether the company uses § 7 Abs. 3 UWG, `today` is the day of the contact.
    """
    blocked = _blocked(purpose, situation)
    if blocked:
        return _no(blocked)
    if not situation.address:
        return _no(Reason.NO_ADDRESS)
    lawful = _lawful(channel, purpose, situation, existing_customers=existing_customers)
    unwanted = _unwanted(channel, purpose, situation.wishes, today=today)
    return _no(unwanted) if lawful.allowed and unwanted else lawful


def not_to_be_asked(*, purpose: str, situation: Situation, today: date, is_written: bool = False) -> Reason | None:
    """
    Say why somebody is not asked by e-mail to consent, or not again; None: they may be asked.

    `is_written`: the question is written down already, and about to leave.
    """
    own = situation.own.get(purpose, NOTHING)
    if blocked := _blocked(purpose, situation):
        return blocked
    if not situation.address:
        return Reason.NO_ADDRESS
    if _doubt(Channel.EMAIL, own, situation.address) is None:
        return Reason.CONSENT_GIVEN
    if not is_written and (own.is_asked or situation.mailbox.get(purpose, NOTHING).is_asked):
        return Reason.NOT_CONFIRMED
    return _unwanted(Channel.EMAIL, purpose, situation.wishes, today=today)


def standing(records: Iterable[Record]) -> Standing:
    """
    Tell what counts: the latest given, withdrawn or objected; of one moment, the stricter.

    A question alone changes nothing, and only what was given can expire.
    """
    now, is_asked = NOTHING, False
    for one in sorted(records, key=lambda record: (record.happened_at, record.state in BLOCKING)):
        is_asked = one.state == Consent.State.ASKED
        if is_asked or (one.state == Consent.State.EXPIRED and now.state != Consent.State.GIVEN):
            continue
        now = Standing(state=one.state, basis=one.basis, address=one.address)
    return Standing(state=now.state, basis=now.basis, address=now.address, is_asked=is_asked)


def standings(records: Iterable[tuple[str, Record]]) -> dict[str, Standing]:
    """Tell what counts for each purpose, from pairs of purpose and record."""
    by_purpose: dict[str, list[Record]] = {}
    for purpose, record in records:
        by_purpose.setdefault(purpose, []).append(record)
    return {purpose: standing(of_one) for purpose, of_one in by_purpose.items()}


_FROM_ABROAD = re.compile(r"\s*\(?(\+|00)")  # there, a zero in brackets is not dialled: +49 (0)30


def normalized(channel: str, address: str) -> str:
    """Write an address so that the same one is the same text."""
    if channel == Channel.EMAIL:
        return address.strip().lower()
    if channel == Channel.POST:
        return " ".join(address.split())
    if channel == Channel.MESSAGE and (number := phones.e164(address)):
        return number
    digits = re.sub(r"\D", "", address.replace("(0)", "") if _FROM_ABROAD.match(address) else address)
    is_abroad = address.strip().startswith("+") or digits.startswith("00")
    return f"+{digits.removeprefix('00')}" if is_abroad and digits else digits


def call_evidence_until(last_used_on: date) -> date:
    """Tell until when evidence of consent to calls must be kept: five years after it was given or last used."""
    try:
        return last_used_on.replace(year=last_used_on.year + CALL_EVIDENCE_YEARS)
    except ValueError:  # 29 February
        return last_used_on.replace(year=last_used_on.year + CALL_EVIDENCE_YEARS, month=3, day=1)


def _blocked(purpose: str, situation: Situation) -> Reason | None:
    own = situation.own.get(purpose, NOTHING).state
    if own in BLOCKING:
        return Reason.WITHDRAWN if own == Consent.State.WITHDRAWN else Reason.OBJECTED
    if situation.company.get(purpose, NOTHING).state in BLOCKING:
        return Reason.COMPANY_OBJECTED
    if situation.mailbox.get(purpose, NOTHING).state in BLOCKING:
        return Reason.MAILBOX_OBJECTED
    return None


def _lawful(channel: str, purpose: str, situation: Situation, *, existing_customers: bool) -> Permission:
    if purpose not in PROMOTIONAL:
        return _yes(Basis.TRANSACTIONAL, Reason.TRANSACTIONAL)
    if channel == Channel.POST:
        return _yes(Basis.UNTIL_OBJECTION, Reason.NOT_OBJECTED)
    doubt = _doubt(channel, situation.own.get(purpose, NOTHING), situation.address)
    if doubt is None:
        return _yes(Basis.CONSENT, Reason.CONSENT_GIVEN)
    if channel == Channel.PHONE and situation.is_business:
        return _yes(Basis.PRESUMED, Reason.PRESUMED_INTEREST)
    if channel == Channel.EMAIL and existing_customers and _is_existing_customer(purpose, situation):
        return _yes(Basis.EXISTING_CUSTOMER, Reason.EXISTING_CUSTOMER)
    return _no(doubt)


def _doubt(channel: str, own: Standing, address: str) -> Reason | None:
    """Say what is wrong with a consent; None: nothing."""
    if own.state == Consent.State.EXPIRED:
        return Reason.CONSENT_EXPIRED
    if own.state != Consent.State.GIVEN:
        return Reason.NOT_CONFIRMED if own.is_asked else Reason.NO_CONSENT
    if own.basis == Consent.Basis.UNPROVEN or (channel in ELECTRONIC and own.basis not in PROVEN):
        return Reason.NOT_PROVEN
    if channel in ELECTRONIC and own.address and own.address != address:
        return Reason.OTHER_ADDRESS
    return None


def _is_existing_customer(purpose: str, situation: Situation) -> bool:
    """§ 7 Abs. 3 UWG: own offers only, to who bought, at the address given with it, without any objection."""
    said = [one.state for of_one in (situation.own, situation.company, situation.mailbox) for one in of_one.values()]
    return (
        purpose == Purpose.ADVERTISING
        and situation.has_bought
        and situation.email_from_sale
        and not any(state in BLOCKING for state in said)
    )


def _unwanted(channel: str, purpose: str, wishes: tuple[Wishes, ...], *, today: date) -> Reason | None:
    """Say which wish stands against it; what belongs to an order or request comes in any case."""
    if purpose == Purpose.SERVICE:
        return None
    if any(one.paused_until_on is not None and today <= one.paused_until_on for one in wishes):
        return Reason.PAUSED
    if any(one.channels is not None and channel not in one.channels for one in wishes):
        return Reason.CHANNEL_NOT_WANTED
    if any(one.topics is not None and purpose not in one.topics for one in wishes):
        return Reason.TOPIC_NOT_WANTED
    return None


def _yes(basis: Basis, reason: Reason) -> Permission:
    return Permission(allowed=True, basis=basis, reason=reason)


def _no(reason: Reason) -> Permission:
    return Permission(allowed=False, basis=Basis.NONE, reason=reason)
