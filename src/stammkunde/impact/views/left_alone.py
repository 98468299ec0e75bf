"""Switching on and off that some customers get no advertising for a year, with what that would show."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.impact import everything
from stammkunde.impact.forms import LeftAloneForm
from stammkunde.impact.models import Year
from stammkunde.insight import experiments
from stammkunde.outreach import queries as outreach
from stammkunde.signals import forecasts
from stammkunde.signals import queries as signals
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import writing


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """Show how it stands; switch on (`act` on, with the form) unless it is on, or off (`act` off)."""
    if request.POST.get("act") == "off":
        everything.switch_off(by=request.user, now=timezone.now())
        messages.success(request, _("Switched off. Whoever may get advertising gets it again."))
        return redirect("settings-year")
    year = everything.at_hand()
    if year is not None:
        if request.method == "POST":
            return redirect("settings-year")
        return render(request, "impact/settings_left_alone.html", _of_year(year))
    ours = everything.settings()
    n = everything.eligible(spares_a=ours.all_spares_a).count()
    usual = ours.all_share or experiments.usual_global_share(n) or everything.MOST
    form = LeftAloneForm(request.POST or None, initial={"percent": round(usual * 100), "spares_a": ours.all_spares_a})
    if request.method == "POST" and form.is_valid() and _switched_on(request, form):
        return redirect("settings-year")
    shown = {"form": form, **_standing(request, n, spares_a=ours.all_spares_a)}
    return render(request, "impact/settings_left_alone.html", shown, status=400 if form.errors else 200)


def _switched_on(request: StaffRequest, form: LeftAloneForm) -> bool:
    said = form.cleaned_data
    try:
        year = everything.switch_on(
            share=said["percent"] / 100, spares_a=said["spares_a"], by=request.user, now=timezone.now()
        )
    except everything.TooFew:
        form.add_error(None, too_few(everything.eligible(spares_a=said["spares_a"]).count()))
        return False
    told = {"n": writing.number(year.total)}
    messages.success(request, _("Switched on. Now chance draws among %(n)s customers.") % told)
    return True


def too_few(n: int) -> str:
    """Say why it is not offered."""
    return _(
        "%(n)s customers would take part. Below %(fewest)s such a year would show nothing, so it is not offered."
    ) % {"n": writing.number(n), "fewest": writing.number(everything.FEWEST)}


def _of_year(year: Year) -> dict[str, Any]:
    """Tell how far it is drawn; then of whom it is, and until when."""
    until = timezone.localdate(year.draw.drawn_at + everything.YEAR)
    return {"year": year, "draw": year.draw, "until": until}


def _standing(request: StaffRequest, n: int, *, spares_a: bool) -> dict[str, Any]:
    """Tell what it would show, or why it is not offered."""
    older = outreach.is_anybody_left_alone()
    if n < everything.FEWEST:
        return {"too_few": too_few(n), "older": older}
    return {
        "n": n,
        "older": older,
        "spares_a": spares_a,
        "shows": everything.shows(spares_a=spares_a),
        "sees_money": forecasts.sight(request.user, signals.current()).worth,
    }
