"""The tokens of one's own programs: made, seen, taken back."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.team import forms, tokens, wording
from stammkunde.team.access import StaffRequest, anyone_signed_in


@anyone_signed_in
@require_http_methods(["GET", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """List them; a new one is shown in the answer to the POST that makes it, and never again."""
    now, made = timezone.now(), ""
    form = forms.NewToken(request.POST or None, staff=request.user)
    status = 200 if form.is_valid() or not form.is_bound else 400
    if form.is_bound and form.is_valid():
        made = tokens.create(staff=request.user, now=now, **form.cleaned_data)
        form = forms.NewToken(staff=request.user)
    context = {"form": form, "made": made, "tokens": _shown(request, now=now)}
    return render(request, "team/tokens.html", context, status=status)


def _shown(request: StaffRequest, *, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "scopes": [wording.SCOPES[scope] for scope in row.scopes if scope in wording.SCOPES],
            "is_over": row.expires_at <= now,
            "ends_soon": row.expires_at <= now + tokens.SOON,
        }
        for row in request.user.api_tokens.all()
    ]


@anyone_signed_in
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    tokens.revoke(staff=request.user, token_id=pk, now=timezone.now())
    messages.success(request, _("The token is taken back. Programs that used it are locked out."))
    return redirect("tokens")
