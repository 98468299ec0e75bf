"""Five seconds for a colleague: the page keeps the time by itself, with or without scripts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.outreach import content, looks, queries
from stammkunde.outreach.drafts import Draft
from stammkunde.outreach.forms import LookForm
from stammkunde.outreach.models import Look
from stammkunde.outreach.views import preview
from stammkunde.outreach.views.preview import Meant
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given, middleware


@require_POST
@needs(policy.MESSAGES_SEND)
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    template = queries.template(pk)
    if template is None:
        raise Http404(f"template {pk}")
    language, _dash, form = request.POST.get("words", "").partition("-")
    try:
        looks.ask(
            template=template,
            style=(language, form),
            of=given.row(request.POST.get("colleague", "")),
            by=request.user,
            now=timezone.now(),
        )
    except looks.NoSuchColleague:
        messages.error(request, _("Choose a colleague who may write to customers."))
    except KeyError:
        messages.error(request, _("Save this version first: a colleague sees what is kept."))
    else:
        messages.success(request, _("Asked. It stands on your colleague's work list."))
    return redirect(f"{reverse('template', args=[pk])}?words={language}-{form}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.ANSWERS_SEND)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """Before, during and after the five seconds; whoever was not asked sees what is kept, and no words."""
    look = Look.objects.select_related("template", "asked_by", "asked_of").filter(pk=pk).first()
    if look is None:
        raise Http404(f"look {pk}")
    is_mine, now = look.asked_of_id == request.user.pk, timezone.now()
    if request.method == "POST" and is_mine:
        return _act(request, look)
    shown: dict[str, Any] = {"look": look, "is_mine": is_mine, "form": LookForm(), "seconds": looks.SECONDS}
    if not is_mine or not looks.is_showing(look, now=now):
        return render(request, "outreach/look.html", shown)
    response = render(request, "outreach/look.html", shown | _message(request, look))
    response.headers["Content-Security-Policy"] = middleware.WITH_FRAMES
    response.headers["Refresh"] = str(looks.SECONDS)
    return response


def _act(request: StaffRequest, look: Look) -> HttpResponse:
    if request.POST.get("act") == "show":
        looks.show(look=look, now=timezone.now())
        return redirect("look", look.pk)
    form = LookForm(request.POST)
    if not form.is_valid():
        shown = {"look": look, "is_mine": True, "form": form, "seconds": looks.SECONDS}
        return render(request, "outreach/look.html", shown, status=400)
    if looks.answer(look=look, **form.said(), now=timezone.now()):
        messages.success(request, _("Thank you. Your answer stands beside the words."))
    return redirect("look", look.pk)


def _message(request: StaffRequest, look: Look) -> dict[str, Any]:
    """Give the words as they were when asked, as some customer would see them."""
    draft = Draft.of(content.read(**look.words))
    recipient = queries.somebody(None, template=look.template, today=timezone.localdate())
    meant = Meant(purpose=look.template.purpose, channel=look.template.channel, template=look.template)
    style = (look.language, look.form)
    if recipient is None:
        return {"is_showing": True, "subject": draft.subject}
    return {
        "is_showing": True,
        "subject": preview.subject(draft, style=style, recipient=recipient),
        "frame": preview.frame(draft, style=style, meant=meant, recipient=recipient, by=request.user),
    }
