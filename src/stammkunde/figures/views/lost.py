"""What the lost have in common: findings with their numbers, and the way to the customers who share them."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.figures import plots
from stammkunde.figures.queries import findings
from stammkunde.insight.drivers import Drivers
from stammkunde.signals import answers
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.context import theme as theme_of
from stammkunde.ui import tables
from stammkunde.ui.tables import Column


@require_safe
@needs(policy.FIGURES_VIEW)
def lost(request: StaffRequest) -> HttpResponse:
    """Show at once what is known; what is still to be worked out comes after the page, so that nobody waits for it."""
    generation = signals.current()
    if generation is None:
        return render(request, "figures/lost.html", {})
    is_part = request.htmx and not request.htmx.boosted
    ready = is_part or "now" in request.GET or _is_known()
    context = {"generation": generation, "ready": ready, **(_found(request, generation) if ready else {})}
    return render(request, "figures/lost_found.html" if is_part else "figures/lost.html", context)


def _is_known() -> bool:
    with suppress(answers.NoMirror, answers.NoFacts):
        return answers.are_known("drivers")
    return True


def _found(request: StaffRequest, generation: Generation) -> dict[str, Any]:
    found: Drivers | answers.TooLittle
    try:
        found = answers.drivers()
    except (answers.NoMirror, answers.NoFacts):
        found = answers.TooLittle(code="no_facts")
    if isinstance(found, answers.TooLittle):
        return {"too_little": found}
    clear = findings.of_lost(found, found.clear)
    plot = findings.lost_plot()
    query = {"of": f"{generation.pk}-{get_language()}"}
    return {
        "found": found,
        "more": [row for row in clear if row.finding.ratio > 1],
        "fewer": [row for row in clear if row.finding.ratio < 1],
        "hints": findings.of_lost(found, found.hints),
        "shown": plot and plots.shown(plot, query=query, theme=theme_of(request)),
    }


@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def export(request: StaffRequest) -> HttpResponseBase:
    """Take all that was compared along; it is a POST because it leaves a trace."""
    form = tables.chosen_format(request.POST)
    found = answers.drivers() if signals.current() else None
    if not isinstance(found, Drivers):
        raise BadRequest("nothing was compared")
    taking.note(request, thing="lost", label=form, rows=len(found.findings), now=timezone.now())
    rows = (_cells(row) for row in findings.of_lost(found, found.findings))
    return tables.answer(form=form, name=_("what-the-lost-share"), columns=_columns(), rows=rows)


def _columns() -> list[Column]:
    return [
        Column(label=_("Trait")),
        Column(label=_("Clear")),
        Column(label=_("Share of the lost"), unit="share"),
        Column(label=_("Share of comparable ones who stayed"), unit="share"),
        Column(label=_("Times as often"), unit="ratio"),
        Column(label=_("from"), unit="ratio"),
        Column(label=_("to"), unit="ratio"),
        Column(label=_("p, corrected"), unit="ratio"),
        Column(label=_("Customers"), unit="number"),
        Column(label=_("of them lost"), unit="number"),
    ]


def _cells(row: findings.Told) -> tuple[Any, ...]:
    finding = row.finding
    high = None if finding.high == float("inf") else finding.high
    clear = _("yes") if finding.is_clear else _("hint") if finding.is_hint else _("no")
    return (
        row.name,
        clear,
        finding.share,
        finding.share_of_others,
        finding.ratio,
        finding.low,
        high,
        finding.p_adjusted,
        finding.customers,
        finding.cases,
    )
