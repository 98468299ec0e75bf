"""What imports, the mirror and undo must know of products, orders and their lines."""

from django.utils.translation import gettext_lazy as _

from stammkunde.sales.layout import PRODUCT_COSTS as COSTS_LAYOUT
from stammkunde.sales.models import Line, Order, Product, ProductCost
from stammkunde.store.facts import FactTable, Held, Mirrored, Reference

PART = "orders"  # orders and their lines, month by month
COSTS = "product_costs"  # what pieces cost: lines are valued by it

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

PRODUCT_COSTS = FactTable(
    name="product_costs",
    label=_("Product costs"),
    model=ProductCost,
    references=(Reference(column="product_id", source="product_source", table="products", required=True),),
    part=COSTS,
    holds="holds_from_on",
    mirrored=Mirrored(
        key="product_cost_id",
        columns={
            "product_cost_id": "BIGINT",
            "product_id": "BIGINT",
            "holds_from_on": "INTEGER",
            "cost_e4": "BIGINT",
        },
        days=("holds_from_on",),
    ),
    layout=COSTS_LAYOUT,
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
        depends=(COSTS,),  # by their lines, which are read together with them
    ),
)

# A correction that takes pieces away is no goods given back: they were never at the customer.
_HAS_GOODS = "t.kind <> 'adjustment' OR t.quantity > 0"

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
        depends=(COSTS,),
        held=Held(
            table="product_costs",
            about="product_id",
            fills={"cost_cents": f"CASE WHEN {_HAS_GOODS} THEN round(t.quantity * h.cost_e4 / 100) END"},
        ),
    ),
)

TABLES = (PRODUCTS, PRODUCT_COSTS, ORDERS, LINES)
