"""Where people are signed in: their own list, what ends a session, and how long one lasts."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.team import devices, forms, policy, queries, services
from stammkunde.team.access import StaffRequest, anyone_signed_in, needs
from stammkunde.team.models import Staff
from stammkunde.team.settings_page import SettingsPage


def shown(request: HttpRequest, staff: Staff) -> list[dict[str, object]]:
    """Give where a person is signed in, as a page shows it."""
    here = request.session.session_key
    return [
        {"row": row, "device": devices.words(row.device), "is_here": row.session_key == here}
        for row in queries.sessions(staff, now=timezone.now())
    ]


@anyone_signed_in
@require_POST
def end(request: StaffRequest, handle: str) -> HttpResponse:
    """End one of the own sessions; repeating changes nothing."""
    now = timezone.now()
    session = next((one for one in queries.sessions(request.user, now=now) if one.handle == handle), None)
    if session is not None:
        is_here = session.session_key == request.session.session_key
        services.end_session(staff=request.user, session=session, now=now)
        if is_here:
            logout(request)
            return redirect("sign-in")
    messages.success(request, _("That device is signed out."))
    return redirect(reverse("profile") + "#sessions")


@anyone_signed_in
@require_POST
def end_all(request: StaffRequest) -> HttpResponse:
    services.end_sessions(by=request.user, staff=request.user, now=timezone.now())
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("sign-in")


@needs(policy.STAFF_MANAGE)
@require_POST
def end_of_staff(request: StaffRequest, pk: int) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    if staff == request.user:
        return end_all(request)
    services.end_sessions(by=request.user, staff=staff, now=timezone.now())
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": staff})
    return redirect("staff-edit", pk)


class SigningIn(SettingsPage):
    name = "settings-sessions"
    title = gettext_lazy("Signing in")
    lead = gettext_lazy(
        "How long people stay signed in, and what their programs may. A change also holds for whoever is signed in now."
    )
    forms = (forms.AccessForm,)


@needs(policy.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    return SigningIn(request).answer()
