"""From the list of customers to a campaign: the list's filters say whom it is for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammkunde.outreach import advice
from stammkunde.outreach.content import FieldsUnknown
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.plays import drawing, services, trial
from stammkunde.plays.call_forms import CallCampaignForm
from stammkunde.plays.consent_forms import ConsentCampaignForm
from stammkunde.plays.editing import power
from stammkunde.plays.forms import MOST_LEFT_ALONE, CampaignForm, has_templates
from stammkunde.plays.models import Play
from stammkunde.segments import audience
from stammkunde.segments import queries as customers
from stammkunde.segments.asked import Asked
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui.given import whole

CALLS_A_DAY = 5


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def new(request: StaffRequest) -> HttpResponse:
    asked = _asked(request)
    if _asks_effect(request):
        return _effect(request, asked)
    count = asked.page.count
    form = CampaignForm(request.POST or None, customers=count, initial={"callers": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        try:
            play = _create(request, form, asked)
        except CountsAsAdvertising as refused:
            form.add_error("template", advice.refusal(refused.claims))
        else:
            messages.success(request, _("Being prepared: nothing is sent before you start it."))
            return redirect("play", play.pk)
    shown = {"form": form, "asked": asked, "count": count, "whom": _whom(asked), "query": asked.query}
    return render(request, "plays/campaign.html", shown | {"has_templates": has_templates(form)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def new_calls(request: StaffRequest) -> HttpResponse:
    """Make a campaign by phone of the list's filters."""
    asked = _asked(request)
    if _asks_effect(request):
        return _effect(request, asked)
    count = asked.page.count
    form = CallCampaignForm(request.POST or None, customers=count, initial={"callers": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        try:
            play = _create_calls(request, form, asked)
        except FieldsUnknown as unknown:
            form.add_error("about", _("There is no field {%(name)s}.") % {"name": unknown.names[0]})
        except CountsAsAdvertising:
            form.add_error("about", _("This counts as advertising. Choose a guide that is for it, or leave it out."))
        else:
            messages.success(request, _("Being prepared: nobody is called before you start it."))
            return redirect("play", play.pk)
    shown = {"form": form, "asked": asked, "count": count, "whom": _whom(asked), "query": asked.query}
    return render(request, "plays/campaign.html", shown | {"has_templates": True, "by_phone": True})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def new_consent(request: StaffRequest) -> HttpResponse:
    """Ask whom the list's filters choose for consent."""
    asked = _asked(request)
    form = ConsentCampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        play = _create_consent(request, form, asked)
        messages.success(request, _("Being prepared: nobody is asked before you start it."))
        return redirect("play", play.pk)
    shown = {"form": form, "asked": asked, "count": asked.page.count, "whom": _whom(asked), "query": asked.query}
    return render(request, "plays/campaign.html", shown | {"has_templates": True, "asks_consent": True})


def _asks_effect(request: StaffRequest) -> bool:
    return bool(request.htmx) and request.method != "POST" and "holdout_percent" in request.GET


def _effect(request: StaffRequest, asked: Asked) -> HttpResponse:
    """Say the smallest effect that could be seen with so many left alone, as somebody is typing."""
    percent, count = whole(request.GET["holdout_percent"], most=MOST_LEFT_ALONE), asked.page.count
    some = next(customers.ids(asked.filters, generation=asked.generation, size=trial.MOST), [])
    many = max(len(some), power.MANY) if count is None else count
    cents, days = None, 0
    if percent:
        days = drawing.usual_window_days()
        cents = trial.smallest_of(some, customers=many, share=percent / 100, days=days, now=timezone.now())
    suggested = power.suggested_share(count)
    shown = {"share": percent, "cents": cents, "suggested": suggested, "count": count, "days": days}
    return render(request, "plays/effect.html", shown)


def _create_consent(request: StaffRequest, form: ConsentCampaignForm, asked: Asked) -> Play:
    given = form.cleaned_data
    question = services.Question(purposes=given["purposes"], origin=given["origin"])
    campaign = _campaign(given, asked, template=None, holdout_share=0.0)
    return services.create_consent_campaign(campaign, question, staff=request.user, now=timezone.now())


def _create_calls(request: StaffRequest, form: CallCampaignForm, asked: Asked) -> Play:
    given = form.cleaned_data
    how = services.ByPhone(
        guide=given["guide"], about=given["about"], callers=list(given["callers"]), calls_per_day=given["calls_per_day"]
    )
    campaign = _campaign(
        given, asked, template=None, holdout_share=given["holdout_percent"] / 100, spends_on_c=given["spends_on_c"]
    )
    return services.create_call_campaign(campaign, how, staff=request.user, now=timezone.now())


def _create(request: StaffRequest, form: CampaignForm, asked: Asked) -> Play:
    given = form.cleaned_data
    campaign = _campaign(
        given,
        asked,
        template=given["template"],
        holdout_share=given["holdout_percent"] / 100,
        otherwise=form.otherwise(),
        spends_on_c=given["spends_on_c"],
        **form.whom(),
    )
    if not given["guide"]:
        return services.create_campaign(campaign, staff=request.user, now=timezone.now())
    how = services.ByPhone(guide=given["guide"], about="", callers=list(given["callers"]), calls_per_day=CALLS_A_DAY)
    return services.create_mixed_campaign(campaign, how, staff=request.user, now=timezone.now())


def _asked(request: StaffRequest) -> Asked:
    """Give the list whose filters choose the customers: as the form sends it along, or as its address says."""
    return Asked(request, QueryDict(request.POST["query"]) if "query" in request.POST else request.GET)


def _campaign(given: dict[str, Any], asked: Asked, **more: Any) -> services.Campaign:
    """Give what campaigns of all kinds say of themselves, and what this one says besides."""
    return services.Campaign(
        name=given["name"],
        audience=audience.stored(asked.filters),
        audience_text=_whom(asked),
        valid_days=given["valid_days"],
        starts_at=given["starts_at"],
        **more,
    )


def _whom(asked: Asked) -> str:
    """Say whom the filters choose."""
    return " · ".join(label for label, _address in asked.chips) or _("All customers")
