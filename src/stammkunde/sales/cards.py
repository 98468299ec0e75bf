"""What a customer likes to buy, on the customer's page."""

from typing import Any

from stammkunde.sales import history
from stammkunde.ui.cards import Asked, Card, Place


def _favourites(asked: Asked) -> dict[str, Any] | None:
    products = history.favourite_products(asked.customer.pk)
    categories = history.favourite_categories(asked.customer.pk)
    return {"products": products, "categories": categories} if products or categories else None


CARDS = (
    Card(name="favourites", place=Place.SIDE, order=40, template="sales/cards/favourites.html", context=_favourites),
)
