"""Figures, for programs."""

from typing import Any

from ninja import P, Query, QueryEx, Router, Schema
from ninja.errors import HttpError

from stammkunde.insight.errors import CannotAnswer
from stammkunde.signals import answers
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight

router = Router(tags=["figures"])


class SliceOut(Schema):
    by: str
    value: str


class FigureOut(Schema):
    kpi: str
    period: str
    slice: SliceOut | None
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int
    reason: str
    remark: str


@router.get("/figures", auth=NeedsRight(policy.FIGURES_VIEW), response=list[FigureOut])
def figures(
    request: StaffRequest,
    period: Query[list[str]],
    by: str | None = None,
    activity_days: QueryEx[int | None, P(ge=1, le=3650)] = None,
) -> Any:
    """Count the figures of periods (`2011`, `2011-Q3`, `2011-09`), as `stammkunde kpis` does."""
    try:
        found = answers.figures(periods=period, by=by, activity_days=activity_days)
    except CannotAnswer as problem:
        raise HttpError(422, str(problem)) from None
    except (answers.NoFacts, answers.NoMirror):
        raise HttpError(409, "There are no figures yet. Import a file, and wait for the data refresh.") from None
    sight = policy.sight(request.user)
    return [_figure(one) for one in found if sight.margin or not one.kpi.startswith("margin")]


def _figure(found: Any) -> dict[str, Any]:
    names = ("kpi", "period", "value", "numerator", "denominator", "n", "reason", "remark")
    sliced = {"by": found.slice_by, "value": found.slice or ""} if found.slice_by else None
    return {name: getattr(found, name) for name in names} | {"slice": sliced}
