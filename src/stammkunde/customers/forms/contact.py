"""What we write down about consent and wishes."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.customers.forms.records import DayInput
from stammkunde.customers.models import Channel, Consent, ContactPerson, ContactPreference, Customer, Purpose
from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.customers.services import PREFERENCE_FIELDS, Cell, Evidence, Recipient
from stammkunde.team.models import Staff
from stammkunde.ui.forms import ModelForm, choice_of, row_of

# What we write down ourselves; the others come by mail and by import.
BASES = (Consent.Basis.WRITTEN, Consent.Basis.ONLINE, Consent.Basis.SPOKEN)
PROMOTIONS = [(one.value, one.label) for one in PROMOTIONAL]


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class _About(forms.Form):
    """A form about somebody at a customer."""

    person = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        self.customer, self.people = customer, {one.pk: one for one in customer.contact_persons.all()}
        super().__init__(*args, **kwargs)
        choice_of(self, "person").choices = [(0, customer.name), *((pk, str(one)) for pk, one in self.people.items())]

    @property
    def contact_person(self) -> ContactPerson | None:
        return self.people.get(self.cleaned_data["person"])

    @property
    def recipient(self) -> Recipient:
        return Recipient(customer_id=self.customer.pk, contact_person_id=self.cleaned_data["person"] or None)


class _Said(_About):
    """Something that was said at a moment."""

    channels = forms.MultipleChoiceField(
        label=gettext_lazy("On which way"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("For what"), choices=Purpose.choices, widget=forms.CheckboxSelectMultiple
    )
    happened_at = forms.DateTimeField(label=gettext_lazy("When"), widget=_MomentInput)
    origin = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=250,
        help_text=gettext_lazy("For example: trade fair in Cologne, order form, phone call with Ms Muster."),
    )
    note = forms.CharField(
        label=gettext_lazy("Where the proof is"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For example: card in folder 3, e-mail in the archive."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def clean_happened_at(self) -> datetime:
        at: datetime = self.cleaned_data["happened_at"]
        if at > self.now:
            raise ValidationError(_("This lies in the future. Say when it happened."))
        return at

    @property
    def cells(self) -> list[Cell]:
        chosen = self.cleaned_data
        return [(channel, purpose) for channel in chosen["channels"] for purpose in chosen["purposes"]]

    @property
    def evidence(self) -> Evidence:
        note = self.cleaned_data["note"].strip()
        return Evidence(
            happened_at=self.cleaned_data["happened_at"],
            origin=self.cleaned_data["origin"].strip(),
            wording=self.cleaned_data.get("wording", "").strip(),
            proof={"note": note} if note else {},
        )


class ConsentForm(_Said):
    basis = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[(one.value, one.label) for one in BASES],
        help_text=gettext_lazy("E-mail needs written consent or double opt-in; for calls, spoken consent is enough."),
    )
    wording = forms.CharField(
        label=gettext_lazy("What was agreed to, word for word"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["person", "channels", "purposes", "basis", "happened_at", "origin", "wording", "note"]


class WithdrawalForm(_Said):
    field_order = ["person", "channels", "purposes", "happened_at", "origin", "note"]


class AskForm(_About):
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("For what"), choices=PROMOTIONS, widget=forms.CheckboxSelectMultiple
    )
    origin = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=250,
        help_text=gettext_lazy("Where they asked for it: an unasked question would be advertising itself."),
    )

    @property
    def cells(self) -> list[Cell]:
        return [(Channel.EMAIL.value, purpose) for purpose in self.cleaned_data["purposes"]]


class WishesForm(ModelForm[ContactPreference]):
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("On these ways only"),
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: nothing was said."),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("About this only"),
        choices=[one for one in Purpose.choices if one[0] != Purpose.SERVICE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Orders and requests come in any case. None ticked: nothing was said."),
    )
    call_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days for calls"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    email_from_sale = forms.TypedChoiceField(
        label=gettext_lazy("E-mail address given with a purchase"),
        required=False,
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        choices=[("", gettext_lazy("not known")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        help_text=gettext_lazy("Counts where the company writes to existing customers (§ 7 (3) UWG)."),
    )

    class Meta:
        model = ContactPreference
        fields = list(PREFERENCE_FIELDS)
        widgets = {
            "paused_until_on": DayInput,
            "call_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "call_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "max_contacts": gettext_lazy("0: none at all. Empty: as the company has it."),
            "paused_until_on": gettext_lazy("Until then, only what belongs to orders and requests."),
            "tone": gettext_lazy("For example: short and matter-of-fact, likes a joke."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "call_weekdays").choices = [(number + 1, name) for number, name in WEEKDAYS.items()]
        choice_of(self, "language").choices = [("", _("not known")), *settings.LANGUAGES]
        row_of(self, "preferred_staff").queryset = Staff.objects.filter(is_active=True)
        said = {True: "yes", False: "no", None: ""}
        self.initial["email_from_sale"] = said[self.instance.email_from_sale]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        if (chosen.get("max_contacts") is None) != (chosen.get("per_days") is None):
            self.add_error("per_days", _("Say both, how many and in how many days, or neither."))
        elif chosen.get("per_days") == 0:
            self.add_error("per_days", _("At least one day."))
        since, until = chosen.get("call_from"), chosen.get("call_until")
        if bool(since) != bool(until):
            self.add_error("call_until", _("Say both, from when and until when, or neither."))
        elif since and until and since >= until:
            self.add_error("call_until", _("The end must come after the beginning."))
        return chosen

    @property
    def facts(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in PREFERENCE_FIELDS}
        return facts | {name: facts[name] or None for name in ("channels", "topics", "call_weekdays")}
