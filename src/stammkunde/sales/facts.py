"""What imports, the mirror and undo must know of products, orders and their lines."""

from django.utils.translation import gettext_lazy as _

from stammkunde.sales.models import Line, Order, Product
from stammkunde.store.facts import FactTable, Mirrored, Reference

PART = "orders"  # orders and their lines, month by month

PRODUCTS = FactTable(
    name="products",
    label=_("Products"),
    model=Product,
    stays={"name": "number", "kind": ""},
    part="products",
    mirrored=Mirrored(
        key="product_id",
        columns={
            "product_id": "BIGINT",
            "number": "VARCHAR",
            "name": "VARCHAR",
            "category": "VARCHAR",
            "kind": "VARCHAR",
        },
    ),
)

ORDERS = FactTable(
    name="orders",
    label=_("Orders"),
    model=Order,
    references=(Reference(column="customer_id", source="customer_source", table="customers", required=False),),
    part=PART,
    month_of="ordered_on",
    mirrored=Mirrored(
        key="order_id",
        columns={
            "order_id": "BIGINT",
            "customer_id": "BIGINT",
            "ordered_on": "INTEGER",
            "ordered_month": "INTEGER",
            "promised_on": "INTEGER",
            "delivered_on": "INTEGER",
            "status": "VARCHAR",
            "channel": "VARCHAR",
            "shipping_cents": "BIGINT",
            "shipping_cost_cents": "BIGINT",
        },
        days=("ordered_on", "promised_on", "delivered_on"),
    ),
)

LINES = FactTable(
    name="lines",
    label=_("Lines"),
    model=Line,
    match=("order_id", "key"),
    references=(
        Reference(column="order_id", source="order_source", table="orders", required=True),
        Reference(column="product_id", source="product_source", table="products", required=False),
    ),
    part=PART,
    within="order_id",
    mirrored=Mirrored(
        key="",
        columns={
            "order_id": "BIGINT",
            "customer_id": "BIGINT",
            "product_id": "BIGINT",
            "ordered_on": "INTEGER",
            "ordered_month": "INTEGER",
            "channel": "VARCHAR",
            "kind": "VARCHAR",
            "quantity": "DOUBLE",
            "revenue_cents": "BIGINT",
            "cost_cents": "BIGINT",
        },
        takes=("customer_id", "ordered_on", "ordered_month", "channel"),
        unless="o.status = 'cancelled'",
        total="revenue_cents",
    ),
)

TABLES = (PRODUCTS, ORDERS, LINES)
