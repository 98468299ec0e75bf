"""How good the early warning has been (R-W3)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stammkunde.figures import plots
from stammkunde.figures.queries import back_tests
from stammkunde.signals import forecasts, reasons
from stammkunde.signals import proof as proofs
from stammkunde.signals import queries as signals
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.context import theme as theme_of
from stammkunde.ui import writing


@require_safe
@needs(policy.FIGURES_VIEW)
def proof(request: StaffRequest) -> HttpResponse:
    """How good the warnings have been, on the company's own past and in earnest."""
    generation = signals.current()
    if generation is None or not forecasts.has_buyers(generation):
        return render(request, "figures/proof.html", {})
    tests = proofs.back_tests(generation)
    wanted = request.GET.get("day", "")
    shown = next((one for one in tests if one.as_of.isoformat() == wanted), next(iter(tests), None))
    told = forecasts.part(generation, "risk")
    return render(
        request,
        "figures/proof.html",
        {
            "tests": tests,
            "shown": shown,
            "shown_numbers": proofs.sentence_numbers(shown) if shown else {},
            "parts": _parts(shown) if shown else [],
            "sight": forecasts.sight(request.user, generation),
            "charts": [_chart(request, plot, shown, generation) for plot in back_tests.plots(shown)] if shown else [],
            "candidates": proofs.candidates(generation),
            "rule": forecasts.rule(told.get("rule", "")),
            "risk": told,
            "refused": [_refused(column) for column in told.get("refused") or ()],
            "given": proofs.given(),
            "wanted_days": FigureSettings.of(team.company()).risk_horizon_days,
            **proofs.trust(generation),
        },
    )


def _parts(shown: proofs.BackTest) -> list[dict[str, Any]]:
    """Give what the warnings of a day were worth by light and by class, as far as that is known."""
    day = {"day": writing.day(shown.as_of)}
    parts = [
        {
            "name": "light",
            "title": _("By light, on %(day)s") % day,
            "first": _("Risk level"),
            "found": _("Of all who left"),
            "rows": shown.by_light,
        },
        {
            "name": "class",
            "title": _("By class, on %(day)s") % day,
            "first": _("Class"),
            "found": _("Of those who left, warned"),
            "rows": shown.by_class,
        },
    ]
    return [part for part in parts if part["rows"]]


def _chart(request: StaffRequest, plot: plots.Plot, tried: proofs.BackTest, generation: Generation) -> plots.Shown:
    query = {"day": tried.as_of.isoformat(), "of": f"{generation.pk}-{get_language()}"}
    return plots.shown(plot, query=query, theme=theme_of(request))


def _refused(column: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": reasons.column_name(column["column"]),
        "why": reasons.refused_column(column["code"]),
        "measure": column.get("measure"),
    }
