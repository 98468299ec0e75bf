"""What appends contacts: whoever spoke with a customer, or wrote, says so here, once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from stammkunde.contacts import facts
from stammkunde.contacts.models import HAND, Contact, Direction, Outcome
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.store import touched
from stammkunde.team import services as team
from stammkunde.team.models import Staff

VOID = "void"


class PersonElsewhere(Exception):
    """The contact person belongs to another customer."""


class LiesAhead(Exception):
    """A contact that has not taken place is none yet: plan a task."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """
    What happened, as whoever recorded it knows it.

    `source` names it once and for all, such as `outreach:17`; repeating it records nothing anew.
    """

    source: str
    customer_id: int
    channel: str
    happened_at: datetime
    contact_person_id: int | None = None
    person_name: str = ""
    direction: str = Direction.OUT
    purpose: str = ""
    about: str = ""
    note: str = ""
    outcome: str = Outcome.REACHED
    takes_slot: bool = False
    minutes: int | None = None
    cost_cents: int | None = None
    staff_id: int | None = None
    role: str = ""


def record_all(said: Iterable[Said], *, now: datetime) -> None:
    """Append contacts; inside the caller's transaction. What is there already stays as it is."""
    rows = [Contact(**vars(one), happened_on=timezone.localdate(one.happened_at), recorded_at=now) for one in said]
    if rows:
        Contact.objects.bulk_create(rows, ignore_conflicts=True)
        _changed(rows)


@transaction.atomic
def write_down(*, customer: Customer, person: ContactPerson | None, said: Said, staff: Staff, now: datetime) -> Contact:
    """
    Append a contact that somebody of the staff tells about; the same source again gives the same contact.

    :raises PersonElsewhere: if the contact person is not at this customer
    :raises LiesAhead: if it has not taken place yet
    """
    if person is not None and person.customer_id != customer.pk:
        raise PersonElsewhere(person.pk)
    if said.happened_at > now:
        raise LiesAhead(said.happened_at)
    known = Contact.objects.filter(source=said.source).first()
    if known is not None:
        return known
    record_all([said], now=now)
    made = Contact.objects.get(source=said.source)
    team.record(
        staff=staff, action="contact.recorded", thing="customer", thing_id=customer.pk, label=customer.name,
        channel=made.channel, direction=made.direction, at=now,
    )  # fmt: skip
    return made


@transaction.atomic
def take_back(*, contact_id: int, staff: Staff, now: datetime) -> None:
    """Take back a contact that somebody wrote down by mistake; repeating changes nothing."""
    contact = Contact.objects.select_related("customer").get(pk=contact_id)
    if void([contact.source], staff_id=staff.pk, now=now):
        team.record(
            staff=staff, action="contact.taken_back", thing="customer", thing_id=contact.customer_id,
            label=contact.customer.name, channel=contact.channel, at=now,
        )  # fmt: skip


def void(sources: Collection[str], *, now: datetime, staff_id: int | None = None) -> int:
    """
    Say that contacts do not count, by a row of its own for each; inside the caller's transaction.

    What is not there, or void already, is passed over; the number of those that were voided is given.
    """
    standing = list(Contact.objects.standing().filter(source__in=sources))
    rows = [_void(one, staff_id=staff_id, now=now) for one in standing]
    if rows:
        Contact.objects.bulk_create(rows, ignore_conflicts=True)
        _changed(rows)
    return len(rows)


def _changed(rows: Collection[Contact]) -> None:
    """Count a change, and note whom it is about; inside the caller's transaction."""
    facts.CONTACTS.mark({f"{one.happened_on:%Y-%m}" for one in rows})
    touched.note_each({one.customer_id: f"contacts:{one.source}" for one in rows})


def _void(one: Contact, *, staff_id: int | None, now: datetime) -> Contact:
    return Contact(
        source=f"{VOID}:{one.source}"[:200],
        voids=one,
        customer_id=one.customer_id,
        contact_person_id=one.contact_person_id,
        person_name=one.person_name,
        direction=one.direction,
        channel=one.channel,
        happened_at=one.happened_at,
        happened_on=one.happened_on,
        outcome=one.outcome,
        staff_id=staff_id,
        recorded_at=now,
    )


def by_hand() -> str:
    """Name a contact that a form is about to write down, so that sending the form twice records one."""
    return f"{HAND}:{uuid4().hex}"


__all__ = [
    "LiesAhead",
    "Outcome",
    "PersonElsewhere",
    "Said",
    "by_hand",
    "record_all",
    "take_back",
    "void",
    "write_down",
]
