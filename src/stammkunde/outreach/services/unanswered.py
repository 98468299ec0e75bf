"""Prospects who signed up and never answered: they go, with what was asked of them and the mails that asked."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from stammkunde.contacts.facts import CONTACTS
from stammkunde.contacts.models import Contact, Direction
from stammkunde.customers import services as customers_services
from stammkunde.customers.facts import CONSENTS, CONTACT_PERSONS
from stammkunde.customers.models import Consent, ContactPreference, Customer, OptIn
from stammkunde.customers.services.signups import ORIGIN, WITHIN
from stammkunde.loyalty.models import Account
from stammkunde.outreach.models import Message
from stammkunde.outreach.services import optins
from stammkunde.store import facts
from stammkunde.team import sealing
from stammkunde.team.models import AuditEntry

AT_ONCE = 50
OURS = (CONTACTS, CONSENTS, CONTACT_PERSONS)  # a sign-up itself makes these


def forget_unanswered(*, now: datetime) -> int:
    """
    Remove some of those who signed up and did not answer in time, and tell how many; repeating is harmless.

    Their questions stay for as long as they count for how often a mailbox is asked. Whoever has answered anything, and
    whom anybody has worked with, stays.
    """
    found = list(_free(now=now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for customer_id in found:
        _forget(customer_id, now=now)
    return len(found)


@transaction.atomic
def _forget(customer_id: int, *, now: datetime) -> None:
    """Remove one of them, unless something has happened since."""
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None or not _free(now=now).filter(pk=customer_id).exists():
        return
    for one in facts.hanging(Customer):
        if one.hold is not None:  # else none is left, or it goes below
            one.model._default_manager.filter(**{one.column: customer_id}).delete()  # noqa: SLF001
    CONTACTS.mark_rows(Contact.objects.filter(customer=customer_id))
    for rows in (Contact.objects.filter(customer=customer_id), Consent.objects.filter(customer=customer_id)):
        rows._raw_delete(using=connection.alias)  # noqa: SLF001
    OptIn.objects.filter(customer=customer_id).delete()
    customer.delete()
    customers_services.mark_changed([customer_id])
    sealing.erase(thing="customer", thing_id=customer_id, why=_("signed up and never answered"), by=None, now=now)


def _free(*, now: datetime) -> QuerySet[Customer]:
    free = Customer.objects.filter(Exists(_of(OptIn.objects.all())), source__startswith=f"{ORIGIN}:", imported_by=None)
    for keeping in _keeping(now=now):
        free = free.exclude(Exists(keeping))
    return free


def _keeping(*, now: datetime) -> Iterator[QuerySet[Any]]:
    """Give the rows that keep somebody: questions that still count, answers, and whatever else there is of them."""
    yield _of(OptIn.objects.filter(Q(created_at__gt=now - WITHIN) | Q(expires_at__gt=now)))
    yield _of(Consent.objects.exclude(state=Consent.State.ASKED))
    yield _of(Message.objects.filter(~Q(origin=optins.ORIGIN) | Q(state=Message.State.CLAIMED)))
    yield _of(Contact.objects.filter(~Q(direction=Direction.OUT) | ~Q(channel="email") | Q(staff__isnull=False)))
    asked = OptIn.objects.filter(customer=OuterRef("customer"))
    yield _of(ContactPreference.objects.exclude(changed_at__in=asked.values("created_at")))  # wishes of their own
    yield AuditEntry.objects.filter(thing="customer", thing_id=OuterRef("pk"), staff__isnull=False)
    yield Account.objects.filter(customer_source=OuterRef("source"))  # who collects points, on whatever way
    for other in facts.tables().values():
        for reference in other.references:
            if reference.table == "customers":
                rows = other.rows().filter(imported_by__isnull=False) if other in OURS else other.rows()
                yield rows.filter(**{reference.column: OuterRef("pk")})
    for one in facts.hanging(Customer):
        if one.model not in (OptIn, ContactPreference, Message):
            yield one.holding().filter(**{one.column: OuterRef("pk")})


def _of(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(customer=OuterRef("pk"))
