"""
How often each part of the facts has changed.

Whoever writes facts counts their part up in the same transaction; whoever derives something remembers the numbers that
it has read. Unequal is stale, and nothing is ever "cleared", so that a change meanwhile cannot be lost.
"""

from collections.abc import Iterable

from django.db.models import F

from stammkunde.store.models import Change

TABLE = "store_change"


def mark(parts: Iterable[str]) -> None:
    """Count a change of each part; inside the caller's transaction."""
    parts = sorted(set(parts))
    Change.objects.bulk_create([Change(part=part) for part in parts], ignore_conflicts=True)
    Change.objects.filter(part__in=parts).update(version=F("version") + 1)


def version(part: str) -> int:
    """Say how often a part has changed."""
    return Change.objects.filter(part=part).values_list("version", flat=True).first() or 0


def of_month(part: str, month: str) -> str:
    """Name a month's share of a part: `orders` and `2011-09` → `orders:2011-09`."""
    return f"{part}:{month}"


def split(part: str) -> tuple[str, str]:
    """Tell a part from its month; the month is empty where the part is a whole one."""
    name, _, month = part.partition(":")
    return name, month
