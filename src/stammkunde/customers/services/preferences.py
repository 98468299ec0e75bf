"""What customers wish, noted by us or said by themselves."""

from datetime import datetime
from typing import Any

from django.db import transaction

from stammkunde.customers.models import ContactPerson, ContactPreference, Customer
from stammkunde.customers.services.consents import Recipient, lock
from stammkunde.customers.services.records import apply
from stammkunde.store import touched
from stammkunde.team import services as team
from stammkunde.team.models import Staff

PREFERENCE_FIELDS = (
    "language",
    "form",
    "tone",
    "channels",
    "topics",
    "max_contacts",
    "per_days",
    "paused_until_on",
    "call_from",
    "call_until",
    "call_weekdays",
    "preferred_staff",
    "payment",
    "delivery",
    "email_from_sale",
)


@transaction.atomic
def change_preference(
    *, recipient: Recipient, fields: dict[str, Any], changed_at: datetime, staff: Staff | None
) -> ContactPreference:
    """
    Keep what somebody wishes; without `staff` they said so themselves. Repeating changes nothing and leaves no trace.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer, person = lock(recipient)
    preference = _find(customer, person)
    changed = apply(preference, {name: fields[name] for name in PREFERENCE_FIELDS if name in fields})
    if changed:
        preference.origin = ContactPreference.Origin.STAFF if staff else ContactPreference.Origin.CUSTOMER
        preference.changed_by, preference.changed_at = staff, changed_at
        preference.save()
        touched.note_moved([customer.pk])
        _record(customer, person, "preference.changed", at=changed_at, staff=staff, changed=changed)
    return preference


@transaction.atomic
def revoke_links(*, recipient: Recipient, now: datetime, staff: Staff) -> None:
    """
    Let every link to somebody's preference page, and to confirm something, lead nowhere; new ones can be made at once.

    Links to unsubscribe still end what they name, and nothing else: nobody may be kept from that.

    :raises PersonElsewhere: if the contact person belongs to another customer
    """
    customer, person = lock(recipient)
    preference = _find(customer, person)
    preference.link_version += 1
    preference.links_revoked_at = now
    preference.changed_at = preference.changed_at or now
    preference.save()
    _record(customer, person, "preference.links_revoked", at=now, staff=staff)


def _find(customer: Customer, person: ContactPerson | None) -> ContactPreference:
    whose = {"customer": customer, "contact_person": person}
    return ContactPreference.objects.filter(**whose).first() or ContactPreference(**whose)


def _record(
    customer: Customer,
    person: ContactPerson | None,
    action: str,
    *,
    at: datetime,
    staff: Staff | None,
    **detail: object,
) -> None:
    team.record(
        staff=staff,
        action=action,
        at=at,
        thing="customer",
        thing_id=customer.pk,
        label=customer.name,
        person=str(person or ""),
        **detail,
    )
