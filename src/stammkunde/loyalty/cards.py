"""A customer's points, on the customer's page."""

from typing import Any

from stammkunde.loyalty import queries, wording
from stammkunde.ui.cards import Asked, Card, Place

LAST = 5


def _points(asked: Asked) -> dict[str, Any] | None:
    account = queries.account_of(asked.customer.source)
    if account is None:
        return None
    return {
        "account": account,
        "balance": queries.balance(account.pk),
        "expires": queries.next_to_expire(account.pk),
        "rows": wording.rows(queries.history(account.pk)[:LAST]),
    }


CARDS = (Card(name="points", place=Place.SIDE, order=42, template="loyalty/cards/points.html", context=_points),)
