"""
Consent confirmed by e-mail (double opt-in).

`ask_optin` writes the question down; whoever sends mail takes it from `queries.optins_to_send` (`optin_taken`), puts
`links.optin_url` into it and reports with `optin_sent` when it has left; `confirm_optin` takes the answer.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction

from stammkunde.customers import links, policy, queries
from stammkunde.customers.models import (
    Channel,
    Consent,
    ConsentSettings,
    ContactPerson,
    ContactPreference,
    Customer,
    OptIn,
)
from stammkunde.customers.services.consents import Cell, Evidence, Recipient, append, lock, note, standing
from stammkunde.team import queries as team
from stammkunde.team.models import Staff
from stammkunde.ui.links import BadLink

AGAIN_AFTER = timedelta(days=1)  # until then, asking again is the same question


class NoEmail(Exception):
    """There is no e-mail address to ask at."""


class NothingToAsk(Exception):
    """All of it has been agreed to already."""


class Objected(Exception):
    """Whoever objected is not asked again by us; they may ask themselves, on their preference page."""


class UnknownToken(BadLink):
    """The link leads to no question."""


class OptInExpired(Exception):
    """The time to confirm is over."""


class OptInVoid(Exception):
    """It was withdrawn after the question."""


@transaction.atomic
def ask_optin(
    *,
    recipient: Recipient,
    wordings: Mapping[Cell, str],
    evidence: Evidence,
    now: datetime,
    staff: Staff | None,
    in_bulk: bool = False,
) -> OptIn:
    """
    Ask somebody to confirm by e-mail; the same question within a day is not asked twice.

    `wordings` says what is shown for each channel and purpose. `staff` is None where the person asked for it herself.
    A question `in_bulk` waits for the limits of advertising: until it has left, another one does not count on it.

    :raises NoEmail: if we know no address
    :raises NothingToAsk: if everything has been confirmed
    :raises Objected: if we would ask somebody who said no
    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer, person = lock(recipient)
    email = queries.address(Channel.EMAIL, customer, person)
    if not email:
        raise NoEmail(customer.pk)
    open_cells = {cell: text for cell, text in wordings.items() if not _is_settled(customer, person, cell)}
    if not open_cells:
        raise NothingToAsk(customer.pk)
    if staff and any(standing(customer, person, cell).state in policy.BLOCKING for cell in open_cells):
        raise Objected(customer.pk)
    same = _open_question(customer, person, email, set(open_cells), now=now)
    if same and (in_bulk or same.sent_at or not same.in_bulk):
        return same
    asking = _Asking(evidence=evidence, now=now, staff=staff, in_bulk=in_bulk)
    return _ask(customer, person, email, open_cells, asking)


@transaction.atomic
def optin_taken(*, optin_id: int, leaves_by: datetime, taken_at: datetime) -> None:
    """Note that a mail is planned for it, and until when that leaves; the time to confirm begins no later."""
    optin = OptIn.objects.get(pk=optin_id)
    optin.expires_at, optin.taken_at = queries.optin_until(optin, leaves_at=leaves_by), taken_at
    optin.save(update_fields=["expires_at", "taken_at"])


@transaction.atomic
def optin_sent(*, optin_id: int, sent_at: datetime) -> None:
    """Note that the mail has left, and begin the time to confirm; the first time counts, repeating changes nothing."""
    optin = OptIn.objects.select_for_update(of=("self",)).filter(pk=optin_id, sent_at=None).first()
    if optin is not None:
        optin.expires_at, optin.sent_at = queries.optin_until(optin, leaves_at=sent_at), sent_at
        optin.save(update_fields=["expires_at", "sent_at"])


@transaction.atomic
def unask(*, optin_ids: Collection[int], now: datetime) -> None:
    """Take questions back whose mails ended without leaving: nobody was asked. Repeating is harmless."""
    unsent = OptIn.objects.filter(pk__in=optin_ids, sent_at=None).exclude(asked__answer__isnull=False)
    for optin in unsent.select_related("customer").prefetch_related("asked"):
        note(optin.customer, "consent.not_asked", list(optin.asked.all()), now=now, staff=None)
        optin.asked.all().unask()
        optin.delete()


def find_optin(*, token: str) -> OptIn:
    """
    Find the question that a link leads to.

    :raises UnknownToken: if there is none, or the person's links were revoked after it was sent
    """
    digest = links.digest(token)
    found = OptIn.objects.select_related("customer", "contact_person").filter(token_digest=digest).first()
    if found is None or not hmac.compare_digest(found.token_digest, digest):
        raise UnknownToken
    if _is_revoked(found):
        raise UnknownToken
    return found


def _is_revoked(optin: OptIn) -> bool:
    whose = ContactPreference.objects.filter(customer=optin.customer_id, contact_person=optin.contact_person_id)
    return whose.filter(links_revoked_at__gte=optin.sent_at or optin.created_at).exists()


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    optin: OptIn
    records: list[Consent]
    is_new: bool


@transaction.atomic
def confirm_optin(*, token: str, now: datetime, proof: dict[str, str]) -> Confirmed:
    """
    Take the answer to a question as consent; repeating is harmless, and does not bring back what was withdrawn since.

    :raises UnknownToken: if the link leads nowhere
    :raises OptInExpired: if it comes too late
    :raises OptInVoid: if all of it was withdrawn after the question
    """
    optin = find_optin(token=token)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=optin.customer_id)
    asked = list(optin.asked.order_by("pk"))
    answers = list(Consent.objects.filter(asked__in=asked).order_by("pk"))
    if answers:
        return Confirmed(optin=optin, records=answers, is_new=False)
    if now >= optin.expires_at:
        raise OptInExpired(optin.pk)
    still_open = [one for one in asked if not queries.was_withdrawn_since(one)]
    if not still_open:
        raise OptInVoid(optin.pk)
    records = [_answer(customer, optin, one, now=now, proof=proof) for one in still_open]
    note(customer, "consent.confirmed", records, now=now, staff=None)
    return Confirmed(optin=optin, records=records, is_new=True)


def _is_settled(customer: Customer, person: ContactPerson | None, cell: Cell) -> bool:
    now = standing(customer, person, cell)
    known = queries.address(cell[0], customer, person)
    return now.state == Consent.State.GIVEN and now.basis in policy.PROVEN and now.address in ("", known)


def _open_question(
    customer: Customer, person: ContactPerson | None, email: str, cells: set[Cell], *, now: datetime
) -> OptIn | None:
    recent = OptIn.objects.filter(
        customer=customer, contact_person=person, email=email, created_at__gt=now - AGAIN_AFTER, expires_at__gt=now
    )
    for optin in recent.prefetch_related("asked").order_by("-pk"):
        asked, source = optin.asked.all(), person.source if person else ""
        same = {(one.channel, one.purpose, one.person_source) for one in asked} == {(*cell, source) for cell in cells}
        if same and not _is_revoked(optin) and not any(map(queries.was_withdrawn_since, asked)):
            return optin
    return None


@dataclass(frozen=True, kw_only=True)
class _Asking:
    """On what ground somebody is asked, when and by whom."""

    evidence: Evidence
    now: datetime
    staff: Staff | None
    in_bulk: bool


def _ask(
    customer: Customer,
    person: ContactPerson | None,
    email: str,
    wordings: Mapping[Cell, str],
    by: _Asking,
) -> OptIn:
    nonce, now = token_urlsafe(32), by.now
    optin = OptIn.objects.create(
        customer=customer,
        contact_person=person,
        email=email,
        nonce=nonce,
        token_digest=links.digest(links.optin_token(nonce)),
        created_at=now,
        expires_at=now + timedelta(days=ConsentSettings.of(team.company()).optin_days),
        in_bulk=by.in_bulk,
    )
    asked = [
        append(
            customer,
            person,
            cell,
            state=Consent.State.ASKED,
            evidence=replace(by.evidence, wording=text),
            now=now,
            staff=by.staff,
            optin=optin,
        )
        for cell, text in wordings.items()
    ]
    note(customer, "consent.asked", asked, now=now, staff=by.staff)
    return optin


def _answer(customer: Customer, optin: OptIn, asked: Consent, *, now: datetime, proof: dict[str, str]) -> Consent:
    times = {"asked_at": asked.happened_at.isoformat(), "confirmed_at": now.isoformat(), "email": optin.email}
    if optin.sent_at:
        times["sent_at"] = optin.sent_at.isoformat()
    return Consent.objects.create(
        source=f"optin:{optin.pk}:{asked.channel}:{asked.purpose}",
        customer=customer,
        contact_person=asked.contact_person,
        person_source=asked.person_source,
        person_name=asked.person_name,
        channel=asked.channel,
        purpose=asked.purpose,
        state=Consent.State.GIVEN,
        basis=Consent.Basis.DOUBLE_OPT_IN,
        origin=asked.origin,
        wording=asked.wording,
        proof=times | proof,
        address=asked.address,
        happened_at=now,
        recorded_at=now,
        asked=asked,
    )
