"""A second person's yes to a measure, and the settings that want one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.plays import contents, services
from stammkunde.plays.measure_forms import SecondYesForm
from stammkunde.plays.measures import agreeing, reading
from stammkunde.plays.models import Play, PlayVersion
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.team.models import Staff
from stammkunde.team.settings_page import SettingsPage


@dataclass(frozen=True, kw_only=True)
class Second:
    """What a draft wants of a second person, and whether that is whoever looks."""

    version: PlayVersion
    is_there: bool
    is_own: bool


def asked(play: Play, staff: Staff) -> Second | None:
    """Tell whether the draft of a measure wants a second yes; None: it does not."""
    version = reading.newest(play)
    if version.from_at is not None or not agreeing.is_wanted(contents.read(version.content)):
        return None
    return Second(version=version, is_there=agreeing.is_there(version), is_own=version.by_id == staff.pk)


@require_POST
@needs(policy.MESSAGES_SEND)
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        agreeing.agree(play_id=pk, staff=request.user, now=timezone.now())
    except services.NotPossible:
        messages.error(request, _("Somebody else has to agree to what you wrote."))
    else:
        messages.success(request, _("You agreed. It can be started now."))
    return redirect("measure", pk)


class SecondYes(SettingsPage):
    name = "settings-measures"
    title = gettext_lazy("Measures")
    lead = gettext_lazy("What one person may start alone, and what a second one has to agree to.")
    forms = (SecondYesForm,)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.SETTINGS_EDIT)
def settings(request: StaffRequest) -> HttpResponse:
    return SecondYes(request).answer()
