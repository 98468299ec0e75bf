"""What the company decided about writing to customers: who writes, on what ground, when, and on paper."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.outreach import channels, forms, wording
from stammkunde.outreach.channels import email
from stammkunde.team import policy, services
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def contact(request: StaffRequest) -> HttpResponse:
    form = forms.ContactSettings(request.POST or None, instance=team.company())
    if request.method == "POST" and form.is_valid():
        services.change_company(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings-contact")
    context = {"form": form, "public_url": django_settings.PUBLIC_URL}
    return render(request, "outreach/settings_contact.html", context, status=400 if form.errors else 200)


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def paper(request: StaffRequest) -> HttpResponse:
    form = forms.PaperSettings(request.POST or None, instance=team.company())
    if request.method == "POST" and form.is_valid():
        services.change_company(by=request.user, **form.changes())
        messages.success(request, _("Saved."))
        return redirect("settings-paper")
    return render(request, "outreach/settings_paper.html", {"form": form}, status=400 if form.errors else 200)


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def sending(request: StaffRequest) -> HttpResponse:
    company = team.company()
    form = forms.SendingSettings(request.POST or None, instance=company)
    if request.method == "POST" and form.is_valid():
        services.change_company(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings-sending")
    ways = [(wording.channel(one.name), wording.reason(_code(one.missing(team.company())))) for one in channels.every()]
    context = {"form": form, "ways": ways, "sender": company.sender_email}
    return render(request, "outreach/settings_sending.html", context, status=400 if form.errors else 200)


@needs(policy.SETTINGS_EDIT)
@require_POST
def send_test(request: StaffRequest) -> HttpResponse:
    """Send a mail to whoever asks, at once: what the server says is the answer."""
    try:
        email.send_test(
            to=request.user.email, company=team.company(), language=get_language() or "de", now=timezone.now()
        )
    except email.NotSetUp as problem:
        messages.error(request, wording.reason({"code": str(problem)}))
    except (channels.TemporaryFailure, channels.PermanentFailure, channels.Unclear) as problem:
        messages.error(request, _("The mail server says: %(words)s") % {"words": problem})
    else:
        messages.success(request, _("A test mail is on its way to %(address)s.") % {"address": request.user.email})
    return redirect("settings-sending")


def _code(code: str) -> dict[str, str] | None:
    return {"code": code} if code else None
