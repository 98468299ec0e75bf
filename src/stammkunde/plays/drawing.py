"""Who is left alone, to compare: drawn once per play, with what is known of each customer at that moment."""

import hashlib
import math
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.utils import timezone

from stammkunde.customers import resembling
from stammkunde.customers.models import Customer
from stammkunde.outreach import queries
from stammkunde.outreach import services as outreach
from stammkunde.outreach.models import Draw
from stammkunde.outreach.services import Drawing, Known, Varying
from stammkunde.outreach.services.holding_out import WINDOW_DAYS
from stammkunde.plays.models import Play
from stammkunde.signals import queries as signals

LONGEST_WINDOW_DAYS = 365


def usual_window_days() -> int:
    """
    Give the days within which it may show what a campaign changed: twice the usual gap between purchases.

    A shorter one would count as gain what was only bought earlier; a longer one than a year nobody waits for.
    """
    gap = signals.usual_gap_days() or 0.0
    return min(max(math.ceil(2 * gap), WINDOW_DAYS), LONGEST_WINDOW_DAYS)


def of_play(play: Play) -> Drawing:
    """Say how a campaign or thank-you draws; its window is fixed with the first who are drawn."""
    before = Draw.objects.filter(origin=play.origin).values_list("window_days", flat=True).first()
    window = before or (usual_window_days() if play.holdout_share else WINDOW_DAYS)
    return Drawing(origin=play.origin, share=play.holdout_share, name=play.name, window_days=window)


def draw(
    what: Drawing,
    customer_ids: Collection[int],
    *,
    now: datetime,
    eligible: Collection[int] | None = None,
    begins: bool = True,
    on_paper: bool = False,
) -> set[int]:
    """
    Draw who of these is left alone; nobody without a share.

    Whoever is left alone of everything is drawn into neither arm: she is compared elsewhere.
    `eligible` are those whom the play may reach at all, left alone or not; None: that is not known yet.
    What comes on paper is seen by whoever lives there: all of one postal address are drawn as one.
    """
    if not what.share:
        return set()
    some = set(customer_ids) - queries.left_alone(customer_ids)
    drawn = outreach.prepare(what, now=now)  # whose window holds, whatever the play says by now
    keys = _addresses(some, salt=drawn.salt) if on_paper else {}
    known = _known(some, days=drawn.window_days, on=timezone.localdate(now), keys=keys, eligible=eligible)
    return outreach.hold_out(what, customers=known, now=now, begins=begins)


def vary(
    what: Varying,
    customer_ids: Collection[int],
    *,
    begins: Collection[int],
    eligible: Collection[int],
    on_paper: bool,
    now: datetime,
) -> Mapping[int, int]:
    """Draw the place of the words that each of these gets, of whoever `begins` for ever; on paper as for `draw`."""
    drawn = outreach.prepare_varying(what, now=now)
    keys = _addresses(customer_ids, salt=drawn.salt) if on_paper else {}
    known = _known(customer_ids, days=drawn.window_days, on=timezone.localdate(now), keys=keys, eligible=eligible)
    return outreach.vary(what, customers=known, begins=begins, now=now)


def _known(
    customer_ids: Collection[int], *, days: int, on: date, keys: Mapping[int, str], eligible: Collection[int] | None
) -> dict[int, Known]:
    """Give what is known of customers beforehand."""
    foreseen = signals.foreseen(customer_ids=customer_ids, days=days, on=on)
    return {
        pk: Known(
            expected_cents=one.cents,
            expected_purchases=one.purchases,
            risk=one.risk,
            eligible=None if eligible is None else pk in eligible,
            key=keys.get(pk, ""),
        )
        for pk, one in foreseen.items()
    }


def _addresses(customer_ids: Collection[int], *, salt: str) -> dict[int, str]:
    """Give the address of each by a digest that nobody guesses; empty where none is known: she is drawn alone."""
    some = Customer.objects.filter(pk__in=customer_ids).only("street", "postcode", "city", "country")
    places = {one.pk: resembling.postal_place(one) for one in some}
    return {pk: hashlib.sha256(f"{salt}:{place}".encode()).hexdigest()[:32] for pk, place in places.items() if place}
