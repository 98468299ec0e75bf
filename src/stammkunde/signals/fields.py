"""What figures tell messages about a customer: purchases, the last day, what is bought most, for how long."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import Customer
from stammkunde.outreach.content import Field
from stammkunde.outreach.knowing import Knowing
from stammkunde.sales import queries as sales
from stammkunde.signals import queries
from stammkunde.signals.models import CustomerSignal
from stammkunde.ui import writing

_HAVE = {
    "product": Q(last_on__isnull=False),
    "last_purchase": Q(last_on__isnull=False),
    "purchases": Q(purchase_days__gt=0),
    "category": ~Q(favourite_category=""),
}
_A_YEAR = timedelta(days=366)


def _about(customers: Mapping[int, Customer], fields: Collection[str], today: date) -> dict[int, dict[str, Any]]:
    signals = {one.customer_id: one for one in queries.signals().filter(customer__in=customers)}
    products = sales.last_products(customers) if "product" in fields else {}
    return {
        pk: _of_signal(signals.get(pk)) | {"product": products.get(pk, ""), "years": _years(customer.since_on, today)}
        for pk, customer in customers.items()
    }


def _of_signal(signal: CustomerSignal | None) -> dict[str, Any]:
    if signal is None:
        return {}
    return {
        "category": signal.favourite_category,
        "last_purchase": signal.last_on,
        "purchases": signal.purchase_days,
    }


def _years(since_on: date | None, today: date) -> int:
    """Count whole years since the day that the record says: the first purchase known need not be the first."""
    if since_on is None:
        return 0
    return max(today.year - since_on.year - ((today.month, today.day) < (since_on.month, since_on.day)), 0)


def _count(fields: Collection[str], today: date) -> dict[str, int]:
    of_signals = {name: Count("pk", filter=_HAVE[name]) for name in sorted(fields & _HAVE.keys())}
    found: dict[str, int] = queries.signals().aggregate(**of_signals) if of_signals else {}
    return found | ({"years": _count_of_years(today)} if "years" in fields else {})


def _count_of_years(today: date) -> int:
    return Customer.objects.filter(since_on__lte=today - _A_YEAR).count()


FIELDS = (
    Knowing(
        fields=(
            Field(name="product", shown=pgettext_lazy("field", "product"), words=_("product bought last"), order=90),
            Field(name="category", shown=pgettext_lazy("field", "category"), words=_("favourite category"), order=100),
            Field(
                name="last_purchase",
                shown=pgettext_lazy("field", "last_purchase"),
                words=_("day of the last purchase"),
                order=110,
                said=writing.day,
            ),
            Field(
                name="purchases", shown=pgettext_lazy("field", "purchases"), words=_("number of purchases"), order=120
            ),
            Field(name="years", shown=pgettext_lazy("field", "years"), words=_("whole years as a customer"), order=130),
        ),
        about=_about,
        count=_count,
    ),
)
