"""What the company decided about writing to customers: who writes, on what ground, when, and on paper."""

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers.forms import ConsentRules
from stammkunde.mailbox import queries as mailboxes
from stammkunde.mailbox import wording as mailbox_wording
from stammkunde.outreach import bouncing, channels, forms, wording
from stammkunde.outreach.channels import email
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.forms import SenderForm
from stammkunde.team.settings_page import SettingsPage


class Contact(SettingsPage):
    name = "settings-contact"
    title = gettext_lazy("Contact")
    lead = gettext_lazy(
        "As whom the company writes, and on what ground. The product enforces this and keeps the proof; it gives no "
        "legal advice."
    )
    forms = (SenderForm, forms.AddressForm, ConsentRules, forms.ShopForm)
    template = "outreach/settings_contact.html"

    def more(self) -> dict[str, Any]:
        return {"public_url": django_settings.PUBLIC_URL}


class Paper(SettingsPage):
    name = "settings-paper"
    title = gettext_lazy("Letters and postcards")
    lead = gettext_lazy("What stands on letters and postcards, and what one of them costs.")
    forms = (forms.PaperForm,)
    template = "outreach/settings_paper.html"


class Sending(SettingsPage):
    name = "settings-sending"
    title = gettext_lazy("Sending")
    lead = gettext_lazy("When customers may be disturbed, how often at most, and by which ways messages leave.")
    forms = (forms.SendingForm,)
    template = "outreach/settings_sending.html"

    def more(self) -> dict[str, Any]:
        company = team.company()
        missing = [(one.name, one.missing(company)) for one in channels.every()]
        return {
            "ways": [(wording.channel(name), wording.reason(_code(code))) for name, code in missing],
            "bounces": _bounces(),
        }


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def contact(request: StaffRequest) -> HttpResponse:
    return Contact(request).answer()


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def paper(request: StaffRequest) -> HttpResponse:
    return Paper(request).answer()


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def sending(request: StaffRequest) -> HttpResponse:
    return Sending(request).answer()


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


def _bounces() -> dict[str, Any]:
    """Say how the mailbox of bounces stands, where one is set."""
    box = bouncing.box()
    if box is None:
        return {}
    known = mailboxes.standing(box.name)
    problem = known.problem if known else None
    place, counts = box.address.place, mailboxes.counted(known) if known else {}
    return {
        "place": place,
        "read_at": known.read_at if known else None,
        "counts": mailbox_wording.counts(counts),
        "problem": mailbox_wording.problem(problem, place=place, setting=bouncing.SETTING) if problem else "",
    }


def _code(code: str) -> dict[str, str] | None:
    return {"code": code} if code else None
