"""A page of the settings: forms over what the company decided, its tab, and what an app shows beside them."""

from typing import Any, Self

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.team import queries, services
from stammkunde.team.access import StaffRequest
from stammkunde.team.models import Company, Settings
from stammkunde.ui.forms import ModelForm


class SettingsForm(ModelForm[Any]):
    """Some settings of one row: the company's or an app's."""

    @classmethod
    def over(cls, company: Company, sent: QueryDict | None) -> Self:
        """Make the form over what the company decided, or over what was sent."""
        model: type[Company | Settings] = cls._meta.model
        return cls(sent, instance=model.of(company) if issubclass(model, Settings) else company)

    def changes(self) -> dict[str, Any]:
        """Give what was typed as the row keeps it."""
        return dict(self.cleaned_data)


class SettingsPage:
    """
    Say the address's name, the words and the forms, one below the other, each of the app that owns its settings.

    What stands beside them is the template's block `beside`.
    """

    name = ""  # of the address, and of its tab
    title: str | Promise = ""
    lead: str | Promise = ""
    forms: tuple[type[SettingsForm], ...]
    template = "team/settings.html"
    saved: str | Promise = _("Saved.")

    def __init__(self, request: StaffRequest) -> None:
        self.request = request

    def more(self) -> dict[str, Any]:
        """Give what else the template needs."""
        return {}

    def answer(self) -> HttpResponse:
        """Show the page, or keep what was posted: all of it, or nothing."""
        company = queries.company()
        forms = [form.over(company, self.request.POST or None) for form in self.forms]
        if self.request.method == "POST" and all([form.is_valid() for form in forms]):  # noqa: C419 - each says what is wrong
            changes = {name: value for form in forms for name, value in form.changes().items()}
            services.change_company(by=self.request.user, now=timezone.now(), **changes)
            messages.success(self.request, str(self.saved))
            return redirect(self.name)
        shown = {"page": self, "forms": forms, **self.more()}
        return render(self.request, self.template, shown, status=400 if any(form.errors for form in forms) else 200)
