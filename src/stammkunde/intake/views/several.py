"""The page of files that came together: started with one press, with one report."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stammkunde.intake import layouts, queries, report, services, together
from stammkunde.intake.forms import language
from stammkunde.intake.models import Import
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@needs(policy.IMPORTS_RUN)
@require_safe
def several(request: StaffRequest, key: str) -> HttpResponse:
    planned = together.planned(together.of(key))
    if not planned:
        raise Http404(key)
    return render(request, "intake/several.html", {"key": key, **_context(planned)})


@needs(policy.IMPORTS_RUN)
@require_POST
def put_together(request: StaffRequest) -> HttpResponse:
    """Let all files that wait be imported together."""
    if not together.waiting().exists():
        messages.warning(request, _("No file is waiting any more."))
        return redirect("imports")
    return redirect("imports-together", services.put_together())


@needs(policy.IMPORTS_RUN)
@require_POST
def start_together(request: StaffRequest, key: str) -> HttpResponse:
    started = services.start_together(key=key, now=timezone.now(), staff=request.user)
    if not started:
        messages.warning(request, _("There is nothing to start: see below what each file waits for."))
    return redirect("imports-together", key)


def _context(planned: list[together.Waiting]) -> dict[str, Any]:
    imports = [one.incoming for one in planned]
    return {
        "files": [(one, _kind(one.incoming), _told(one)) for one in planned],
        "ready": sum(one.is_ready for one in planned),
        "waiting": sum(one.is_at_rest and not one.is_ready and not one.has_failed for one in planned),
        "failed": sum(one.has_failed for one in planned),
        "running": any(one.status in queries.RUNNING for one in imports),
        "done": sum(one.status == Import.Status.DONE for one in imports),
        "rows": report.together(imports),
    }


def _kind(incoming: Import) -> str:
    return layouts.get(incoming.layout).label(language()) if incoming.layout else _("not recognised")


def _told(one: together.Waiting) -> str:
    """Say what came of a file, or what it waits for."""
    incoming = one.incoming
    if not one.is_at_rest or one.has_failed:
        return report.summary(incoming)
    if one.behind is not None and not one.is_open:
        return _("waits for “%(file)s”") % {"file": one.behind.file_name}
    return report.waiting(incoming)
