"""What a customer is on record with, on the customer's page."""

from typing import Any

from stammkunde.ui.cards import Asked, Card, Place


def _master(_asked: Asked) -> dict[str, Any]:
    return {}  # all of it stands in the customer


CARDS = (Card(name="master", place=Place.SIDE, order=90, template="customers/cards/master.html", context=_master),)
