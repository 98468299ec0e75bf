"""What happened with a customer, from every app, as one card of the customer's page."""

from typing import Any

from stammkunde.customers import queries as customers
from stammkunde.customers.models import Customer
from stammkunde.ui import moments
from stammkunde.ui.asking import Asker
from stammkunde.ui.cards import Asked, Card, Place


def timeline(request: Asker, customer: Customer) -> dict[str, Any]:
    found = moments.timeline(customer.pk, place=request.GET.get("timeline", ""))
    reads = customers.may_read_notes(request.user, customer)
    return {"timeline": {"events": found.worded(request), "next_place": found.next_place}, "reads_notes": reads}


def _timeline(asked: Asked) -> dict[str, Any]:
    return timeline(asked.request, asked.customer)


CARDS = (Card(name="timeline", place=Place.MAIN, order=90, template="home/customer_moments.html", context=_timeline),)
