"""Orders on a customer's timeline."""

from django.db.models import Q, QuerySet, Sum

from stammkunde.sales import history
from stammkunde.sales.models import Order
from stammkunde.ui.moments import Moments


def _orders(customer_id: int) -> QuerySet[Order]:
    back = Sum("lines__revenue_cents", filter=Q(lines__kind__in=history.GIVEN_BACK))
    orders = Order.objects.filter(customer=customer_id)
    return orders.annotate(cents=Sum("lines__revenue_cents"), given_back=back)


MOMENTS = (Moments(kind="order", order=0, rows=_orders, moment="ordered_at", template="sales/moment.html"),)
