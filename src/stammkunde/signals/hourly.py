"""What an hour of each role costs: written down with the day from which it holds, and taken back."""

from datetime import date, datetime

from django.db import transaction

from stammkunde.signals.models import HourlyCost
from stammkunde.team import services as team
from stammkunde.team.models import Staff


class CostUnclear(Exception):
    """An hour costs between 0.01 and 1,000.00."""


def costs() -> list[HourlyCost]:
    """Give what is written down, by role, the latest day first."""
    return list(HourlyCost.objects.order_by("role", "-holds_from_on"))


def rates(*, on: date) -> dict[str, int]:
    """Give what an hour of each role costs on a day; what it costs first, it cost before."""
    found: dict[str, int] = {}
    for one in HourlyCost.objects.order_by("role", "holds_from_on"):
        if one.role not in found or one.holds_from_on <= on:
            found[one.role] = one.cents
    return found


def cost_cents(*, role: str, on: date, minutes: int) -> int | None:
    """Give what so much of a role's time cost on a day; None: not written down."""
    cents = rates(on=on).get(role)
    return round(minutes * cents / 60) if cents else None


@transaction.atomic
def write_down(*, role: str, holds_from_on: date, cents: int, by: Staff, now: datetime) -> HourlyCost:
    """
    Say what an hour of a role costs from a day on; the same day again is a correction, repeating changes nothing.

    :raises CostUnclear: if the cost is none
    """
    if not 1 <= cents <= 100_000:
        raise CostUnclear(cents)
    known = HourlyCost.objects.filter(role=role, holds_from_on=holds_from_on).first()
    if known is not None and known.cents == cents:
        return known
    made, _created = HourlyCost.objects.update_or_create(
        role=role, holds_from_on=holds_from_on, defaults={"cents": cents}
    )
    _record(made, "hourly_cost.changed", by=by, now=now)
    return made


@transaction.atomic
def take_back(*, cost_id: int, by: Staff, now: datetime) -> None:
    """Forget what was written down; repeating changes nothing."""
    known = HourlyCost.objects.filter(pk=cost_id).first()
    if known is not None:
        _record(known, "hourly_cost.removed", by=by, now=now)
        known.delete()


def _record(cost: HourlyCost, action: str, *, by: Staff, now: datetime) -> None:
    team.record(
        staff=by, action=action, at=now, thing="hourly_cost", thing_id=cost.pk, label=cost.role,
        cents=cost.cents, holds_from=cost.holds_from_on.isoformat(),
    )  # fmt: skip
