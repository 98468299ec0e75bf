"""Leaving some customers alone on purpose, so that it can be told what contacting brings."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stammkunde.outreach import policy
from stammkunde.outreach.models import Assignment, Draw

AT_ONCE = 500
WINDOW_DAYS = 91


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a customer when she is drawn: what she is expected to do within the window, in either arm."""

    expected_cents: int = 0
    expected_purchases: float = 0.0
    risk: float | None = None
    eligible: bool | None = None
    key: str = ""  # customers of the same one are drawn as one; empty: each alone


NOTHING_KNOWN = Known()


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """
    What is drawn.

    Args:
        origin: what would contact them; an empty one: everything.
        share: how many are left alone, 0..1.
        name: how people call it, and `window_days` within which it may show.
        salt: makes it foreseeable who is; without, it is chance.
    """

    origin: str
    share: float
    name: str = ""
    window_days: int = WINDOW_DAYS
    salt: str = ""


def prepare(what: Drawing, *, now: datetime) -> Draw:
    """Fix how it is drawn, for ever; repeating changes nothing."""
    fixed = {"share": what.share, "name": what.name[:80], "window_days": what.window_days, "drawn_at": now}
    draw, _created = Draw.objects.get_or_create(
        origin=what.origin, defaults={**fixed, "salt": what.salt or secrets.token_hex(16)}
    )
    return draw


@transaction.atomic
def hold_out(
    what: Drawing, *, customers: Mapping[int, Known] | Iterable[int], now: datetime, begins: bool = True
) -> set[int]:
    """
    Draw who is left alone, and give them; repeating gives the same, and what was known at first stays.

    The first draw of an origin fixes salt and share for ever: customers who come later are drawn by the same, and
    nobody twice, though her key changes. Unless it `begins` now, time zero is said later (`enter`).
    """
    known = customers if isinstance(customers, Mapping) else dict.fromkeys(customers, NOTHING_KNOWN)
    draw = prepare(what, now=now)
    before = dict(Assignment.objects.filter(draw=draw, customer__in=known).values_list("customer_id", "held_out"))
    drawn = {one for one in known if before.get(one, _is_held_out(draw, one, known[one].key))}
    rows = [
        Assignment(
            draw=draw,
            customer_id=one,
            held_out=one in drawn,
            key=known[one].key,
            entered_at=now if begins else None,
            eligible=known[one].eligible,
            expected_cents=known[one].expected_cents,
            expected_purchases=known[one].expected_purchases,
            risk=known[one].risk,
        )
        for one in sorted(known)
    ]
    Assignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return drawn


def _is_held_out(draw: Draw, customer_id: int, key: str) -> bool:
    return policy.is_held_out(salt=draw.salt, key=key or customer_id, share=draw.share)


def enter(*, origin: str, at: datetime) -> int:
    """Say when it began for all who are drawn and had not begun; tell how many. Repeating changes nothing."""
    return Assignment.objects.filter(draw__origin=origin, entered_at=None).update(entered_at=at)


def leave(*, origin: str) -> int:
    """Take back that it began, as long as nothing has happened; tell for how many."""
    return Assignment.objects.filter(draw__origin=origin, entered_at__isnull=False).update(entered_at=None)


def judge(*, origin: str, eligible: Mapping[int, bool]) -> None:
    """Note of customers whether anything would be let through; where any of their people can be reached, it would."""
    for is_eligible in (True, False):
        ids = [pk for pk, said in eligible.items() if said == is_eligible]
        rows = Assignment.objects.filter(draw__origin=origin, customer__in=ids, entered_at=None)
        (rows if is_eligible else rows.filter(eligible=None)).update(eligible=is_eligible)


def judge_anew(*, origin: str) -> None:
    """Forget what was said of them, as long as it has not begun: everybody is asked about again."""
    Assignment.objects.filter(draw__origin=origin, entered_at=None).update(eligible=None)
