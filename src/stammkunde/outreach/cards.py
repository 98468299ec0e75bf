"""By which ways a customer may be written to, and what was said, on the customer's page."""

from typing import Any

from stammkunde.customers import permissions
from stammkunde.customers import queries as customers
from stammkunde.outreach import queries, wording
from stammkunde.sales import queries as sales
from stammkunde.ui.cards import Asked, Card, Place

SAID = 6  # messages; the rest is a click away


def _ways(asked: Asked) -> dict[str, Any]:
    """Say in a line for everybody there by which way they may get offers."""
    has_bought = bool(sales.buyers(customer_ids=[asked.customer.pk]))
    matrix = customers.matrix(customer=asked.customer, people=asked.people, has_bought=has_bought, today=asked.today)
    return {"contact": [permissions.in_short(one) for one in matrix]}


def _said(asked: Asked) -> dict[str, Any]:
    rows = list(queries.of_customer(asked.customer.pk, limit=SAID))
    return {"said": [wording.told(one, now=asked.now) for one in rows]}


CARDS = (
    Card(name="ways", place=Place.SIDE, order=20, template="outreach/cards/ways.html", context=_ways),
    Card(name="said", place=Place.SIDE, order=30, template="outreach/cards/said.html", context=_said),
)
