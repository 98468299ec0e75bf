"""The guides, and the company's own words for them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stammkunde.calls import guides, queries, services
from stammkunde.calls.forms import KINDS, GuideForm, renamed
from stammkunde.outreach import knowing, naming
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_safe
@needs(policy.MESSAGES_SEND)
def every(request: StaffRequest) -> HttpResponse:
    own = queries.own_guides()
    rows = [
        {
            "kind": kind,
            "label": label,
            "styles": [
                {"style": style, "name": _style_name(*style), "own": own.get((kind, *style))} for style in guides.STYLES
            ],
        }
        for kind, label in KINDS.items()
    ]
    return render(request, "calls/guides.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.MESSAGES_SEND)
def edit(request: StaffRequest, kind: str, language: str, form: str) -> HttpResponse:
    _known(kind, language, form)
    script = queries.guide(kind, language, form)
    own = (kind, language, form) in queries.own_guides()
    initial = {name: renamed(getattr(script, name), naming.shown) for name in guides.TEXTS}
    asked = GuideForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and asked.is_valid():
        services.change_guide(
            kind=kind, language=language, form=form, script=asked.script(), staff=request.user, now=timezone.now()
        )
        messages.success(request, _("Saved. From the next call on, this guide is shown."))
        return redirect(reverse("guides"))
    context = {
        "form": asked,
        "label": KINDS[kind],
        "style": _style_name(language, form),
        "is_own": own,
        "fields": [naming.name(one) for one in knowing.fields()],
        "place": (kind, language, form),
    }
    return render(request, "calls/guide.html", context)


@require_POST
@needs(policy.MESSAGES_SEND)
def reset(request: StaffRequest, kind: str, language: str, form: str) -> HttpResponse:
    _known(kind, language, form)
    services.reset_guide(kind=kind, language=language, form=form, now=timezone.now(), staff=request.user)
    messages.success(request, _("The ready-made guide is back."))
    return redirect(reverse("guide", args=[kind, language, form]))


def _known(kind: str, language: str, form: str) -> None:
    if kind not in KINDS or (language, form) not in guides.STYLES:
        raise Http404(f"guide {kind} {language} {form}")


def _style_name(language: str, form: str) -> str:
    return {("de", "sie"): _("German (Sie)"), ("de", "du"): _("German (Du)")}.get((language, form), _("English"))
