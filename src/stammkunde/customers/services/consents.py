"""Consent and its withdrawal, recorded with their evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from stammkunde.customers import policy, queries
from stammkunde.customers.models import Consent, ContactPerson, Customer
from stammkunde.customers.services.records import PersonElsewhere
from stammkunde.store import touched
from stammkunde.team import services as team
from stammkunde.team.models import Staff

Cell = tuple[str, str]  # channel and purpose


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom it is about: a customer, or a contact person there."""

    customer_id: int
    contact_person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """When and where something was said, what was shown, and what proves it (flat: name → text)."""

    happened_at: datetime
    origin: str
    wording: str = ""
    proof: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def record_consent(
    *, recipient: Recipient, cells: Iterable[Cell], basis: str, evidence: Evidence, now: datetime, staff: Staff | None
) -> list[Consent]:
    """
    Record that somebody has agreed; what is on record in just this way already is not recorded again.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer, person = lock(recipient)
    made = [
        record
        for cell in cells
        if (record := _append_new(customer, person, cell, basis=basis, evidence=evidence, now=now, staff=staff))
    ]
    note(customer, "consent.recorded", made, now=now, staff=staff)
    return made


@transaction.atomic
def withdraw(
    *,
    recipient: Recipient,
    cells: Iterable[Cell],
    evidence: Evidence,
    now: datetime,
    staff: Staff | None,
    address: str = "",
) -> list[Consent]:
    """
    Record that somebody wants no more of something: a withdrawal where there was consent, else an objection.

    Repeating it is harmless. Open questions about it are void. `address` is where it was said of, normalized, if that
    may not be where she is reached now; whoever else has it is guarded, too.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer, person = lock(recipient)
    made = []
    for cell in cells:
        found = standing(customer, person, cell)
        is_said = address in ("", found.address)
        if found.state in policy.BLOCKING and not found.is_asked and is_said:
            continue
        given = found.state == Consent.State.GIVEN
        state = Consent.State.WITHDRAWN if given else Consent.State.OBJECTED
        at = {"address": address} if address else {}
        made.append(append(customer, person, cell, state=state, evidence=evidence, now=now, staff=staff, **at))
    note(customer, "consent.withdrawn", made, now=now, staff=staff)
    return made


def lock(recipient: Recipient) -> tuple[Customer, ContactPerson | None]:
    """
    Make everybody else who changes what this customer allows wait; inside the caller's transaction.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=recipient.customer_id)
    if recipient.contact_person_id is None:
        return customer, None
    person = customer.contact_persons.filter(pk=recipient.contact_person_id).first()
    if person is None:
        raise PersonElsewhere(recipient.contact_person_id)
    return customer, person


def standing(customer: Customer, person: ContactPerson | None, cell: Cell) -> policy.Standing:
    """Tell what counts now."""
    records = _of(customer, person, cell).values_list("state", "happened_at", "basis", "address")
    return policy.standing(
        policy.Record(state=state, happened_at=at, basis=basis, address=address)
        for state, at, basis, address in records.order_by("happened_at", "pk")
    )


def append(
    customer: Customer,
    person: ContactPerson | None,
    cell: Cell,
    *,
    state: str,
    evidence: Evidence,
    now: datetime,
    staff: Staff | None,
    **more: object,
) -> Consent:
    """Append a record; inside the caller's transaction."""
    channel, purpose = cell
    kept = {
        "source": f"hand:{uuid4().hex}",
        "address": queries.address(channel, customer, person)[:254],
        "wording": evidence.wording,
        "proof": evidence.proof,
    }
    return Consent.objects.create(
        **kept | more,
        customer=customer,
        contact_person=person,
        person_source=person.source if person else "",
        person_name=str(person) if person else "",
        channel=channel,
        purpose=purpose,
        state=state,
        origin=evidence.origin,
        happened_at=evidence.happened_at,
        recorded_by=staff,
        recorded_at=now,
    )


def note(customer: Customer, action: str, records: list[Consent], *, now: datetime, staff: Staff | None) -> None:
    """Tell the audit trail, and measures; inside the caller's transaction. Nothing done leaves no trace."""
    if records:
        touched.note_moved([customer.pk])
        cells = [f"{one.channel}/{one.purpose}" for one in records]
        team.record(
            staff=staff,
            action=action,
            at=now,
            thing="customer",
            thing_id=customer.pk,
            label=customer.name,
            person=records[0].person_name,
            what=cells,
        )


def _append_new(
    customer: Customer,
    person: ContactPerson | None,
    cell: Cell,
    *,
    basis: str,
    evidence: Evidence,
    now: datetime,
    staff: Staff | None,
) -> Consent | None:
    same = {
        "state": Consent.State.GIVEN,
        "basis": basis,
        "origin": evidence.origin,
        "wording": evidence.wording,
        "happened_at": evidence.happened_at,
    }
    if _of(customer, person, cell).filter(**same).exists():
        return None
    return append(
        customer, person, cell, state=Consent.State.GIVEN, evidence=evidence, now=now, staff=staff, basis=basis
    )


def _of(customer: Customer, person: ContactPerson | None, cell: Cell) -> QuerySet[Consent]:
    channel, purpose = cell
    source = person.source if person else ""
    return Consent.objects.filter(customer=customer, person_source=source, channel=channel, purpose=purpose)
