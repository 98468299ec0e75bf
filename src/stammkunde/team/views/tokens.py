"""The tokens of one's own programs: made, seen, taken back."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.team import forms, policy, tokens, wording
from stammkunde.team.access import StaffRequest, anyone_signed_in, needs
from stammkunde.team.models import ApiToken, Staff


@anyone_signed_in
@require_http_methods(["GET", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """List them; a new one is shown in the answer to the POST that makes it, and never again."""
    now, made = timezone.now(), ""
    form = forms.NewToken(request.POST or None, staff=request.user)
    if form.is_valid():
        try:
            made = tokens.create(staff=request.user, now=now, **form.cleaned_data)
            form = forms.NewToken(staff=request.user)
        except tokens.NameTaken:
            form.add_error("name", _("You have a token of this name already. Choose another name."))
    status = 400 if form.errors else 200
    context = {"form": form, "made": made, "tokens": shown(request.user, own=True, now=now)}
    return render(request, "team/tokens.html", context, status=status)


def shown(staff: Staff, *, own: bool, now: datetime) -> list[dict[str, object]]:
    """Give a person's tokens, as a page shows them."""
    return [
        {
            "row": row,
            "scopes": [wording.SCOPES[scope] for scope in row.scopes if scope in wording.SCOPES],
            "is_over": row.expires_at <= now,
            "take_back": reverse(*_way(row, own=own)),
            "ends_soon": row.expires_at <= now + tokens.SOON,
        }
        for row in staff.api_tokens.all()
    ]


def _way(row: ApiToken, *, own: bool) -> tuple[str, None, list[int]]:
    return ("token-revoke", None, [row.pk]) if own else ("staff-token-revoke", None, [row.staff_id, row.pk])


@anyone_signed_in
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    tokens.revoke(staff=request.user, token_id=pk, now=timezone.now())
    messages.success(request, _("The token is taken back. Programs that used it are locked out."))
    return redirect("tokens")


@needs(policy.STAFF_MANAGE)
@require_POST
def revoke_of_staff(request: StaffRequest, pk: int, token: int) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    tokens.revoke(staff=staff, token_id=token, by=request.user, now=timezone.now())
    messages.success(request, _("The token is taken back. Programs that used it are locked out."))
    return redirect("staff-edit", pk)
