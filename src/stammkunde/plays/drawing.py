"""Who is left alone, to compare: drawn once per play, with what is known of each customer at that moment."""

from collections.abc import Collection, Mapping
from datetime import datetime

from stammkunde.outreach import queries
from stammkunde.outreach import services as outreach
from stammkunde.outreach.services import Drawing, Known
from stammkunde.signals import queries as signals


def draw(
    what: Drawing,
    customer_ids: Collection[int],
    *,
    now: datetime,
    eligible: Collection[int] | None = None,
    begins: bool = True,
    keys: Mapping[int, str] | None = None,
) -> set[int]:
    """
    Draw who of these is left alone; nobody without a share.

    Whoever is left alone of everything is drawn into neither arm: she is compared elsewhere.
    `eligible` are those whom the play may reach at all, left alone or not; None: that is not known yet.
    Customers of the same key are drawn as one.
    """
    if not what.share:
        return set()
    some = set(customer_ids) - queries.left_alone(customer_ids)
    foreseen = signals.foreseen(customer_ids=some, days=what.window_days)
    known = {
        pk: Known(
            expected_cents=one.cents,
            expected_purchases=one.purchases,
            risk=one.risk,
            eligible=None if eligible is None else pk in eligible,
            key=(keys or {}).get(pk, ""),
        )
        for pk, one in foreseen.items()
    }
    return outreach.hold_out(what, customers=known, now=now, begins=begins)
