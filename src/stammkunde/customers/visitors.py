"""Who opens a link that was sent to a customer, and which language to speak with them."""

from contextlib import AbstractContextManager

from django.http import HttpRequest

from stammkunde.customers import queries
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.team import public
from stammkunde.ui.links import BadLink


def recipient(customer_id: int, contact_person_id: int | None) -> tuple[Customer, ContactPerson | None]:
    """
    Find who opened a link.

    :raises BadLink: if they are no longer there
    """
    customer = Customer.objects.select_related("owner").filter(pk=customer_id).first()
    if customer is None:
        raise BadLink
    if contact_person_id is None:
        return customer, None
    person = ContactPerson.objects.filter(pk=contact_person_id, customer=customer).first()
    if person is None:
        raise BadLink
    return customer, person


def speaking(request: HttpRequest, customer: Customer, person: ContactPerson | None) -> AbstractContextManager[None]:
    """Speak what `?language=` asks for, else their language, else our own."""
    return public.speaking(request, queries.language(customer=customer, person=person))
