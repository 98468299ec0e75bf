from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammkunde.team import (
    access,
    attempts,
    doors,
    drafts,
    forgotten,
    forms,
    pages,
    policy,
    queries,
    services,
    tokens,
    wording,
)
from stammkunde.team.access import StaffRequest, anyone_signed_in, needs
from stammkunde.team.context import THEME_COOKIE
from stammkunde.team.lists import StaffList
from stammkunde.team.middleware import COOKIE as LANGUAGE_COOKIE
from stammkunde.team.models import AuditEntry, Staff
from stammkunde.team.views import sessions
from stammkunde.team.views import tokens as token_views
from stammkunde.ui import ways
from stammkunde.ui.lists import Empty
from stammkunde.ui.tables import Column

YEAR_SECONDS = 365 * 86400


# Signing in and out


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = forms.SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid() and _let_in(request, form):
        return _marked(redirect(_next(request)), form.cleaned_data["email"])
    status = 400 if form.errors else 200
    return render(request, "team/sign_in.html", {"form": form}, status=status)


def _let_in(request: HttpRequest, form: forms.SignIn) -> bool:
    who = {"email": form.cleaned_data["email"], "address": access.address(request), "now": timezone.now()}
    if attempts.must_wait(**who, mark=request.COOKIES.get(attempts.cookie_of(who["email"]), "")):
        doors.must_wait(**who)
        form.add_error(
            None, _("Too many attempts. Please wait a quarter of an hour, or ask an administrator for help.")
        )
        return False
    staff = authenticate(request, username=who["email"], password=form.cleaned_data["password"])
    if staff is None:
        attempts.failed(**who)
        form.add_error(None, _("E-mail and password do not belong together, or the account is closed."))
        return False
    here_before = staff.last_login
    login(request, staff)
    doors.came_in(staff, address=who["address"], device=request.META.get("HTTP_USER_AGENT", ""), now=who["now"])
    _tell_of_tokens(request, staff, since=here_before, now=who["now"])
    return True


def _tell_of_tokens(request: HttpRequest, staff: Staff, *, since: datetime | None, now: datetime) -> None:
    """Say once that a person's tokens have expired since she was here, and each time that some will soon."""
    ends = list(tokens.ending(now=now, since=since).filter(staff=staff).values_list("expires_at", flat=True))
    if any(end <= now for end in ends):
        messages.warning(request, _("Tokens of your programs have expired: see your profile."))
    elif ends:
        messages.warning(request, _("Tokens of your programs will expire soon: see your profile."))


def _marked(response: HttpResponse, email: str) -> HttpResponse:
    """Let this browser be known as one in which this person has signed in."""
    response.set_cookie(
        attempts.cookie_of(email),
        attempts.mark_of(email),
        max_age=YEAR_SECONDS,
        path=reverse("sign-in"),
        samesite="Strict",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _next(request: HttpRequest) -> str:
    wanted = ways.wanted(request)
    if wanted in {"", "/"} and isinstance(request.user, Staff):
        return pages.start(request.user)
    return wanted or "/"


@anyone_signed_in
@require_POST
def sign_out(request: StaffRequest) -> HttpResponse:
    doors.went_out(request.user, now=timezone.now())
    drafts.forget_person(request.user)
    logout(request)
    return redirect("sign-in")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    response = redirect(ways.back(request, default="/"))
    if chosen in dict(settings.LANGUAGES):
        _remember(request, response, name=LANGUAGE_COOKIE, field="language", value=chosen)
    return response


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    response = redirect(ways.back(request, default="/"))
    if chosen in Staff.Theme.values:
        _remember(request, response, name=THEME_COOKIE, field="theme", value=chosen)
    return response


def _remember(request: HttpRequest, response: HttpResponse, *, name: str, field: str, value: str) -> None:
    """Keep a choice with the person who is signed in, and with this browser."""
    if request.user.is_authenticated:
        services.choose(staff=request.user, **{field: value})
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=secure)


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, person: str, token: str) -> HttpResponse:
    staff = _invited(person)
    if staff is None or not any(one.check_token(staff, token) for one in (default_token_generator, forgotten.LINKS)):
        return render(request, "team/link_used_up.html", status=410)
    form = forms.NewPassword(request.POST or None, staff=staff)
    if request.method == "POST" and form.is_valid():
        services.change_password(staff=staff, password=form.cleaned_data["new_password"], now=timezone.now())
        messages.success(request, _("Your password is set. Please sign in."))
        return redirect("sign-in")
    return render(request, "team/set_password.html", {"form": form, "person": staff})


def _invited(person: str) -> Staff | None:
    try:
        pk = int(urlsafe_base64_decode(person))
    except ValueError:
        return None
    return Staff.objects.filter(pk=pk, is_active=True).first()


# The own profile


@anyone_signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: StaffRequest) -> HttpResponse:
    form = forms.Profile(request.POST or None, instance=_fresh(request.user))
    if request.method == "POST" and form.is_valid():
        services.change_profile(staff=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "password_form": forms.ChangePassword(staff=request.user),
        "sessions": sessions.shown(request, request.user),
        "tokens_count": request.user.api_tokens.count(),
    }
    return render(request, "team/profile.html", context)


@anyone_signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = forms.ChangePassword(request.POST or None, staff=request.user)
    if request.method == "POST" and form.is_valid():
        here = request.session.session_key
        services.change_password(
            staff=request.user, password=form.cleaned_data["new_password"], now=timezone.now(), here=here
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. Other devices and programs are locked out."))
        return redirect("profile")
    count = request.user.api_tokens.count()
    return render(request, "team/password.html", {"form": form, "tokens_count": count})


# Staff


@needs(policy.STAFF_MANAGE)
@require_GET
def staff_list(request: StaffRequest) -> HttpResponse:
    ending = tokens.ending(now=timezone.now()).select_related("staff").order_by("expires_at", "pk")
    return render(request, "team/staff_list.html", {"people": queries.staff_list(), "ending": ending})


@needs(policy.STAFF_MANAGE)
@require_http_methods(["GET", "POST"])
def staff_add(request: StaffRequest) -> HttpResponse:
    form = forms.NewStaff(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff = services.add_staff(by=request.user, now=timezone.now(), **form.cleaned_data)
        return _show_link(request, staff)
    return render(request, "team/staff_add.html", {"form": form, "roles": pages.roles()})


@needs(policy.STAFF_MANAGE)
@require_http_methods(["GET", "POST"])
def staff_edit(request: StaffRequest, pk: int) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    form = forms.EditStaff(request.POST or None, instance=_fresh(staff))
    if request.method == "POST" and form.is_valid() and _change(request, staff, form):
        messages.success(request, _("Saved."))
        return redirect("staff")
    context = {
        "form": form,
        "person": staff,
        "roles": pages.roles(),
        "sessions": sessions.shown(request, staff),
        "tokens": token_views.shown(staff, own=False, now=timezone.now()),
    }
    return render(request, "team/staff_edit.html", context)


def _change(request: StaffRequest, staff: Staff, form: forms.EditStaff) -> bool:
    try:
        services.change_staff(by=request.user, staff_id=staff.pk, now=timezone.now(), **form.cleaned_data)
    except services.LastAdministrator:
        form.add_error(
            None,
            _("This is the last administrator. Make somebody else an administrator first: somebody must manage staff."),
        )
        return False
    return True


@needs(policy.STAFF_MANAGE)
@require_POST
def staff_link(request: StaffRequest, pk: int) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk, is_active=True)
    services.note_link(by=request.user, staff=staff, now=timezone.now())
    return _show_link(request, staff)


def _show_link(request: StaffRequest, staff: Staff) -> HttpResponse:
    """Show the link for a new password: this once, in the answer to the POST."""
    person = urlsafe_base64_encode(str(staff.pk).encode())
    path = reverse("set-password", args=[person, default_token_generator.make_token(staff)])
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    return render(
        request, "team/staff_link.html", {"person": staff, "link": request.build_absolute_uri(path), "days": days}
    )


def _fresh(staff: Staff) -> Staff:
    """Give a copy for a form to write on, so that a refused change does not show in the page around it."""
    fresh: Staff = Staff.objects.get(pk=staff.pk)
    return fresh


# Audit trail


class AuditTrail(StaffList):
    title = gettext_lazy("Audit trail")
    lead = gettext_lazy("Who changed or exported what. Entries are only ever added.")
    name = "audit"
    search = forms.AuditSearch
    columns = (
        Column(label=gettext_lazy("When"), key="at", unit="moment"),
        Column(label=gettext_lazy("Who"), key="staff"),
        Column(label=gettext_lazy("What")),
        Column(label=gettext_lazy("Details")),
    )
    taken = (
        Column(label=gettext_lazy("When"), key="at", unit="moment"),
        Column(label=gettext_lazy("Who"), key="staff"),
        Column(label=gettext_lazy("Action"), read=lambda entry: wording.action(entry.action)),
        Column(label=gettext_lazy("Thing"), key="thing"),
        Column(label=gettext_lazy("Number"), key="thing_id"),
        Column(label=gettext_lazy("What"), key="label"),
        Column(label=gettext_lazy("Details"), read=lambda entry: wording.changes(entry.detail)),
    )
    file_name = "audit"
    exported = "audit.exported"
    template = "team/audit.html"
    empty = no_match = Empty(
        icon_name="audit",
        title=gettext_lazy("Nothing here"),
        text=gettext_lazy("No entry fits this choice."),
        url="?",
        label=gettext_lazy("Show everything"),
    )

    def find(self, chosen: dict[str, Any]) -> QuerySet[AuditEntry]:
        return queries.audit(**chosen)

    def more(self) -> dict[str, Any]:
        return {"sealed": queries.last_seal()}

    def told(self, rows: list[AuditEntry]) -> list[dict[str, object]]:
        return [
            {"entry": entry, "action": wording.action(entry.action), "changes": wording.changes(entry.detail)}
            for entry in rows
        ]


@needs(policy.AUDIT_VIEW)
def audit(request: StaffRequest) -> HttpResponseBase:
    return AuditTrail(request).answer()
