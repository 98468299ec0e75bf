"""What points must hear of facts: whose orders have changed."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from stammkunde.loyalty.models import Account
from stammkunde.sales.models import Order
from stammkunde.store.facts import FactTable

_TO_CUSTOMER = {
    "customers": "source",
    "products": "lines__order__customer__source",
    "orders": "customer__source",
    "lines": "order__customer__source",
}


def note(table: FactTable, rows: "QuerySet[Any]", *, going: bool = False) -> None:  # noqa: ARG001 (others need to know)
    """Note whose account waits for these rows, in one statement; inside the caller's transaction."""
    way = _TO_CUSTOMER.get(table.name)
    if way is None or not Account.objects.exists():
        return
    whose = Q(customer_source__in=rows.order_by().exclude(**{f"{way}": None}).values(way))
    if table.name == "lines":  # what a guest gives back of a customer's order
        named = rows.order_by().filter(order__customer=None).exclude(of_order=None).values("of_order")
        whose |= Q(customer_source__in=Order.objects.filter(source__in=named).values("customer__source"))
    waiting = Account.objects.filter(whose).order_by().values("pk")
    sql, given = waiting.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO loyalty_waiting (account_id) {sql}", given)


HEARS = (note,)
