"""What points must hear of facts: whose orders have changed."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from stammkunde.loyalty.models import Account
from stammkunde.store.facts import FactTable

_TO_CUSTOMER = {
    "customers": "source",
    "products": "lines__order__customer__source",
    "orders": "customer__source",
    "lines": "order__customer__source",
}


def note(table: FactTable, rows: "QuerySet[Any]") -> None:
    """Note whose account waits for these rows, in one statement; inside the caller's transaction."""
    way = _TO_CUSTOMER.get(table.name)
    if way is None or not Account.objects.exists():
        return
    whose = rows.order_by().exclude(**{f"{way}": None}).values(way)
    waiting = Account.objects.filter(customer_source__in=whose).order_by().values("pk")
    sql, given = waiting.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO loyalty_waiting (account_id) {sql}", given)


HEARS = (note,)
