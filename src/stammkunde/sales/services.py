"""What changes sales facts. Imports write in bulk (`intake`); whatever writes marks what the mirror must read again."""

from collections.abc import Iterable

from stammkunde.sales.facts import ORDERS, PRODUCTS
from stammkunde.store import changes


def mark_changed(parts: Iterable[str]) -> None:
    """Count a change of each part (`products`, or months of orders as `2011-09`); inside the caller's transaction."""
    changes.mark(one if one == PRODUCTS.part else changes.of_month(ORDERS.part, one) for one in parts)
