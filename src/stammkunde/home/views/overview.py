"""The overview: how well the company keeps its customers, in one look."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stammkunde.home import context, plots, selection, tiles, worth
from stammkunde.home.queries import overview as queries
from stammkunde.sales.models import Order
from stammkunde.signals import queries as signals
from stammkunde.signals.models import Generation
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import needs
from stammkunde.team.context import theme as theme_of


@require_safe
@needs(policy.FIGURES_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    generation = signals.current()
    if generation is None:
        return _empty(request)
    chosen = selection.read(request.GET, as_of_on=generation.as_of_on, usual_days=generation.activity_days)
    stored = queries.chosen_points(generation, chosen)
    figures = queries.figures(stored, chosen)
    shows_margin = policy.may(request.user, policy.MARGIN_VIEW)
    return render(
        request,
        "home/overview.html",
        {
            "selection": chosen,
            "generation": generation,
            "tiles": tiles.tiles(
                figures,
                others=[(selection.short_name(period), then) for period, then in queries.others(stored, chosen)],
                history=queries.histories(stored, until=chosen.period),
                shows_margin=shows_margin,
            ),
            "plots": _plots(
                request,
                queries.Answer(selection=chosen, points=stored, shows_margin=shows_margin),
                generation=generation,
            ),
            "point": worth.worth(figures, shows_margin=shows_margin),
            "sentence": tiles.sentence(figures),
            "bar": selection.bar(chosen),
            "segments": queries.segments(generation, period=chosen.period),
            "window_origin": _window_origin(chosen),
        },
    )


def _plots(request: HttpRequest, answer: queries.Answer, *, generation: Generation) -> list[plots.Shown]:
    """Show the charts that have something to show; their addresses name the generation, so browsers may keep them."""
    query = answer.selection.parameters | {"of": f"{generation.pk}-{get_language()}"}
    made = (make(answer) for make in queries.PLOTS.values())
    return [plots.shown(plot, query=query, theme=theme_of(request)) for plot in made if plot is not None]


def _empty(request: HttpRequest) -> HttpResponse:
    """Before the first figures: what will be here, and how it gets here."""
    return render(
        request,
        "home/overview_empty.html",
        {"state": context.state(request), "has_orders": Order.objects.exists()},
    )


def _window_origin(chosen: selection.Selection) -> str:
    """Say where the activity window comes from."""
    if not chosen.is_stored:
        return _("You chose this window for this page; usually it is %(days)s days.") % {"days": chosen.usual_days}
    if team.company().activity_days:
        return _("The company set this window.")
    return _("This window was suggested by your customers' order rhythm; it can be changed in the settings.")


@require_safe
@needs(policy.CUSTOMERS_VIEW)
def behind(request: HttpRequest, group: str) -> HttpResponse:
    raise Http404(group)


@require_safe
@needs(policy.FIGURES_VIEW)
def state(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/state.html")
