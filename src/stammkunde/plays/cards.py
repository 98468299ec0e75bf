"""In which measures a customer is or was, and what comes next, on the customer's page."""

from typing import Any

from stammkunde.plays.measures import told
from stammkunde.team import policy
from stammkunde.ui.cards import Asked, Card, Place


def _measures(asked: Asked) -> dict[str, Any] | None:
    """Tell of her measures; nothing to show where there is none."""
    found, more = told.of_customer(asked.customer.pk, sees_arms=asked.may(policy.MESSAGES_SEND))
    return {"measures": found, "more": more} if found else None


CARDS = (Card(name="measures", place=Place.SIDE, order=35, template="plays/cards/measures.html", context=_measures),)
