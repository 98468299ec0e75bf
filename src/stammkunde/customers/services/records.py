"""
Customers, contact persons and notes entered and changed by hand. Whatever writes marks what the mirror must read again.

What a person changes is no longer the import's: `imported_by` becomes empty, so that undoing an import leaves it alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django.core import serializers
from django.db import IntegrityError, transaction

from stammkunde.customers import facts, handing, policy, search
from stammkunde.customers.models import Consent, ContactPerson, ContactPreference, Customer, Note
from stammkunde.store import touched
from stammkunde.team import services as team
from stammkunde.team.models import Staff

ORIGIN = "hand"  # customers and contact persons entered by a person

CUSTOMER_FIELDS = (
    "number",
    "kind",
    "name",
    "email",
    "phone",
    "mobile",
    "street",
    "postcode",
    "city",
    "country",
    "region",
    "industry",
    "segment",
    "attributes",
    "since_on",
    "is_multiplier",
    "owner",
)
PERSON_FIELDS = ("salutation", "title", "first_name", "last_name", "role", "email", "phone", "mobile", "birthday_on")


class NumberTaken(Exception):
    """Another customer entered by hand has this number already."""


class NotTheAuthor(Exception):
    """Only who wrote a note may change or delete it."""


class PersonElsewhere(Exception):
    """The contact person belongs to another customer."""


def mark_changed(customer_ids: Iterable[int] = ()) -> None:
    """Count a change of these customers, for the mirror and for groups; inside the caller's transaction."""
    facts.CUSTOMERS.mark()
    touched.note_each({pk: f"customers:{pk}" for pk in customer_ids})


def create_customer(*, fields: dict[str, Any], now: datetime, staff: Staff | None, origin: str = ORIGIN) -> Customer:
    """
    Enter a customer by hand, or because of a sign-up (`origin`). Repeating it with the same number is refused.

    :raises NumberTaken: if a customer was entered by hand with this number before
    """
    number = fields.get("number") or f"H-{uuid4().hex[:8].upper()}"
    customer = Customer(
        source=f"{origin}:{number}", **{**_known(fields, CUSTOMER_FIELDS), "number": number}, updated_at=now
    )
    customer.search = policy.search_text(customer, [])
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
            search.catch_up()
            mark_changed([customer.pk])
            _record(staff, "customer.created", now, customer)
    except IntegrityError:
        raise NumberTaken(number) from None
    return customer


@transaction.atomic
def change_customer(*, customer_id: int, fields: dict[str, Any], now: datetime, staff: Staff) -> Customer:
    """Change a customer's master data; repeating it changes nothing and leaves no trace."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    owner_before = customer.owner_id
    changed = apply(customer, _known(fields, CUSTOMER_FIELDS))
    if changed:
        customer.imported_by, customer.updated_at = None, now
        customer.search = policy.search_text(customer, customer.contact_persons.all())
        customer.save()
        mark_changed([customer.pk])
        _record(staff, "customer.changed", now, customer, changed=changed)
    if customer.owner_id != owner_before:
        handing.over(customers={customer.pk: owner_before}, owner=customer.owner, now=now, staff=staff)
    return customer


@transaction.atomic
def assign(*, customer_ids: Iterable[int], owner: Staff | None, now: datetime, staff: Staff) -> int:
    """Make someone (or nobody) responsible for customers, and tell how many changed hands; repeating is harmless."""
    wanted = Customer.objects.filter(pk__in=list(customer_ids))
    others = wanted.filter(owner__isnull=False) if owner is None else wanted.exclude(owner=owner)
    locked = others.select_for_update(of=("self",)).select_related("owner").only("name", "owner__name")
    found = list(locked.order_by("pk"))
    if found:
        ids, label = [one.pk for one in found], owner.name if owner else ""
        Customer.objects.filter(pk__in=ids).update(owner=owner, imported_by=None, updated_at=now)
        mark_changed(ids)
        team.record(
            staff=staff, action="customers.assigned", at=now, thing="customers", label=label, customers=ids[:1000]
        )
        for one in found:
            _record(staff, "customer.changed", now, one, changed={"owner": [_plain(one.owner), label or None]})
        handing.over(customers={one.pk: one.owner_id for one in found}, owner=owner, now=now, staff=staff)
    return len(found)


@transaction.atomic
def add_contact_person(
    *, customer_id: int, fields: dict[str, Any], now: datetime, staff: Staff | None
) -> ContactPerson:
    """Add a contact person to a customer."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    person = ContactPerson.objects.create(
        customer=customer, source=f"{ORIGIN}:{uuid4().hex}", updated_at=now, **_known(fields, PERSON_FIELDS)
    )
    _people_changed(customer)
    _record(staff, "contact_person.created", now, customer, person=str(person))
    return person


@transaction.atomic
def change_contact_person(*, person_id: int, fields: dict[str, Any], now: datetime, staff: Staff) -> ContactPerson:
    """Change a contact person; repeating it changes nothing and leaves no trace."""
    person = ContactPerson.objects.select_for_update(of=("self",)).select_related("customer").get(pk=person_id)
    changed = apply(person, _known(fields, PERSON_FIELDS))
    if changed:
        person.imported_by, person.updated_at = None, now
        person.save()
        _people_changed(person.customer)
        _record(staff, "contact_person.changed", now, person.customer, person=str(person), changed=changed)
    return person


@transaction.atomic
def remove_contact_person(*, person_id: int, now: datetime, staff: Staff) -> dict[str, Any]:
    """Remove a contact person and give what `restore_contact_person` needs to put it back."""
    person = ContactPerson.objects.select_for_update(of=("self",)).select_related("customer").get(pk=person_id)
    kept = {name: getattr(person, name) for name in (*PERSON_FIELDS, "source", "customer_id")}
    kept["birthday_on"] = person.birthday_on.isoformat() if person.birthday_on else None
    kept["notes"] = list(person.notes.values_list("pk", flat=True))
    kept["preference"] = serializers.serialize("json", ContactPreference.objects.filter(contact_person=person))
    person.delete()
    _people_changed(person.customer)
    _record(staff, "contact_person.removed", now, person.customer, person=str(person))
    return kept


@transaction.atomic
def restore_contact_person(*, kept: dict[str, Any], now: datetime, staff: Staff) -> ContactPerson:
    """Put a removed contact person back, with what mattered to them and what they wish; repeating changes nothing."""
    customer = Customer.objects.select_for_update().get(pk=kept["customer_id"])
    fields = {name: kept[name] for name in PERSON_FIELDS}
    person, created = ContactPerson.objects.get_or_create(
        source=kept["source"], defaults={"customer": customer, "updated_at": now, **fields}
    )
    if created:
        customer.notes.filter(pk__in=kept["notes"]).update(contact_person=person)
        Consent.objects.attach(person)
        for one in serializers.deserialize("json", kept["preference"]):
            preference = cast("ContactPreference", one.object)
            preference.contact_person = person
            preference.save(force_insert=True)
        _people_changed(customer)
        _record(staff, "contact_person.restored", now, customer, person=str(person))
    return person


@transaction.atomic
def add_note(
    *,
    customer_id: int,
    text: str,
    now: datetime,
    staff: Staff,
    contact_person: ContactPerson | None = None,
    matters: bool = False,
) -> Note:
    """
    Write down what was seen or heard, or what matters to a person.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    if contact_person is not None and contact_person.customer_id != customer_id:
        raise PersonElsewhere(contact_person.pk)
    kind = Note.Kind.MATTERS if matters else Note.Kind.NOTE
    return Note.objects.create(
        customer_id=customer_id,
        contact_person=contact_person,
        kind=kind,
        text=text.strip(),
        author=staff,
        created_at=now,
    )


@transaction.atomic
def change_note(*, note_id: int, text: str, staff: Staff, changed_at: datetime) -> Note:
    """
    Correct an own note; the audit trail keeps that and when it was.

    :raises NotTheAuthor: if someone else wrote it
    """
    note = _own_note(note_id, staff)
    if note.text != text.strip():
        note.text = text.strip()
        note.save(update_fields=["text"])
        _record(staff, "note.changed", changed_at, note.customer, note=note.pk)
    return note


@transaction.atomic
def delete_note(*, note_id: int, now: datetime, staff: Staff) -> None:
    """
    Delete an own note; its words are gone, and the audit trail keeps that there was one.

    :raises NotTheAuthor: if someone else wrote it
    """
    note = _own_note(note_id, staff)
    _record(staff, "note.deleted", now, note.customer, note=note.pk)
    note.delete()


def _own_note(note_id: int, staff: Staff) -> Note:
    note = Note.objects.select_for_update(of=("self",)).select_related("customer").get(pk=note_id)
    if not policy.may_change_note(staff, note):
        raise NotTheAuthor(note_id)
    return note


def _known(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def apply(thing: Customer | ContactPerson | ContactPreference, fields: dict[str, Any]) -> dict[str, list[Any]]:
    """Set what differs, and tell it as field → [before, after]."""
    changed = {}
    for name, after in fields.items():
        before = getattr(thing, name)
        if before != after:
            changed[name] = [_plain(before), _plain(after)]
            setattr(thing, name, after)
    return changed


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | dict) else str(value)


def _people_changed(customer: Customer) -> None:
    customer.search = policy.search_text(customer, customer.contact_persons.all())
    customer.save(update_fields=["search"])
    mark_changed([customer.pk])


def _record(staff: Staff | None, action: str, at: datetime, customer: Customer, **detail: object) -> None:
    team.record(
        staff=staff, action=action, at=at, thing="customer", thing_id=customer.pk, label=customer.name, **detail
    )
