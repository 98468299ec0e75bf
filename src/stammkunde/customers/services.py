"""What changes customers. Whatever writes marks what the mirror must read again."""

from django.db.models import F

from stammkunde.customers.models import Change

CUSTOMERS = "customers"


def mark_changed() -> None:
    """Count a change of the customers for the mirror; inside the caller's transaction."""
    Change.objects.bulk_create([Change(part=CUSTOMERS)], ignore_conflicts=True)
    Change.objects.filter(part=CUSTOMERS).update(version=F("version") + 1)
