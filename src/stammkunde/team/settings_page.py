"""A page of the settings: one form over what the company decided, its tab, and what an app shows beside it."""

from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.team import queries, services
from stammkunde.team.access import StaffRequest
from stammkunde.team.models import Company


class SettingsPage:
    """Say the address's name, the words and the form; what stands beside the form is the template's block `beside`."""

    name = ""  # of the address, and of its tab
    title: str | Promise = ""
    lead: str | Promise = ""
    form: "type[ModelForm[Company]]"
    template = "team/settings.html"
    saved: str | Promise = _("Saved.")

    def __init__(self, request: StaffRequest) -> None:
        self.request = request

    def changes(self, form: Any) -> dict[str, Any]:
        """Give what the form changes, as the company keeps it."""
        return dict(form.cleaned_data)

    def more(self) -> dict[str, Any]:
        """Give what else the template needs."""
        return {}

    def answer(self) -> HttpResponse:
        """Show the page, or keep what was posted."""
        form = self.form(self.request.POST or None, instance=queries.company())
        if self.request.method == "POST" and form.is_valid():
            services.change_company(by=self.request.user, now=timezone.now(), **self.changes(form))
            messages.success(self.request, str(self.saved))
            return redirect(self.name)
        shown = {"page": self, "form": form, **self.more()}
        return render(self.request, self.template, shown, status=400 if form.errors else 200)
