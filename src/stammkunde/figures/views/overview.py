"""The overview: how well the company keeps its customers, in one look."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde import mirror
from stammkunde.figures import bar, context, gain, outlook, plots, tiles
from stammkunde.figures.queries import overview as queries
from stammkunde.figures.queries import overview_plots
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.periods import Period
from stammkunde.insight.retention import Base
from stammkunde.sales.models import Order
from stammkunde.segments import selection
from stammkunde.signals import answers, forecasts, margins, yearly
from stammkunde.signals import queries as signals
from stammkunde.signals.models import FigureSettings, Generation
from stammkunde.team import policy, taking
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.context import theme as theme_of
from stammkunde.ui import tables, writing


@require_safe
@needs(policy.FIGURES_VIEW)
def overview(request: StaffRequest) -> HttpResponse:
    generation = signals.current()
    if generation is None:
        return _empty(request)
    chosen, stored = _chosen(request.GET, generation)
    if not stored.by_period and not chosen.slice_by:
        return _empty(request)
    figures = queries.figures(stored, chosen)
    sight = forecasts.sight(request.user, generation)
    return render(
        request,
        "figures/overview.html",
        {
            "selection": chosen,
            "generation": generation,
            "tiles": _tiles(figures, stored, chosen, sight=sight, stage=margins.definition(generation)),
            "plots": _plots(request, stored, chosen, generation=generation),
            "point": _point(figures, stored, chosen, sight=sight),
            "ahead": outlook.outlook(stored, generation, sight=sight),
            "formula": tiles.formula("retention_rate", figures) if "retention_rate" in figures else "",
            "headline": tiles.headline(figures, before=_before(stored, chosen)),
            "sentence": tiles.sentence(figures, links=_links(request, chosen)),
            "bar": bar.bar(chosen),
            "segments": queries.segments(generation, period=chosen.period),
            "window_origin": _window_origin(chosen),
        },
    )


def _chosen(given: QueryDict, generation: Generation) -> tuple[selection.Selection, queries.Points]:
    """Read what is chosen, and what is known of it; of everybody, where nothing is known of the part."""
    chosen = selection.read(given, as_of_on=generation.as_of_on, usual_days=generation.activity_days)
    try:
        stored = queries.chosen_points(generation, chosen)
    except CannotAnswer:
        chosen = selection.of_all(chosen)
        stored = queries.chosen_points(generation, chosen)
    if given.get("period") or not stored.by_period:
        return chosen, stored
    return queries.begun(stored, chosen), stored


def _tiles(
    figures: tiles.Figures, stored: queries.Points, chosen: selection.Selection, *, sight: policy.Sight, stage: str
) -> list[tiles.Tile]:
    return tiles.tiles(
        figures,
        others=[(selection.short_name(period), then) for period, then in queries.others(stored, chosen)],
        history=queries.histories(stored, until=chosen.period),
        sight=sight,
        stage=stage,
        left_out=_left_out(chosen) if sight.margin else "",
    )


def _left_out(chosen: selection.Selection) -> str:
    """Say what a margin by channel or product group leaves out in the chosen period."""
    with suppress(CannotAnswer, answers.NoMirror, answers.NoFacts):
        period = str(chosen.period)
        found = answers.unallocated(periods=[period], by=chosen.slice_by)
        return margins.left_out(found.get(period), by=chosen.slice_by)
    return ""


def _point(figures: tiles.Figures, stored: queries.Points, chosen: selection.Selection, *, sight: policy.Sight) -> Any:
    """Say what a point of retention is worth, by the last year that is over."""
    year = queries.last_year(stored, chosen)
    named = (selection.name(year[0]), year[1]) if year else None
    facts = queries.year_by_facts(chosen, str(year[0]), sight=sight) if year else None
    said = _spent(year, facts) if year and facts and sight.margin else None
    return gain.gain(figures, name=selection.name(chosen.period), year=named, sight=sight, facts=facts, said=said)


def _spent(year: tuple[Period, tiles.Figures], facts: Base) -> gain.Spent | None:
    """Say what winning and keeping cost in that year, of the whole company."""
    period, figures = year
    written = yearly.of(period.start_on.year)
    cents = {name: getattr(written, name, None) for name in ("winning_cents", "keeping_cents")}
    return gain.spent(facts, year=selection.name(period), figures=figures, **cents)


@require_POST
@needs(policy.EXPORT)
@needs(policy.FIGURES_VIEW)
def take_point(request: StaffRequest) -> HttpResponseBase:
    """Take along what a point of retention is worth; it is a POST because it leaves a trace."""
    form, query = tables.chosen_format(request.POST), QueryDict(request.POST.get("query", ""))
    generation = signals.current()
    if generation is None:
        raise BadRequest("there are no figures yet")
    chosen, stored = _chosen(query, generation)
    sight = forecasts.sight(request.user, generation)
    found = _point(queries.figures(stored, chosen), stored, chosen, sight=sight)
    if found is None:
        raise BadRequest("what a point is worth cannot be told")
    taking.note(request, thing="point", label=form, rows=len(found.steps), now=timezone.now())
    name = (_("retention-point"), chosen.period)
    return tables.answer(form=form, name=name, columns=gain.columns(), rows=gain.rows(found))


def _links(request: StaffRequest, chosen: selection.Selection) -> dict[str, str]:
    """Give the lists of those who left (were we warned?) and of those who came."""
    if not policy.may(request.user, policy.CUSTOMERS_VIEW):
        return {}
    return {group: f"{reverse('customers')}?behind={group}&{chosen.query}" for group in ("lost", "won")}


def _before(stored: queries.Points, chosen: selection.Selection) -> tuple[str, tiles.Figures] | None:
    """Give the period before with its name, if anything is known of it."""
    before = chosen.period.previous()
    figures = stored.at(before)
    return (selection.name(before), figures) if figures else None


def _plots(
    request: StaffRequest, stored: queries.Points, chosen: selection.Selection, *, generation: Generation
) -> list[plots.Shown]:
    """Show the charts that have something to show; their addresses name the generation, so browsers may keep them."""
    sight = forecasts.sight(request.user, generation)
    answer = overview_plots.Answer(selection=chosen, points=stored, sight=sight, generation=generation)
    query = chosen.parameters | {"of": f"{generation.pk}-{get_language()}"}
    return [plots.shown(plot, query=query, theme=theme_of(request)) for plot in overview_plots.plots(answer)]


def _empty(request: StaffRequest) -> HttpResponse:
    """Before the first figures: what will be here, and how it gets here."""
    state, has_orders = context.state(request), Order.objects.exists()
    is_coming = has_orders and (state["as_of_on"] is None or state["stale"] or mirror.read() is None)
    return render(
        request, "figures/overview_empty.html", {"state": state, "is_coming": is_coming, "has_orders": has_orders}
    )


def _window_origin(chosen: selection.Selection) -> str:
    """Say where the activity window comes from, with the numbers where it was suggested."""
    if chosen.activity_days != chosen.usual_days:
        return _("You chose this window for this page; usually it is %(days)s days.") % {"days": chosen.usual_days}
    if FigureSettings.of(team.company()).activity_days:
        return _("The company set this window.")
    with suppress(CannotAnswer, answers.NoMirror, answers.NoFacts):
        found = answers.suggested_activity_days()
        if found is not None and found.activity_days == chosen.usual_days:
            words = _(
                "Suggested by your customers' order rhythm: %(share)s of %(gaps)s gaps between purchases are shorter."
            )
            return words % {"share": writing.percent(found.covered_share, places=0), "gaps": writing.number(found.gaps)}
    return _("A usual value: for a suggestion of your own, too few customers have bought twice.")


@require_safe
@needs(policy.FIGURES_VIEW)
def state(request: StaffRequest) -> HttpResponse:
    return render(request, "ui/state.html")
