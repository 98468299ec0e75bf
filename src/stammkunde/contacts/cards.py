"""The people at a customer, on the customer's page: who they are, what matters to them, and who was reached."""

from typing import Any

from stammkunde.contacts import queries
from stammkunde.customers import policy
from stammkunde.customers import queries as customers
from stammkunde.ui.cards import Asked, Card, Place


def _people(asked: Asked) -> dict[str, Any]:
    return {
        "hangs_on_one": policy.hangs_on_one(asked.customer, asked.people),
        "matters": customers.matters_to_customer(asked.customer.pk),
        "reached": queries.reached(asked.customer.pk, now=asked.now),
    }


CARDS = (Card(name="people", place=Place.SIDE, order=10, template="contacts/cards/people.html", context=_people),)
