"""What an hour of each role costs, for programs."""

from datetime import date
from typing import Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from stammkunde.signals import hourly
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
