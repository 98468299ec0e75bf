"""The charts of a trial: both arms week by week, and the difference between them with its band."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stammkunde import insight
from stammkunde.figures import plots, wording
from stammkunde.figures.plots import Plot
from stammkunde.impact import queries
from stammkunde.impact.models import Verdict
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.team.context import theme
from stammkunde.ui import given
from stammkunde.ui.tables import Column

HEIGHT = 280
Course = list[dict[str, Any]]


def arms(course: Course) -> Plot:
    """Draw what a customer of each arm had brought until then."""
    return Plot(
        name="trial-arms",
        title=_("Brought until then, per customer"),
        about=_("Both groups week by week since the beginning, before cost."),
        draw=lambda _width: insight.charts.arms(course, labels=_labels()),
        columns=[
            Column(label=_("Until week"), unit="number"),
            Column(label=_("Contacted"), unit="cents"),
            Column(label=_("Left alone"), unit="cents"),
        ],
        rows=_rows(course, "treated", "held_out"),
        height=HEIGHT,
    )


def difference(course: Course) -> Plot:
    """Draw the corrected difference until then, between what it lay in nine of ten cases."""
    return Plot(
        name="trial-difference",
        title=_("Difference, corrected"),
        about=_("Per customer and before cost. It lies within the band in nine of ten cases; no verdict by itself."),
        draw=lambda _width: insight.charts.difference(course, labels=_labels()),
        columns=[
            Column(label=_("Until week"), unit="number"),
            Column(label=_("Difference, corrected"), unit="cents"),
            Column(label=_("At least"), unit="cents"),
            Column(label=_("At most"), unit="cents"),
        ],
        rows=_rows(course, "effect", "low", "high"),
        height=HEIGHT,
    )


_MADE: dict[str, Callable[[Course], Plot]] = {"trial-arms": arms, "trial-difference": difference}


def shown(request: StaffRequest, verdict: Verdict) -> list[plots.Shown]:
    """Give the charts of a verdict; none where too few were compared to draw them."""
    course = verdict.numbers.get("course")
    if not course:
        return []
    query = {"trial": str(verdict.trial_id), "of": f"{verdict.pk}-{get_language()}"}
    return [plots.shown(make(course), query=query, theme=theme(request)) for make in _MADE.values()]


def asked(name: str, request: StaffRequest) -> Plot | None:
    """Make the chart of the trial in the address, as its last verdict has it; None: there is nothing to draw."""
    pk = given.row(request.GET.get("trial", "")) if policy.may(request.user, policy.MARGIN_VIEW) else None
    found = queries.trial(pk) if pk else None
    course = found.verdict.numbers.get("course") if found and found.verdict else None
    return _MADE[name](course) if course else None


def _rows(course: Course, *names: str) -> list[tuple[int, ...]]:
    return [(one["week"], *(round(one[name]) for name in names)) for one in course]


def _labels() -> dict[str, str]:
    words = {
        "arms": _("Brought until then, per customer"),
        "difference": _("Difference, corrected"),
        "held_out": _("Left alone"),
        "treated": _("Contacted"),
        "week": _("Weeks since the beginning"),
    }
    return wording.chart_labels(**words)
