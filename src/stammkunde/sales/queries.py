"""What others ask about sales."""

from collections.abc import Iterable

from stammkunde.sales.models import Order

AT_ONCE = 10_000  # ids in one statement


def buyers(*, customer_ids: Iterable[int]) -> set[int]:
    """Tell who of these customers has an order that was not cancelled; one query for every ten thousand."""
    ids, found = sorted(set(customer_ids)), set[int]()
    for start in range(0, len(ids), AT_ONCE):
        orders = Order.objects.filter(customer__in=ids[start : start + AT_ONCE]).exclude(status=Order.Status.CANCELLED)
        found.update(orders.order_by().values_list("customer", flat=True).distinct())
    return found
