"""What people tell about a contact."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stammkunde.contacts import services
from stammkunde.contacts.models import HAND, Direction, Outcome, Way
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.team.models import Staff
from stammkunde.ui.forms import row_of

LONGEST_DAY = 24 * 60


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ContactForm(forms.Form):
    """A contact with somebody at a customer; `key` keeps a form that is sent twice from recording two."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    direction = forms.ChoiceField(
        label=gettext_lazy("Who began?"), choices=Direction.choices, widget=forms.RadioSelect, initial=Direction.IN
    )
    channel = forms.ChoiceField(label=gettext_lazy("Way"), choices=Way.choices, initial=Way.PHONE)
    happened_at = forms.DateTimeField(label=gettext_lazy("When"), widget=MomentInput)
    contact_person = forms.ModelChoiceField(
        label=gettext_lazy("With whom"), queryset=ContactPerson.objects.none(), required=False
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[one for one in Outcome.choices if one[0] != Outcome.SENT],
        initial=Outcome.REACHED,
        help_text=gettext_lazy("Whoever writes or calls by themselves has been reached."),
    )
    about = forms.CharField(label=pgettext_lazy("contact", "About"), max_length=200, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Write only what the person may read: they have the right to see what is stored about them."
        ),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=LONGEST_DAY, required=False)

    def __init__(self, *args: Any, customer: Customer, now: datetime, **kwargs: Any) -> None:
        self.customer, self.now = customer, now
        super().__init__(*args, **kwargs)
        self.fields["happened_at"].initial = timezone.localtime(now)
        self.fields["key"].initial = services.by_hand()
        people = customer.contact_persons.all()
        if people.exists():
            field = row_of(self, "contact_person")
            field.queryset, field.empty_label = people, customer.name
        else:
            del self.fields["contact_person"]

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if not key.startswith(f"{HAND}:"):
            raise ValidationError(_("The form is damaged. Open the page again."))
        return str(key)

    def clean_happened_at(self) -> datetime:
        moment: datetime = self.cleaned_data["happened_at"]
        if moment > self.now:
            raise ValidationError(_("This lies ahead. Write down what took place, or plan a task instead."))
        return moment

    def said(self, *, staff: Staff) -> services.Said:
        """Give what was told, once it is valid."""
        given = self.cleaned_data
        person, from_us = given.get("contact_person"), given["direction"] == Direction.OUT
        outcome = given["outcome"] if from_us else Outcome.REACHED
        return services.Said(
            source=given["key"],
            customer_id=self.customer.pk,
            contact_person_id=person.pk if person else None,
            person_name=str(person) if person else "",
            direction=given["direction"],
            channel=given["channel"],
            happened_at=given["happened_at"],
            about=given["about"].strip(),
            note=given["note"].strip(),
            outcome=outcome,
            takes_slot=from_us and outcome == Outcome.REACHED,
            minutes=given["minutes"],
            staff_id=staff.pk,
            role=staff.role,
        )
