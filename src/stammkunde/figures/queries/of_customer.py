"""What one customer brought year by year, and among how many they rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs, ExtractYear

from stammkunde.sales import history
from stammkunde.signals.models import CustomerSignal, Generation

RECENT_YEARS = 6


@dataclass(frozen=True, kw_only=True)
class Year:
    year: int
    revenue_cents: int
    margin_cents: int | None
    orders: int


def years(customer_id: int) -> list[Year]:
    """Give revenue and margin of the latest years, oldest first; a year between without orders is there with zero."""
    found = {
        row["year"]: row
        for row in history.valued(history.lines(customer_id))
        .annotate(year=ExtractYear("order__ordered_on"))
        .values("year")
        .annotate(orders=Count("order", distinct=True, filter=history.SOLD), **_sums())
    }
    if not found:
        return []
    last = max(found)
    span = range(max(min(found), last - RECENT_YEARS + 1), last + 1)
    return [_year(year, found.get(year)) for year in span]


def _year(year: int, row: Mapping[str, Any] | None) -> Year:
    if row is None:
        return Year(year=year, revenue_cents=0, margin_cents=None, orders=0)
    return Year(
        year=year,
        revenue_cents=row["revenue"],
        margin_cents=row["margin"] if row["costed"] else None,
        orders=row["orders"],
    )


def _sums() -> dict[str, Any]:
    known = Q(goods_cents__isnull=False)
    return {
        "revenue": Sum("revenue_cents"),
        "costed": Sum(Abs("revenue_cents"), filter=known, default=0),
        "margin": Sum(F("revenue_cents") - F("goods_cents"), filter=known, default=0),
    }


def known_rank(signal: CustomerSignal | None, generation: Generation | None) -> int | None:
    """Tell among how many the rank counts: all who ever bought. The last rank is their number."""
    if signal is None or signal.value_rank is None:
        return None
    ranked = CustomerSignal.objects.filter(generation=generation, value_rank__isnull=False)
    return ranked.order_by("-value_rank").values_list("value_rank", flat=True).first()
