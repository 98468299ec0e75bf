"""What one customer bought, and how we served them: in a fixed number of queries, however much it was."""

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round

from stammkunde.sales.models import Line, Order, ProductCost
from stammkunde.ui import lists

ORDERS_PAGE = 10


MOST_FAVOURITES = 5


NOT_CANCELLED = ~Q(order__status=Order.Status.CANCELLED)


SOLD = Q(kind=Line.Kind.SALE)  # quantity and revenue are above zero then; what only gives back is no order


HAS_GOODS = ~Q(kind=Line.Kind.ADJUSTMENT) | Q(quantity__gt=0)  # as `facts.LINES` says in the engine's words


GIVEN_BACK = (Line.Kind.RETURN, Line.Kind.CANCELLATION)


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    orders: list[Order]  # each with `all_lines`, `revenue_cents` and `given_back_cents`
    next_place: str = ""


def orders(customer_id: int, *, place: str = "", size: int = ORDERS_PAGE) -> OrderPage:
    """Give a page of orders, latest first, with their lines; cancelled orders are shown and count nothing."""
    lines = valued(Line.objects.select_related("product").order_by("pk"))
    found = Order.objects.filter(customer=customer_id)
    found = found.prefetch_related(Prefetch("lines", queryset=lines, to_attr="all_lines"))
    latest_first = [lists.Stretch(rows=found, column="ordered_at", descending=True, key_descends=True)]
    try:
        page = lists.one_page(latest_first, after=place, size=size)
    except lists.NoPlace:
        page = lists.one_page(latest_first, size=size)
    for order in page.rows:
        order.revenue_cents = sum(line.revenue_cents for line in order.all_lines)
        for line in order.all_lines:
            line.margin_cents = None if line.goods_cents is None else line.revenue_cents - line.goods_cents
        order.given_back_cents = sum(line.revenue_cents for line in order.all_lines if line.kind in GIVEN_BACK)
    return OrderPage(orders=page.rows, next_place=page.after)


@dataclass(frozen=True, kw_only=True)
class Purchase:
    on: date
    revenue_cents: int


def purchases(customer_id: int) -> list[Purchase]:
    """Give the days with a sale, oldest first, with what was sold."""
    days = (
        lines(customer_id)
        .filter(SOLD)
        .values_list("order__ordered_on")
        .annotate(Sum("revenue_cents"))
        .order_by("order__ordered_on")
    )
    return [Purchase(on=on, revenue_cents=cents) for on, cents in days]


@dataclass(frozen=True, kw_only=True)
class Favourite:
    name: str
    revenue_cents: int
    days: int  # on how many days it was bought
    product_id: int | None = None


def favourite_products(customer_id: int) -> list[Favourite]:
    sold = lines(customer_id).filter(SOLD, product__kind="product")
    rows = sold.values("product", "product__name").annotate(cents=Sum("revenue_cents"), days=_DAYS)
    return [
        Favourite(name=row["product__name"], revenue_cents=row["cents"], days=row["days"], product_id=row["product"])
        for row in rows.order_by("-days", "-cents", "product")[:MOST_FAVOURITES]
    ]


def favourite_categories(customer_id: int) -> list[Favourite]:
    sold = lines(customer_id).filter(SOLD, product__kind="product").exclude(product__category="")
    rows = sold.values("product__category").annotate(cents=Sum("revenue_cents"), days=_DAYS)
    return [
        Favourite(name=row["product__category"], revenue_cents=row["cents"], days=row["days"])
        for row in rows.order_by("-cents", "product__category")[:MOST_FAVOURITES]
    ]


_DAYS = Count("order__ordered_on", distinct=True)


@dataclass(frozen=True, kw_only=True)
class Service:
    """How we served this customer: what was late, what came back."""

    promised: int
    late: int
    returned_lines: int
    returned_cents: int


def service(customer_id: int) -> Service:
    late = Q(delivered_on__gt=F("promised_on"))
    deliveries = (
        Order.objects.filter(customer=customer_id)
        .exclude(status=Order.Status.CANCELLED)
        .aggregate(
            promised=Count("pk", filter=Q(promised_on__isnull=False, delivered_on__isnull=False)),
            late=Count("pk", filter=late),
        )
    )
    back = lines(customer_id).filter(kind__in=GIVEN_BACK).aggregate(lines=Count("pk"), cents=Sum("revenue_cents"))
    return Service(**deliveries, returned_lines=back["lines"], returned_cents=-(back["cents"] or 0))


def lines(customer_id: int) -> QuerySet[Line]:
    return Line.objects.filter(NOT_CANCELLED, order__customer=customer_id).order_by()


def valued(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Add `goods_cents`, what the goods of a line cost: as it says itself, else as its product did on its day."""
    known = ProductCost.objects.filter(product=OuterRef("product"))
    held = known.filter(holds_from_on__lte=OuterRef("order__ordered_on")).order_by("-holds_from_on", "-pk")
    piece = Coalesce(*(Subquery(rows.values("cost_e4")[:1]) for rows in (held, known.order_by("holds_from_on", "pk"))))
    of_product = Case(When(HAS_GOODS, then=ExpressionWrapper(F("quantity") * piece / 100.0, output_field=FloatField())))
    exact = Round(Cast(of_product, DecimalField(max_digits=30, decimal_places=6)))
    return lines.annotate(goods_cents=Coalesce(F("cost_cents"), Cast(exact, BigIntegerField())))
