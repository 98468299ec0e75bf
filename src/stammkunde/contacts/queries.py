"""Reading contacts: of one customer, and for whoever must know how often somebody was contacted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from stammkunde.contacts.models import Contact, Direction, Outcome, Way
from stammkunde.customers.models import ContactPerson

YEAR = timedelta(days=365)
OF_BOTH_SIDES = Q(direction=Direction.IN) | Q(channel__in=[Way.PHONE, Way.MEETING], outcome=Outcome.REACHED)
_TALKED = Q(contacts__channel__in=[Way.PHONE, Way.MEETING], contacts__outcome=Outcome.REACHED)
TOOK_PART = Q(contacts__direction=Direction.IN) | _TALKED  # what we sent may be unread; the mirror says it again


def of_customer(customer_id: int) -> QuerySet[Contact]:
    """Give a customer's contacts that count, latest first."""
    standing = Contact.objects.standing().filter(customer=customer_id)
    return standing.select_related("contact_person", "staff").order_by("-happened_at", "-pk")


def slots(
    customer_ids: Collection[int], *, since: datetime, others_since: datetime | None = None
) -> list[tuple[int, int | None, datetime, bool]]:
    """
    Give the contacts by which we reached customers: (customer, contact person, moment, whether it counts for caps).

    Those that count for how often somebody may be contacted are given since one moment, the others since another.
    """
    asked = Q(takes_slot=True, happened_at__gt=since)
    if others_since is not None:
        others = Q(takes_slot=False, direction=Direction.OUT, happened_at__gt=others_since)
        asked |= others & ~Q(outcome=Outcome.NOT_REACHED)
    rows = Contact.objects.standing().filter(asked, customer__in=customer_ids)
    return list(rows.values_list("customer_id", "contact_person_id", "happened_at", "takes_slot"))


def on_the_phone(
    customer_ids: Collection[int], *, since: datetime, until: datetime
) -> list[tuple[int, datetime, bool]]:
    """Give the calls with customers: whose, when, and whether somebody was reached; who calls us is reached."""
    if not customer_ids:
        return []
    rows = Contact.objects.standing().filter(customer__in=customer_ids, channel=Way.PHONE)
    rows = rows.filter(happened_at__gt=since, happened_at__lte=until)
    reached = rows.annotate(reached=Q(direction=Direction.IN) | Q(outcome=Outcome.REACHED))
    return list(reached.values_list("customer_id", "happened_at", "reached"))


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How many people at a customer were reached within a year, of how many that are known (R-K2)."""

    people: int
    reached: int
    only: str = ""  # the name of the one on whom all hangs
    last_at: datetime | None = None

    @property
    def hangs_on_one(self) -> bool:
        return self.people > 1 and self.reached == 1


def reached(customer_id: int, *, now: datetime) -> Reached:
    """Count the people at a customer with whom somebody spoke, or who wrote, within a year; not whom we wrote to."""
    counts = Q(contacts__voids=None, contacts__voided_by=None, contacts__happened_at__range=(now - YEAR, now))
    people = ContactPerson.objects.filter(customer=customer_id).annotate(
        times=Count("contacts", filter=TOOK_PART & counts),
        last_at=Max("contacts__happened_at", filter=TOOK_PART & counts),
    )
    known = list(people)
    met = [one for one in known if one.times]
    return Reached(
        people=len(known),
        reached=len(met),
        only=str(met[0]) if len(met) == 1 else "",
        last_at=max((one.last_at for one in met), default=None),
    )
