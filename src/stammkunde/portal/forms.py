"""What customers choose about themselves, beside the boxes."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from stammkunde.customers.models import ContactPreference, Customer, FormOfAddress
from stammkunde.team.models import Staff
from stammkunde.ui.forms import DayField, choice_of, row_of

ANY = gettext_lazy("no preference")
# How often at most, as contacts and days.
FREQUENCIES = {
    "": gettext_lazy("as often as there is something to say"),
    "1/7": gettext_lazy("once a week"),
    "2/30": gettext_lazy("twice a month"),
    "1/30": gettext_lazy("once a month"),
    "1/90": gettext_lazy("once a quarter"),
}
CARETAKERS = (Staff.Role.SALES, Staff.Role.SERVICE, Staff.Role.MANAGEMENT)


class Wishes(forms.Form):
    frequency = forms.ChoiceField(label=gettext_lazy("How often at most"), required=False)
    paused_until_on = DayField(
        label=gettext_lazy("Pause until"),
        required=False,
        help_text=gettext_lazy("Until then, only messages about orders and requests."),
    )
    call_from = forms.TimeField(
        label=gettext_lazy("Calls from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    call_until = forms.TimeField(
        label=gettext_lazy("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    call_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days for calls"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    preferred_staff = forms.ModelChoiceField(
        label=gettext_lazy("Preferred contact"), required=False, queryset=Staff.objects.none(), empty_label=ANY
    )
    form = forms.ChoiceField(label=gettext_lazy("Form of address"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    payment = forms.CharField(label=gettext_lazy("Preferred payment"), required=False, max_length=120)
    delivery = forms.CharField(label=gettext_lazy("Preferred delivery"), required=False, max_length=120)

    def __init__(self, data: Any, *, preference: ContactPreference, customer: Customer, today: date) -> None:
        self.preference, self.today = preference, today
        super().__init__(data, initial=_initial(preference), auto_id="%s")
        choice_of(self, "frequency").choices = _frequencies(preference)
        choice_of(self, "call_weekdays").choices = [(number + 1, name) for number, name in WEEKDAYS.items()]
        row_of(self, "preferred_staff").queryset = _caretakers(customer, preference)
        choice_of(self, "form").choices = [("", ANY), *FormOfAddress.choices]
        choice_of(self, "language").choices = settings.LANGUAGES
        self.fields["paused_until_on"].widget.attrs["min"] = today.isoformat()

    def clean_paused_until_on(self) -> date | None:
        until: date | None = self.cleaned_data["paused_until_on"]
        if until and until < self.today and until != self.preference.paused_until_on:
            raise ValidationError(_("This day is over. Choose a later one, or leave it empty."))
        return until

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("call_from"), self.cleaned_data.get("call_until")
        if bool(since) != bool(until):
            self.add_error("call_until", _("Say both, from when and until when, or neither."))
        elif since and until and since >= until:
            self.add_error("call_until", _("The end must come after the beginning."))
        return self.cleaned_data

    @property
    def fields_to_keep(self) -> dict[str, Any]:
        """Give what was chosen, as `ContactPreference` keeps it."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "frequency"}
        contacts, slash, days = self.cleaned_data["frequency"].partition("/")
        kept["call_weekdays"] = kept["call_weekdays"] or None
        return kept | {"max_contacts": int(contacts) if slash else None, "per_days": int(days) if slash else None}


def _initial(preference: ContactPreference) -> dict[str, Any]:
    names = ("paused_until_on", "call_from", "call_until", "call_weekdays", "form", "payment", "delivery")
    kept = {name: getattr(preference, name) for name in names}
    kept["preferred_staff"] = preference.preferred_staff_id
    return kept | {"frequency": _frequency(preference), "language": get_language()}


def _frequency(preference: ContactPreference) -> str:
    return "" if preference.max_contacts is None else f"{preference.max_contacts}/{preference.per_days}"


def _frequencies(preference: ContactPreference) -> list[tuple[str, object]]:
    """Offer the usual, and what was agreed otherwise."""
    choices: dict[str, object] = {**FREQUENCIES}
    agreed = _frequency(preference)
    if agreed not in choices:
        words = _("at most %(n)s in %(days)s days") % {"n": preference.max_contacts, "days": preference.per_days}
        choices[agreed] = words
    return list(choices.items())


def _caretakers(customer: Customer, preference: ContactPreference) -> Any:
    active = Staff.objects.filter(is_active=True)
    known = [pk for pk in (customer.owner_id, preference.preferred_staff_id) if pk]
    return (active.filter(role__in=CARETAKERS) | active.filter(pk__in=known)).distinct()
