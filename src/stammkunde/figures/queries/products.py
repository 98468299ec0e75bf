"""What the product pages read: what sells, what earns, who buys it, and what brings customers back."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import Customer
from stammkunde.figures.plots import Plot
from stammkunde.figures.queries import overview_plots
from stammkunde.insight import periods
from stammkunde.insight.comeback import Comeback
from stammkunde.sales.models import Product
from stammkunde.segments.selection import Selection, short_name
from stammkunde.signals import answers, margins
from stammkunde.signals.models import Generation
from stammkunde.team.policy import Sight
from stammkunde.ui.tables import Column

ROWS = 50
MOST_ROWS = 1000
BEST = 5
BEST_BUYERS = 10
LEAST_BUYERS = 10  # fewer buyers make no top or flop, and no share that means something
PLOT_HEIGHT = 250

MEASURES = {
    "revenue_cents": Column(label=_("Revenue"), unit="cents"),
    "margin_cents": Column(label=_("Contribution margin"), unit="cents"),
    "quantity": Column(label=_("Quantity"), unit="number"),
    "buyers": Column(label=_("Buyers"), unit="number"),
    "repurchase_share": Column(label=_("Bought again"), unit="share"),
    "returned_share": Column(label=pgettext_lazy("share of the sales", "Returned"), unit="share"),
}
USUAL_SORT = "-revenue_cents"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the list of products."""

    selection: Selection
    q: str = ""
    category: str = ""
    sort: str = USUAL_SORT  # a measure or `name`; with a minus the highest first
    limit: int = ROWS


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The products asked for, and what can be said about all of them."""

    rows: list[dict[str, Any]]
    total: int
    categories: list[str]
    measures: list[str]  # which columns say something
    best_by: str
    tops: list[dict[str, Any]]
    flops: list[dict[str, Any]]

    @property
    def has_more(self) -> bool:
        return self.total > len(self.rows)


def listed(question: Question, *, sight: Sight) -> Listed:
    """
    List the goods of a period; postage, fees and the like are no goods.

    :raises CannotAnswer: if the mirror knows no such segment
    """
    goods = _goods(question.selection, sight=sight)
    measures = [name for name in MEASURES if any(row[name] is not None for row in goods)]
    best_by = "margin_cents" if "margin_cents" in measures else "revenue_cents"
    found = _sorted([row for row in goods if _matches(row, question)], sort=question.sort)
    return Listed(
        rows=found[: question.limit],
        total=len(found),
        categories=sorted({row["category"] for row in goods if row["category"]}),
        measures=measures,
        best_by=best_by,
        tops=_sorted(goods, sort=f"-{best_by}")[:BEST],
        flops=_sorted([row for row in goods if row["buyers"] >= LEAST_BUYERS], sort=best_by)[:BEST],
    )


def _goods(selection: Selection, *, sight: Sight) -> list[dict[str, Any]]:
    table = answers.products(period=str(selection.period), within=selection.part).rows
    others = set(Product.objects.filter(kind=Product.Kind.OTHER).values_list("pk", flat=True))
    hidden = {} if sight.margin else {"margin_cents": None}
    return [row | hidden for row in table if row["product_id"] not in others]


def _matches(row: dict[str, Any], question: Question) -> bool:
    if question.category and row["category"] != question.category:
        return False
    words = question.q.casefold().split()
    text = f"{row['name']} {row['number']} {row['category']}".casefold()
    return all(word in text for word in words)


def _sorted(rows: list[dict[str, Any]], *, sort: str) -> list[dict[str, Any]]:
    """Sort by a column; where it is unknown, last; ties by product."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    known = sorted((row for row in rows if row[name] is not None), key=lambda row: row["product_id"])
    known.sort(key=lambda row: row[name].casefold() if name == "name" else row[name], reverse=descending)
    return known + [row for row in rows if row[name] is None]


@dataclass(frozen=True, kw_only=True)
class BringsBack:
    """A product whose first buyers come back clearly more often than comparable others."""

    product: Product
    comeback: Comeback


def bringing_back() -> list[BringsBack]:
    """List the products that clearly bring customers back, the largest difference first; none without facts to ask."""
    clear: list[Comeback] = []
    with suppress(answers.NoMirror, answers.NoFacts):
        clear = [found for found in answers.comebacks() if found.low > 0]
    goods = Product.objects.filter(kind=Product.Kind.PRODUCT).in_bulk([found.product_id for found in clear[: 4 * BEST]])
    kept = [found for found in clear if found.product_id in goods][:BEST]
    return [BringsBack(product=goods[found.product_id], comeback=found) for found in kept]


@dataclass(frozen=True, kw_only=True)
class Buyer:
    customer: Customer
    revenue_cents: int
    lines: int


def best_customers(found: answers.Product) -> list[Buyer]:
    """Give the customers who spent most on a product; one query."""
    people = Customer.objects.in_bulk([row["customer_id"] for row in found.customers])
    return [
        Buyer(customer=people[row["customer_id"]], revenue_cents=row["revenue_cents"], lines=row["lines"])
        for row in found.customers[:BEST_BUYERS]
        if row["customer_id"] in people
    ]


def money(found: answers.Product, *, generation: Generation | None, sight: Sight) -> Plot | None:
    """Draw a product's revenue and margin by month."""
    if not found.months:
        return None
    has_margin = sight.margin and any(month.margin_cents is not None for month in found.months)
    shown: Sequence[tuple[Any, ...]] = [
        (short_name(periods.parse(month.month)), month.revenue_cents, month.margin_cents, month.orders)
        for month in found.months
    ]
    columns = [Column(label=_("Month")), MEASURES["revenue_cents"], Column(label=_("Orders"), unit="number")]
    margin_column = Column(label=margins.heading(generation, gettext("Contribution margin")), unit="cents")
    return Plot(
        name="product",
        title=_("Revenue and contribution margin") if has_margin else _("Revenue by month"),
        draw=lambda _width: overview_plots.drawn_money(found.months, has_margin=has_margin),
        columns=[*columns, margin_column] if has_margin else columns,
        rows=[
            (label, revenue, orders, margin)[: 4 if has_margin else 3]
            for label, revenue, margin, orders in reversed(shown)
        ],
        height=PLOT_HEIGHT,
    )
