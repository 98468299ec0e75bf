"""What the worker does for imports."""

from datetime import datetime

from stammkunde.intake import services


def sweep(*, now: datetime) -> bool:
    """Take the next import that is due as far as it goes, and tell whether there was one; safe to run twice at once."""
    return services.sweep(now=now)
