"""What mails look like: the settings of it, and beside them a mail that changes while one types."""

from typing import Any

from django.core import signing
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stammkunde.customers.models import Purpose
from stammkunde.outreach import content, dress, foot, services
from stammkunde.outreach.brand import Face
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.forms import DesignForm
from stammkunde.outreach.models import Message, MessageSettings
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Company
from stammkunde.team.settings_page import SettingsPage
from stammkunde.ui import middleware

SALT, SECONDS = "outreach.design", 24 * 60 * 60
KEPT = ("logo_id", "mail_colour", "mail_font", "mail_signature", "shop_url", "social_urls")


class Design(SettingsPage):
    name = "settings-design"
    title = gettext_lazy("Design of e-mails")
    lead = gettext_lazy("The face of your company in every mail: logo, colour, font, signature and links.")
    forms = (DesignForm,)
    template = "outreach/settings_design.html"

    def more(self) -> dict[str, Any]:
        return {"frame": _frame(MessageSettings.of(team.company()))}


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    with transaction.atomic():
        response = Design(request).answer()
        if request.method == "POST":
            services.keep_logo(now=timezone.now())
    response.headers["Content-Security-Policy"] = middleware.WITH_FRAMES
    return response


@needs(policy.SETTINGS_EDIT)
@require_POST
def shown(request: StaffRequest) -> HttpResponse:
    """Show what is typed, and keep nothing of it."""
    form = DesignForm.over(team.company(), request.POST)
    if not form.is_valid():
        return render(request, "outreach/design_shown.html", {"frame": ""})
    said = form.changes()
    logo = said.pop("logo")
    typed = MessageSettings(logo_id=logo.name if logo else None, **said)
    return render(request, "outreach/design_shown.html", {"frame": _frame(typed)})


@xframe_options_sameorigin
@needs(policy.SETTINGS_EDIT)
@require_safe
def framed(_request: StaffRequest, design: str) -> HttpResponse:
    """Give the page in the frame."""
    try:
        said = signing.loads(design, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as problem:
        raise Http404("design") from problem
    company = team.company()
    company.outreach = MessageSettings(company=company, **said)
    response = HttpResponse(_sample(company, language=get_language() or "de"))
    response.headers["Content-Security-Policy"] = middleware.IN_A_FRAME
    return response


def _frame(ours: MessageSettings) -> str:
    return signing.dumps({name: getattr(ours, name) for name in KEPT}, salt=SALT, compress=True)


def _sample(company: Company, *, language: str) -> str:
    """Write a mail that has everything."""
    words = Text(
        subject=_("Preview of the mail"),
        blocks=(
            Block(kind="text", text=_("Good day Ms Weber,\n\nthis is how your mails look, with a [link](https://example.com).")),
            Block(kind="offer", title=_("10% off your next order"), text=_("On everything, until Friday.")),
            Block(kind="button", label=_("Use my discount"), url="https://example.com/"),
            Block(kind="text", text=_("Kind regards")),
        ),
    )  # fmt: skip
    message = Message(purpose=Purpose.ADVERTISING, language=language)
    face = Face.of(company)
    below = foot.of(message, face, unsubscribe="#", preferences="#")
    look = face.look(purpose=message.purpose, is_preview=True)
    return dress.html(content.write(words, {}), look=look, foot=below, language=language)
