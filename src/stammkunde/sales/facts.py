"""What imports, the mirror and undo must know of products, orders and their lines."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.sales.layout import PRODUCT_COSTS as COSTS_LAYOUT
from stammkunde.sales.models import Line, Order, Product, ProductCost, Returned
from stammkunde.sales.returned import note
from stammkunde.store.facts import GOES, Asked, AskedRows, FactTable, Hanging, Held, Mirrored, Reference

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

# What makes an order a purchase: it has a line that is a sale. Returns are lines of their own, of whatever order.
_PURCHASES = (
    "SELECT order_id, sum(revenue_cents)::BIGINT AS revenue_cents, sum(discount_cents)::BIGINT AS discount_cents, "
    "sum(quantity) AS quantity FROM {lines} WHERE kind = 'sale' GROUP BY order_id"
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
    asked=(
        Asked(name="revenue", label=_("Revenue"), kind="cents", read="l.revenue_cents"),
        Asked(name="discount", label=_("Discount"), kind="cents", read="l.discount_cents"),
        Asked(name="quantity", label=_("Pieces"), kind="real", read="l.quantity"),
        Asked(name="channel", label=_("Channel")),
        Asked(name="status", label=_("Status"), choices=Order.Status.choices, history=False),
        Asked(name="promised", label=_("Delivery promised"), kind="day", read="t.promised_on", history=False),
        Asked(name="delivered", label=_("Delivered"), kind="day", read="t.delivered_on", history=False),
        Asked(
            name="late",
            label=_("Delivered late"),
            kind="flag",
            read="t.delivered_on > t.promised_on",
            history=False,
        ),
        Asked(name="shipping", label=_("Shipping paid by the customer"), kind="cents", read="t.shipping_cents"),
    ),
    asked_rows=AskedRows(join=f"JOIN ({_PURCHASES}) l USING (order_id)", only="t.status <> 'cancelled'"),
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
    retired="retired_by",
    itemised="product_id",
    counting=Q(retired_by=None) & ~Q(order__status=Order.Status.CANCELLED),
    mirrored=Mirrored(
        key="line_id",
        columns={
            "line_id": "BIGINT",
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
            "discount_cents": "BIGINT",
        },
        takes=("customer_id", "ordered_on", "ordered_month", "channel"),
        only="t.retired_by IS NULL",
        unless="o.status = 'cancelled'",
        total="revenue_cents",
        depends=(COSTS,),
        held=Held(
            table="product_costs",
            about="product_id",
            fills={"cost_cents": f"CASE WHEN {_HAS_GOODS} THEN round(t.quantity * h.cost_e4 / 100) END"},
        ),
    ),
    asked=(
        Asked(name="kind", label=_("Kind"), choices=Line.Kind.choices),
        Asked(name="category", label=_("Product group"), read="p.category"),
        Asked(name="product_number", label=_("Product number"), read="p.number"),
        Asked(name="product", label=_("Product"), read="p.name"),
        Asked(name="product_kind", label=_("Kind of product"), read="p.kind", choices=Product.Kind.choices),
        Asked(name="quantity", label=_("Pieces"), kind="real"),
        Asked(name="revenue", label=_("Revenue"), kind="cents", read="t.revenue_cents"),
        Asked(name="discount", label=_("Discount"), kind="cents", read="t.discount_cents"),
        Asked(name="channel", label=_("Channel")),
    ),
    asked_rows=AskedRows(join="LEFT JOIN {products} p USING (product_id)"),
)

TABLES = (PRODUCTS, PRODUCT_COSTS, ORDERS, LINES)
HANGING = (
    Hanging(model=Returned, column="back", label=_("Returns"), hold=GOES),
    Hanging(model=Returned, column="sold", label=_("Returns"), hold=GOES),
)
HEARS = (note,)
