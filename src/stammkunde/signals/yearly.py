"""What a year's winning of new customers, and keeping of those there were, cost the company: as somebody said."""

from datetime import datetime

from django.db import transaction

from stammkunde.signals.models import YearCost
from stammkunde.team import services as team
from stammkunde.team.models import Staff

YEARS = (1990, 2100)
MOST_CENTS = 100_000_000_000


class CostUnclear(Exception):
    """A cost is from 0 to a billion, in a year that can be; of neither nothing is said."""


def costs() -> list[YearCost]:
    """Give what is written down, the latest year first."""
    return list(YearCost.objects.order_by("-year"))


def of(year: int) -> YearCost | None:
    """Give what is written down of a year."""
    return YearCost.objects.filter(year=year).first()


@transaction.atomic
def write_down(
    *, year: int, winning_cents: int | None, keeping_cents: int | None, by: Staff, now: datetime
) -> YearCost:
    """
    Say what winning and keeping cost in a year; the same year again is a correction, repeating changes nothing.

    :raises CostUnclear: if nothing is said, or what cannot be
    """
    said = {"winning_cents": winning_cents, "keeping_cents": keeping_cents}
    known = [cents for cents in said.values() if cents is not None]
    if not known or not all(0 <= cents <= MOST_CENTS for cents in known) or not YEARS[0] <= year <= YEARS[1]:
        raise CostUnclear(year, said)
    before = of(year)
    if before is not None and (before.winning_cents, before.keeping_cents) == (winning_cents, keeping_cents):
        return before
    made, _created = YearCost.objects.update_or_create(year=year, defaults=said)
    _record(made, "year_cost.changed", by=by, now=now)
    return made


@transaction.atomic
def take_back(*, year: int, by: Staff, now: datetime) -> None:
    """Forget what was written down of a year; repeating changes nothing."""
    known = of(year)
    if known is not None:
        _record(known, "year_cost.removed", by=by, now=now)
        known.delete()


def _record(cost: YearCost, action: str, *, by: Staff, now: datetime) -> None:
    team.record(
        staff=by, action=action, at=now, thing="year_cost", thing_id=cost.pk, label=str(cost.year),
        winning_cents=cost.winning_cents, keeping_cents=cost.keeping_cents,
    )  # fmt: skip
