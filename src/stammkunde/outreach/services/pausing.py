"""Holding back what belongs together, a campaign for instance, and letting it go on."""

from datetime import datetime

from stammkunde.outreach.models import Hold


def pause(*, origin: str, now: datetime) -> None:
    """Let no message of an origin leave that is not on its way already; repeating changes nothing."""
    Hold.objects.get_or_create(origin=origin, defaults={"since_at": now})


def resume(*, origin: str) -> None:
    """Let messages of an origin leave again; repeating changes nothing."""
    Hold.objects.filter(origin=origin).delete()
