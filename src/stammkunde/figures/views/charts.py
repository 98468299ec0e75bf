"""Charts as pictures, as specifications for the browser, and to take along; and the browser's half itself."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from stammkunde.figures import charts, plots
from stammkunde.figures.plots import Plot
from stammkunde.figures.queries import asked
from stammkunde.insight.errors import CannotAnswer
from stammkunde.signals import answers
from stammkunde.team import policy, taking
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given, tables

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "private, max-age=86400"  # the address names the generation, so another one is another address
NARROWEST, WIDEST = 200, 2400


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a chart is wanted."""

    theme: str
    width: int
    language: str
    to_take: bool


@require_safe
@needs(policy.FIGURES_VIEW)
def chart(request: StaffRequest, name: str, ending: str) -> HttpResponse:
    if ending not in SHOWN:
        raise Http404(ending)
    response = ANSWERS[ending](_plot(name, request), _look(request))
    response["Cache-Control"] = FOR_A_DAY
    return response


@require_POST
@needs(policy.EXPORT)
def take(request: StaffRequest, name: str, ending: str) -> HttpResponse:
    """Take a chart along; it is a POST because it leaves a trace."""
    if ending not in TAKEN:
        raise Http404(ending)
    plot = _plot(name, request)
    response = ANSWERS[ending](plot, _look(request, to_take=True))
    response["Content-Disposition"] = f'attachment; filename="stammkunde-{plot.name}.{ending}"'
    response["Cache-Control"] = "no-store"
    told = {"thing": "chart", "label": f"{plot.name}.{ending}", "query": request.GET.urlencode()}
    taking.note(request, rows=len(plot.rows), now=timezone.now(), **told)
    return response


def _plot(name: str, request: StaffRequest) -> Plot:
    plot = None
    with suppress(answers.NoMirror, answers.NoFacts, CannotAnswer):
        plot = asked.plot(name, request=request)
    if plot is None:
        raise Http404(name)
    return plot


def _look(request: StaffRequest, *, to_take: bool = False) -> Look:
    theme, width = request.GET.get("theme", ""), given.whole(request.GET.get("width", ""), most=99_999)
    return Look(
        theme=theme if theme in plots.THEMES else "light",
        width=plots.HALF if width is None else min(max(width, NARROWEST), WIDEST),
        language=get_language() or "de",
        to_take=to_take,
    )


def _svg(plot: Plot, look: Look) -> HttpResponse:
    spec = plots.dressed(plot, theme=look.theme, width=look.width, on_paper=look.to_take)
    return HttpResponse(charts.svg(spec, language=look.language), content_type="image/svg+xml")


def _png(plot: Plot, look: Look) -> HttpResponse:
    spec = plots.dressed(plot, theme=look.theme, width=look.width, on_paper=True)
    return HttpResponse(charts.png(spec, language=look.language), content_type="image/png")


def _json(plot: Plot, look: Look) -> HttpResponse:
    ways = charts.locale(look.language)
    spec = plots.dressed(plot, theme=look.theme, width=look.width)
    return JsonResponse(
        {"spec": spec, "formatLocale": ways["format_locale"], "timeFormatLocale": ways["time_format_locale"]}
    )


def _csv(plot: Plot, look: Look) -> HttpResponse:
    lines = tables.csv_lines(columns=plot.columns, rows=plot.rows, dialect=tables.Dialect.of(look.language))
    return HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")


ANSWERS: dict[str, Callable[[Plot, Look], HttpResponse]] = {"svg": _svg, "png": _png, "json": _json, "csv": _csv}
SHOWN, TAKEN = ("svg", "json"), ("png", "svg", "csv")


@login_not_required
@require_safe
def bundle(request: HttpRequest, name: str) -> HttpResponse:
    """Give Vega-Embed as a module. The name holds its version, so it is asked for once."""
    gzipped = "gzip" in request.headers.get("Accept-Encoding", "")
    try:
        script = charts.bundle(gzipped=gzipped) if name == charts.bundle_name() else None
    except charts.NoBundle:
        script = None
    if script is None:
        raise Http404(name)
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
