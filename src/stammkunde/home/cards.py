"""What happened with a customer, from every app, as one card of the customer's page."""

from typing import Any

from django.http import HttpRequest

from stammkunde.ui import moments
from stammkunde.ui.cards import Asked, Card, Place


def timeline(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    found = moments.timeline(customer_id, place=request.GET.get("timeline", ""))
    return {"timeline": {"events": found.worded(request), "next_place": found.next_place}}


def _timeline(asked: Asked) -> dict[str, Any]:
    return timeline(asked.request, asked.customer.pk)


CARDS = (Card(name="timeline", place=Place.MAIN, order=90, template="home/customer_moments.html", context=_timeline),)
