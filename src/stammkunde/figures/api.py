"""Figures, for programs."""

from typing import Any, Literal

from ninja import Field, P, Query, QueryEx, Router, Schema
from ninja.errors import HttpError

from stammkunde.insight.errors import CannotAnswer
from stammkunde.signals import answers, margins
from stammkunde.signals import queries as signals
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
    remark: str = Field(
        description="Qualifies a value: `history_short` (the facts begin less than a window before: customers at the "
        "start and lost may be more, those won fewer), `period_unfinished`, `cost_partly_unknown`."
    )
    coverage: float | None = Field(None, description="Margins only: of which share of the turnover the cost is known.")
    margin_stage: Literal["I", "II", "III"] | None = Field(
        None, description="Margins only: at which stage of the contribution margin they count."
    )
    unallocated_cents: int | None = Field(
        None,
        description="Margins by channel or category only: costs of the period that belong to no slice (time; by "
        "category also shipping). The margins of all slices, less this, are the margin of the whole.",
    )


@router.get("/figures", auth=NeedsRight(policy.FIGURES_VIEW, gives=""), response=list[FigureOut])
def figures(
    request: StaffRequest,
    period: Query[list[str]],
    by: str | None = None,
    activity_days: QueryEx[int | None, P(ge=1, le=3650)] = None,
) -> Any:
    """Count the figures of periods (`2011`, `2011-Q3`, `2011-09`), as `stammkunde kpis` does."""
    try:
        found = answers.figures(periods=period, by=by, activity_days=activity_days)
        left_out = answers.unallocated(periods=period, by=by or "")
    except CannotAnswer as problem:
        raise HttpError(422, str(problem)) from None
    except (answers.NoFacts, answers.NoMirror):
        raise HttpError(409, "There are no figures yet. Import a file, and wait for the data refresh.") from None
    sight = policy.sight(request.user)
    shown = [one for one in found if sight.margin or not one.kpi.startswith("margin")]
    stage = margins.stage_name(signals.current())
    return [_figure(one) | margins.of_figure(one, stage=stage, left_out=left_out) for one in shown]


def _figure(found: Any) -> dict[str, Any]:
    names = ("kpi", "period", "value", "numerator", "denominator", "n", "reason", "remark", "coverage")
    sliced = {"by": found.slice_by, "value": found.slice or ""} if found.slice_by else None
    return {name: getattr(found, name) for name in names} | {"slice": sliced}
