"""What others ask about sales."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from stammkunde.customers.models import Customer
from stammkunde.sales.history import GIVEN_BACK, NOT_CANCELLED, SOLD
from stammkunde.sales.models import Line, Order, Returned

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


def by_month(*, origin: str, first: date, last: date) -> list[dict[str, Any]]:
    """Add up an origin's orders that took place, by the month of their day: how many, pieces, and net cents."""
    theirs = {"source__startswith": f"{origin}:", "ordered_on__range": (first, last)}
    orders = Order.objects.filter(**theirs).exclude(status=Order.Status.CANCELLED).order_by()
    counted = orders.values(month=TruncMonth("ordered_on")).annotate(n=Count("pk")).values_list("month", "n")
    lines = Line.objects.filter(NOT_CANCELLED, **{f"order__{name}": value for name, value in theirs.items()}).order_by()
    summed = lines.values(month=TruncMonth("order__ordered_on")).annotate(
        net=Sum("revenue_cents"), pieces=Sum("quantity")
    )
    sums = {on: (net, pieces) for on, net, pieces in summed.values_list("month", "net", "pieces")}
    nothing = (0, 0.0)
    return [
        {
            "month": f"{on:%Y-%m}",
            "documents": n,
            "quantity": sums.get(on, nothing)[1],
            "net": sums.get(on, nothing)[0],
        }
        for on, n in sorted(counted)
    ]


def last_products(customer_ids: Collection[int]) -> dict[int, str]:
    """Name the product on which each spent most in the last order that had one; one query."""
    lines = Line.objects.filter(SOLD, order__customer=OuterRef("pk"), product__kind="product")
    lines = lines.exclude(order__status=Order.Status.CANCELLED)
    latest = lines.order_by("-order__ordered_at", "-revenue_cents", "pk").values("product__name")[:1]
    found = Customer.objects.filter(pk__in=customer_ids).annotate(bought=Subquery(latest))
    return {pk: name or "" for pk, name in found.values_list("pk", "bought")}


def without_purchase() -> "QuerySet[Returned]":
    """Give what came back and no purchase was found for."""
    rows = Returned.objects.filter(found=Returned.Found.NOTHING)
    return rows.select_related("back__order__customer", "back__product")


def bought_with(back: Line) -> "QuerySet[Returned]":
    """Give with which purchases something was bought that came back, as far as they are found."""
    return back.bought_with.exclude(sold=None).select_related("sold__order", "sold__product").order_by("pk")


def given_back() -> "QuerySet[Line]":
    """Give what came back of orders that took place."""
    rows = Line.objects.filter(NOT_CANCELLED, kind__in=GIVEN_BACK)
    return rows.select_related("order__customer", "product")


def candidates(back: Line, *, search: str) -> "QuerySet[Line]":
    """
    Give with what something may have been bought that came back: of a customer, or under a guest's order number.

    What was bought on a later day cannot be what came back.
    """
    sold = Line.objects.filter(NOT_CANCELLED, SOLD, order__ordered_on__lte=back.order.ordered_on)
    sold = sold.select_related("order", "product")
    if back.order.customer_id is None:
        return sold.filter(order__number=search) if search else sold.none()
    sold = sold.filter(order__customer=back.order.customer_id)
    if search:
        words = Q(product__name__icontains=search) | Q(product__number__iexact=search)
        sold = sold.filter(words | Q(order__number__iexact=search))
    return sold
