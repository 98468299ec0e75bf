"""A customer's points, on the customer's page."""

from typing import Any

from stammkunde.loyalty import listing, queries, wording
from stammkunde.ui.cards import Asked, Card, Place

LAST = 5
READ = 60  # rows: what was booked at once about an order is one


def _points(asked: Asked) -> dict[str, Any] | None:
    account = queries.account_of(asked.customer.source)
    if account is None:
        return {"customer": asked.customer} if listing.is_there_a_rule() else None
    return {
        "customer": asked.customer,
        "account": account,
        "balance": queries.balance(account.pk),
        "expires": queries.next_to_expire(account.pk),
        "rows": wording.in_brief(queries.history(account.pk)[:READ])[:LAST],
    }


CARDS = (Card(name="points", place=Place.SIDE, order=42, template="loyalty/cards/points.html", context=_points),)
