"""Asking for a new password by mail."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stammkunde.team import access, forgotten, forms
from stammkunde.ui import links


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take the address; what is answered is the same for everybody."""
    can_send = forgotten.can_send()
    form = forms.Forgotten(request.POST or None)
    if request.method == "POST" and can_send and form.is_valid():
        _send(request, form.cleaned_data["email"])
        said = {"email": form.cleaned_data["email"], "hours": forgotten.HOURS}
        return render(request, "team/forgotten_sent.html", said)
    status = 400 if form.errors else 200
    return render(request, "team/forgotten.html", {"form": form, "can_send": can_send}, status=status)


def _send(request: HttpRequest, email: str) -> None:
    staff = forgotten.ask(email=email, address=access.address(request), now=timezone.now())
    if staff is not None:
        person = urlsafe_base64_encode(str(staff.pk).encode())
        path = reverse("set-password", args=[person, forgotten.LINKS.make_token(staff)])
        forgotten.send(staff, link=links.absolute(path))
