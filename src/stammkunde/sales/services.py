"""What changes sales facts. Imports write in bulk (`intake`); whatever writes marks what the mirror must read again."""

from collections.abc import Iterable

from django.db.models import F

from stammkunde.sales.models import Change

PRODUCTS = "products"


def mark_changed(parts: Iterable[str]) -> None:
    """Count a change of each part (`products`, or months as `2011-09`); inside the caller's transaction."""
    parts = sorted(set(parts))
    Change.objects.bulk_create([Change(part=part) for part in parts], ignore_conflicts=True)
    Change.objects.filter(part__in=parts).update(version=F("version") + 1)
