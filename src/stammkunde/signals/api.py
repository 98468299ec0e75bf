"""What an hour of each role costs, and what winning and keeping customers cost in a year: for programs."""

from datetime import date
from typing import Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from stammkunde.signals import hourly, yearly
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight

router = Router(tags=["settings"])
Role = Literal["", "administrator", "management", "sales", "marketing", "service", "analyst"]


class HourlyCostIn(Schema):
    role: Role  # empty: whoever is not known, as in contacts that another program kept
    holds_from_on: date
    cents: int = Field(ge=1, le=100_000)


class HourlyCostOut(HourlyCostIn):
    id: int


@router.get("/hourly-costs", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response=list[HourlyCostOut])
def hourly_costs(request: StaffRequest) -> Any:  # noqa: ARG001 (the right is asked before)
    """List what an hour costs, by role, the latest day first."""
    return hourly.costs()


@router.put("/hourly-costs", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response=HourlyCostOut)
def hourly_cost(request: StaffRequest, given: HourlyCostIn) -> Any:
    """Say what an hour of a role costs from a day on; the same again changes nothing."""
    return hourly.write_down(**given.dict(), by=request.user, now=timezone.now())


@router.delete("/hourly-costs/{cost_id}", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response={204: None})
def remove_hourly_cost(request: StaffRequest, cost_id: int) -> Any:
    """Forget what was written down; repeating changes nothing."""
    hourly.take_back(cost_id=cost_id, by=request.user, now=timezone.now())
    return Status(204, None)


class YearCostIn(Schema):
    year: int = Field(ge=yearly.YEARS[0], le=yearly.YEARS[1])
    winning_cents: int | None = Field(default=None, ge=0, le=yearly.MOST_CENTS)  # empty: not known
    keeping_cents: int | None = Field(default=None, ge=0, le=yearly.MOST_CENTS)


@router.get("/year-costs", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response=list[YearCostIn])
def year_costs(request: StaffRequest) -> Any:  # noqa: ARG001 (the right is asked before)
    """List what winning and keeping customers cost, the latest year first."""
    return yearly.costs()


@router.put("/year-costs", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response=YearCostIn)
def year_cost(request: StaffRequest, given: YearCostIn) -> Any:
    """Say what winning and keeping cost in a year; the same again changes nothing."""
    if given.winning_cents is None and given.keeping_cents is None:
        raise HttpError(422, "Say at least one of winning_cents and keeping_cents.")
    return yearly.write_down(**given.dict(), by=request.user, now=timezone.now())


@router.delete("/year-costs/{year}", auth=NeedsRight(policy.SETTINGS_EDIT, gives=""), response={204: None})
def remove_year_cost(request: StaffRequest, year: int) -> Any:
    """Forget what was written down of a year; repeating changes nothing."""
    yearly.take_back(year=year, by=request.user, now=timezone.now())
    return Status(204, None)
