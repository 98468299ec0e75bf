"""Who speaks with a customer: whom the customer chose, or else who looks after her (R-K4)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from stammkunde.customers.models import ContactPreference, Customer
from stammkunde.customers.queries import Recipient
from stammkunde.team import queries as team
from stammkunde.team.models import Staff


def of(recipients: Iterable[Recipient]) -> dict[Recipient, int | None]:
    """
    Tell who is asked to speak with whom; two queries, whatever their number.

    Whom the person chose comes before whom the customer chose, and both before who looks after the customer. Who has
    left, or does not work tasks, is asked for nothing.
    """
    wanted = list(recipients)
    ids = {customer_id for customer_id, _person in wanted}
    chosen: dict[Recipient, int | None] = {
        (customer_id, person_id): staff_id
        for customer_id, person_id, staff_id in _choices()
        .filter(customer__in=ids)
        .values_list("customer_id", "contact_person_id", "preferred_staff_id")
    }
    owners = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "owner_id"))
    return {one: chosen.get(one) or chosen.get((one[0], None)) or owners.get(one[0]) for one in wanted}


def customers_of(staff: Staff) -> QuerySet[Customer, int]:
    """Give the numbers of the customers whom somebody is asked to speak with."""
    of_others = _choices().filter(contact_person=None).exclude(preferred_staff=staff).values("customer")
    own = Customer.objects.filter(owner=staff).exclude(pk__in=of_others).order_by().values_list("pk", flat=True)
    return own.union(_choices().filter(preferred_staff=staff).order_by().values_list("customer_id", flat=True))


def has_customers(staff: Staff) -> bool:
    """Tell whether somebody looks after anybody, or was chosen by anybody."""
    return Customer.objects.filter(owner=staff).exists() or _choices().filter(preferred_staff=staff).exists()


def _choices() -> QuerySet[ContactPreference]:
    return ContactPreference.objects.filter(preferred_staff__in=team.workers().order_by().values("pk"))
