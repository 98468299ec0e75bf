"""What the company decided about figures and warnings, with what its own figures say about it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.signals import answers, forecasts, forms, hourly, margins, proof, queries, yearly
from stammkunde.signals import services as refreshing
from stammkunde.tasks.forms import TimeForm
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.forms import CompanyForm
from stammkunde.team.settings_page import SettingsPage
from stammkunde.ui import given


class General(SettingsPage):
    name = "settings"
    lead = gettext_lazy(
        "What holds for the whole company. Language and appearance are your own; they are in your profile."
    )
    forms = (CompanyForm, forms.FigureForm, TimeForm)
    template = "signals/settings.html"
    saved = gettext_lazy("Saved. The figures follow in a moment.")

    def more(self) -> dict[str, Any]:
        shown = queries.current()
        return {
            "suggestion": _suggestion(),
            "used_days": shown.activity_days if shown else None,
            "horizon": forecasts.part(shown, "risk"),
            "choices": proof.choices(shown),
        }


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    return General(request).answer()


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def costs(request: StaffRequest) -> HttpResponse:
    """Show what an hour of each role costs, write one down, or take one back (`remove`: its id)."""
    now = timezone.now()
    if cost_id := given.row(request.POST.get("remove", "")):
        hourly.take_back(cost_id=cost_id, by=request.user, now=now)
        messages.success(request, _("Removed."))
        return redirect("settings-costs")
    form = forms.HourlyForm(request.POST) if request.method == "POST" else _hourly_form(now=now)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("role", "holds_from_on")}
        hourly.write_down(**said, cents=form.cents, by=request.user, now=now)
        messages.success(request, _("Saved."))
        return redirect("settings-costs")
    return _costs(request, form, _year_form(now=now))


@needs(policy.SETTINGS_EDIT)
@require_POST
def year_costs(request: StaffRequest) -> HttpResponse:
    """Write down what winning and keeping cost in a year, or take that back (`remove`: the year)."""
    now = timezone.now()
    if year := given.row(request.POST.get("remove", "")):
        yearly.take_back(year=year, by=request.user, now=now)
        messages.success(request, _("Removed."))
        return redirect("settings-costs")
    form = forms.YearForm(request.POST)
    if not form.is_valid():
        return _costs(request, _hourly_form(now=now), form)
    cents = {f"{name}_cents": form.cents(name) for name in ("winning", "keeping")}
    yearly.write_down(year=form.cleaned_data["year"], **cents, by=request.user, now=now)
    messages.success(request, _("Saved."))
    return redirect("settings-costs")


def _hourly_form(*, now: datetime) -> forms.HourlyForm:
    return forms.HourlyForm(initial={"role": "sales", "holds_from_on": timezone.localdate(now)})


def _year_form(*, now: datetime) -> forms.YearForm:
    """Begin with last year, and what is written down of it: who corrects one amount keeps the other."""
    year = timezone.localdate(now).year - 1
    known = yearly.of(year)
    cents = {name: getattr(known, f"{name}_cents", None) for name in ("winning", "keeping")}
    amounts = {name: Decimal(one) / 100 for name, one in cents.items() if one is not None}
    return forms.YearForm(initial={"year": year, **amounts})


def _costs(request: StaffRequest, form: forms.HourlyForm, of_year: forms.YearForm) -> HttpResponse:
    shown = {
        "form": form,
        "year_form": of_year,
        "costs": [{"cost": one, "role": margins.role_label(one.role)} for one in hourly.costs()],
        "years": yearly.costs(),
        "counts_time": margins.wanted().counts_time,
        "definition": margins.definition(queries.current()),
    }
    return render(request, "signals/costs.html", shown, status=400 if form.errors or of_year.errors else 200)


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
