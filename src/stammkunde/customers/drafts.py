"""Drafts go with the customer whom they are about, and with the days."""

from datetime import datetime

from stammkunde.customers.models import Customer
from stammkunde.team import drafts


def sweep(*, now: datetime) -> bool:
    """Remove drafts that grew old, and those about customers who are gone; no other work waits for it."""
    drafts.forget_old(now=now)
    about = drafts.about()
    there = Customer.objects.filter(pk__in=about).values_list("pk", flat=True) if about else ()
    for gone in about - set(there):
        drafts.forget_about(gone)
    return False
