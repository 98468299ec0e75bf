"""The browser's half of the charts. The charts themselves follow the pages that show them."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stammkunde.home import charts

FOR_EVER = "public, max-age=31536000, immutable"


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
