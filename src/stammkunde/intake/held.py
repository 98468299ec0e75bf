"""What the database holds of an origin in a span of days, to be compared with what a file of it came to."""

from typing import Any

from stammkunde.intake.models import Import
from stammkunde.sales import queries as sales


def by_origin(incoming: Import) -> dict[str, Any]:
    """Add up, by month, what is there of the import's origin in the days of its file; {} where it has no documents."""
    checked = incoming.checkpoint.get("check") or {}
    first, last = checked.get("first_on"), checked.get("last_on")
    if not (first and last and incoming.totals):
        return {}
    origin = str(incoming.options.get("origin") or "files")
    found = sales.by_month(origin=origin, first=first, last=last)
    return {"held": {"origin": origin, "first_on": first, "last_on": last, "months": found}}
