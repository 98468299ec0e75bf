"""What a customer orders, and likes to, on the customer's page."""

from typing import Any

from stammkunde.sales import history
from stammkunde.ui.cards import Asked, Card, Place


def _orders(asked: Asked) -> dict[str, Any]:
    return {
        "orders": history.orders(asked.customer.pk, place=asked.request.GET.get("orders", "")),
        "service": asked.once(history.service, asked.customer.pk),
    }


def _favourites(asked: Asked) -> dict[str, Any] | None:
    products = history.favourite_products(asked.customer.pk)
    categories = history.favourite_categories(asked.customer.pk)
    return {"products": products, "categories": categories} if products or categories else None


CARDS = (
    Card(name="orders", place=Place.MAIN, order=30, template="sales/cards/orders.html", context=_orders),
    Card(name="favourites", place=Place.SIDE, order=40, template="sales/cards/favourites.html", context=_favourites),
)
