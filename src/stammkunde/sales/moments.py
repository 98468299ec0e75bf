"""Orders on a customer's timeline."""

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from stammkunde.sales import history
from stammkunde.sales.models import Line, Order
from stammkunde.ui.moments import Moments


def _orders(customer_id: int) -> QuerySet[Order]:
    """Give the orders with their sums, each asked for by itself: of thousands, a few are shown."""
    orders = Order.objects.filter(customer=customer_id)
    return orders.annotate(cents=_sum(Q()), given_back=_sum(Q(kind__in=history.GIVEN_BACK)))


def _sum(of: Q) -> Subquery:
    lines = Line.objects.filter(of, order=OuterRef("pk")).order_by().values("order")
    return Subquery(lines.annotate(cents=Sum("revenue_cents")).values("cents"))


MOMENTS = (Moments(kind="order", order=0, rows=_orders, moment="ordered_at", template="sales/moment.html"),)
