"""Leaving some customers alone on purpose, so that it can be told what contacting brings."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from stammkunde.outreach import policy
from stammkunde.outreach.models import Draw, Holdout


@transaction.atomic
def hold_out(*, origin: str, customer_ids: Iterable[int], share: float, now: datetime, salt: str = "") -> set[int]:
    """
    Draw who is held out of an origin (an empty one: of everything), and give them; repeating gives the same.

    The first draw fixes salt and share for ever: customers who come later are drawn by the same. `salt` makes it
    foreseeable who is; without, it is chance.
    """
    draw, _created = Draw.objects.get_or_create(
        origin=origin, defaults={"salt": salt or secrets.token_hex(16), "share": share, "drawn_at": now}
    )
    drawn = {one for one in customer_ids if policy.is_held_out(salt=draw.salt, customer_id=one, share=draw.share)}
    Holdout.objects.bulk_create(
        [Holdout(draw=draw, customer_id=one, since_at=now) for one in sorted(drawn)],
        ignore_conflicts=True,
        batch_size=500,
    )
    return drawn
