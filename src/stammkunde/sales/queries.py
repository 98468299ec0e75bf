"""What others ask about sales."""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Subquery

from stammkunde.customers.models import Customer
from stammkunde.sales.history import SOLD
from stammkunde.sales.models import Line, Order

AT_ONCE = 10_000  # ids in one statement


def buyers(*, customer_ids: Iterable[int]) -> set[int]:
    """Tell who of these has bought: neither cancelled nor only given back; one query for every ten thousand."""
    ids, found = sorted(set(customer_ids)), set[int]()
    sold = Line.objects.filter(SOLD, order=OuterRef("pk"))
    for start in range(0, len(ids), AT_ONCE):
        orders = Order.objects.filter(Exists(sold), customer__in=ids[start : start + AT_ONCE])
        orders = orders.exclude(status=Order.Status.CANCELLED)
        found.update(orders.order_by().values_list("customer", flat=True).distinct())
    return found


def last_products(customer_ids: Collection[int]) -> dict[int, str]:
    """Name the product on which each spent most in the last order that had one; one query."""
    lines = Line.objects.filter(SOLD, order__customer=OuterRef("pk"), product__kind="product")
    lines = lines.exclude(order__status=Order.Status.CANCELLED)
    latest = lines.order_by("-order__ordered_at", "-revenue_cents", "pk").values("product__name")[:1]
    found = Customer.objects.filter(pk__in=customer_ids).annotate(bought=Subquery(latest))
    return {pk: name or "" for pk, name in found.values_list("pk", "bought")}
