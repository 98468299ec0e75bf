"""Beginning a measure: with a ready-made one, or an empty one for a group of customers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.plays.measure_forms import BeginForm
from stammkunde.plays.measures import running
from stammkunde.plays.views import bringing
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def begin(request: StaffRequest) -> HttpResponse:
    """Ask what to begin with (`group`: for which group); an empty one is a draft, and goes on in the editor."""
    form = BeginForm(request.POST or None, initial={"group": request.GET.get("group", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        content = empty(said["group"].pk)
        play = running.draft(name=said["name"], content=content, staff=request.user, now=timezone.now())
        bringing.leave_usual_share(play, request.user)
        messages.success(request, _("The measure is there as a draft. Now say what happens: add a step."))
        return redirect("measure-edit", play.pk)
    context = {"form": form, "has_groups": form.has_groups()}
    return render(request, "plays/measure_begin.html", context, status=400 if form.is_bound else 200)


def empty(group: int) -> dict[str, Any]:
    """Give a measure in which nothing happens yet: for whoever comes into the group, so that they buy."""
    return {
        "trigger": {"kind": "enters"},
        "group": group,
        "steps": [{"kind": "end"}],
        "goal": {"kind": "purchase"},
        "ends_on": ["complaint"],
    }
