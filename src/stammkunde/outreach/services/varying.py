"""Letting chance choose between several words for each customer, so that it can be told which earn more."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db import transaction

from stammkunde.outreach import policy
from stammkunde.outreach.models import Assignment, Draw
from stammkunde.outreach.services.holding_out import AT_ONCE, WINDOW_DAYS, Drawing, Known, prepare

LETTERS = "ABC"
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Varying:
    """
    What is drawn: which of `of` words somebody gets, each as likely as any other.

    Each two of them are compared by a draw of their own, named `origin:A-B`; its first ones count as left alone.
    """

    origin: str
    of: int
    name: str = ""
    window_days: int = WINDOW_DAYS
    salt: str = ""


def pairs(of: int) -> Iterator[tuple[Pair, str]]:
    """Give each two of so many words by their places, and how their draw is called."""
    for one, other in combinations(range(of), 2):
        yield (one, other), f"{LETTERS[one]}-{LETTERS[other]}"


@transaction.atomic
def vary(what: Varying, *, customers: Mapping[int, Known], begins: Collection[int], now: datetime) -> Mapping[int, int]:
    """
    Draw the place of the words that each of some customers gets; repeating gives the same, and what was known stays.

    Only for those who `begin` is it written down: of the others it is asked what they would have got.
    """
    draws = _prepare(what, now=now)
    first = draws[0, 1]
    before = _drawn_before(draws, customers)
    found = {
        one: before.get(one, policy.drawn_place(salt=first.salt, key=known.key or one, of=what.of))
        for one, known in customers.items()
    }
    rows = [
        _assignment(draw, one, customers[one], is_first=found[one] == pair[0], now=now)
        for pair, draw in draws.items()
        for one in sorted(begins)
        if found[one] in pair
    ]
    Assignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)
    return found


def prepare_varying(what: Varying, *, now: datetime) -> Draw:
    """Fix how it is drawn, for ever, and give the draw whose salt all others share; repeating changes nothing."""
    return _prepare(what, now=now)[0, 1]


def _prepare(what: Varying, *, now: datetime) -> dict[Pair, Draw]:
    """Fix the draws of each two, all by the salt of the first."""
    found: dict[Pair, Draw] = {}
    salt = what.salt
    for pair, letters in pairs(what.of):
        drawing = Drawing(
            origin=f"{what.origin}:{letters}", share=0.5, name=what.name, window_days=what.window_days, salt=salt
        )
        found[pair] = prepare(drawing, now=now)
        salt = salt or found[pair].salt
    return found


def _drawn_before(draws: Mapping[Pair, Draw], customers: Collection[int]) -> dict[int, int]:
    """Give what was drawn before, of whom it was: also where her address has changed since."""
    pair_of: dict[int, Sequence[int]] = {draw.pk: pair for pair, draw in draws.items()}
    rows = Assignment.objects.filter(draw__in=pair_of, customer__in=customers)
    known = rows.order_by("pk").values_list("draw_id", "customer_id", "held_out")
    return {one: pair_of[draw][0 if is_first else 1] for draw, one, is_first in known}


def _assignment(draw: Draw, customer_id: int, known: Known, *, is_first: bool, now: datetime) -> Assignment:
    return Assignment(
        draw=draw,
        customer_id=customer_id,
        held_out=is_first,
        key=known.key,
        entered_at=now,
        eligible=known.eligible,
        expected_cents=known.expected_cents,
        expected_purchases=known.expected_purchases,
        risk=known.risk,
    )
