"""What figures tell messages about a customer: purchases, the last day, what is bought most."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from stammkunde.outreach.knowing import Knowing
from stammkunde.signals import queries

_HAVE = {
    "product": Q(last_on__isnull=False),
    "last_purchase": Q(last_on__isnull=False),
    "purchases": Q(purchase_days__gt=0),
    "category": ~Q(favourite_category=""),
}


def _about(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {
        one.customer_id: {
            "category": one.favourite_category,
            "last_on": one.last_on,
            "purchases": one.purchase_days,
            "since_on": one.first_on,
        }
        for one in queries.signals().filter(customer__in=ids)
    }


def _count(fields: Collection[str]) -> dict[str, int]:
    return queries.signals().aggregate(**{name: Count("pk", filter=_HAVE[name]) for name in sorted(fields)})


def _since(day: date) -> QuerySet[Any]:
    return queries.signals().filter(first_on__lte=day).values("customer")


FIELDS = (Knowing(fields=frozenset(_HAVE), about=_about, count=_count, since=_since),)
