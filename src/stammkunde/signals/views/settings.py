"""What the company decided about figures and warnings, with what its own figures say about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.signals import answers, forecasts, forms, queries
from stammkunde.signals import services as refreshing
from stammkunde.team import policy, services
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    form = forms.Settings(request.POST or None, instance=team.company())
    if request.method == "POST" and form.is_valid():
        services.change_company(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. The figures follow in a moment."))
        return redirect("settings")
    shown = queries.current()
    context = {
        "form": form,
        "suggestion": _suggestion(),
        "used_days": shown.activity_days if shown else None,
        "horizon": forecasts.part(shown, "risk"),
    }
    return render(request, "signals/settings.html", context, status=400 if form.errors else 200)


@needs(policy.SETTINGS_EDIT)
@require_POST
def refresh(request: StaffRequest) -> HttpResponse:
    refreshing.ask(now=timezone.now())
    messages.success(request, _("The worker computes everything anew in a moment."))
    return redirect("settings")


def _suggestion() -> object | None:
    """Give the window that the own order rhythm suggests; None while there is too little to tell."""
    try:
        return answers.suggested_activity_days()
    except (answers.NoMirror, answers.NoFacts):
        return None
