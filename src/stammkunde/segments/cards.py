"""The groups that a customer is in, on the customer's page."""

from typing import Any

from stammkunde.segments import membership
from stammkunde.team import policy
from stammkunde.ui.cards import Asked, Card, Place


def _groups(asked: Asked) -> dict[str, Any] | None:
    """List the groups that she is in; nothing to show where there is none."""
    groups = membership.of_customer(asked.customer.pk)
    return {"groups": groups} if groups else None


CARDS = (
    Card(
        name="groups",
        place=Place.SIDE,
        order=45,
        template="segments/cards/groups.html",
        context=_groups,
        right=policy.FIGURES_VIEW,
    ),
)
