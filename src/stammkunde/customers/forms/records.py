"""What people type about customers, contact persons and notes."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.customers import phones, queries, services
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.team.models import Staff
from stammkunde.ui import writing
from stammkunde.ui.forms import ModelForm, row_of

PHONE = re.compile(r"^[+(]?[\d\s()/.\-–]{3,}(\s*(ext|durchwahl|x|-)\s*\d+)?$", re.IGNORECASE)
OLDEST_YEARS = 120


def _email(value: str) -> str:
    if value:
        try:
            validate_email(value)
        except ValidationError:
            text = _("“%(value)s” is not an e-mail address. Write it like name@example.com.")
            raise ValidationError(text % {"value": value}) from None
    return value


def _phone(value: str, *, country: str) -> str:
    """Give a number with its country; as it was typed where it is not plainly one, such as one with an extension."""
    if value and not PHONE.match(value):
        text = _("“%(value)s” is not a phone number. Write digits, for example +49 30 1234567.")
        raise ValidationError(text % {"value": value})
    return phones.kept(value, country=country, home=queries.home_country()) or value


def _mobile(value: str, *, country: str) -> str:
    """Give a mobile number with its country."""
    if not value:
        return ""
    number = phones.kept(value, country=country, home=queries.home_country())
    if not number:
        text = _("“%(value)s” is not a mobile number. Write digits, for example +49 171 3920001.")
        raise ValidationError(text % {"value": value})
    return number


def _show_numbers(form: forms.BaseForm) -> None:
    """Show the numbers that a form begins with as people write them."""
    form.initial.update({name: writing.phone(form.initial.get(name, "")) for name in ("phone", "mobile")})


def _past(value: date | None, *, field: str, today: date) -> date | None:
    if value and value > today:
        raise ValidationError(_("%(field)s lies in the future. Check the year.") % {"field": field})
    return value


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Dated:
    """A form that knows which day it is."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)


class CustomerForm(_Dated, ModelForm[Customer]):
    attributes_text = forms.CharField(
        label=gettext_lazy("Further attributes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, as name: value. They can be filtered by."),
    )

    class Meta:
        model = Customer
        fields = [name for name in services.CUSTOMER_FIELDS if name != "attributes"]
        widgets = {"since_on": DayInput}
        help_texts = {"is_multiplier": gettext_lazy("Well connected: others hear of you from them.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show_numbers(self)
        self.fields["number"].required = False
        self.fields["number"].help_text = _("Empty: one is made up.") if self.instance.pk is None else ""
        row_of(self, "owner").queryset = Staff.objects.filter(is_active=True)
        row_of(self, "owner").empty_label = _("Nobody")
        self.fields["kind"].initial = Customer.Kind.COMPANY
        lines = [f"{name}: {value}" for name, value in self.instance.attributes.items()]
        self.fields["attributes_text"].initial = "\n".join(lines)

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip()
        if not number and self.instance.pk:
            raise ValidationError(_("The customer number is empty. Every customer needs one."))
        return number

    def clean_email(self) -> str:
        return _email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name, written in {"phone": _phone, "mobile": _mobile}.items():
            try:
                found[name] = written(found.get(name, ""), country=found.get("country", ""))
            except ValidationError as problem:
                self.add_error(name, problem)
        return found

    def clean_since_on(self) -> date | None:
        return _past(self.cleaned_data["since_on"], field=_("“Customer since”"), today=self.today)

    def clean_attributes_text(self) -> dict[str, str]:
        attributes = {}
        for line in filter(None, (line.strip() for line in self.cleaned_data["attributes_text"].splitlines())):
            name, colon, value = line.partition(":")
            if not colon or not name.strip() or not value.strip():
                raise ValidationError(
                    _("“%(line)s” has no “name: value”. Write for example Tour: North.") % {"line": line}
                )
            attributes[name.strip()] = value.strip()
        return attributes

    @property
    def facts(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return facts | {"attributes": self.cleaned_data["attributes_text"]}


class ContactPersonForm(_Dated, ModelForm[ContactPerson]):
    class Meta:
        model = ContactPerson
        fields = list(services.PERSON_FIELDS)
        widgets = {"birthday_on": DayInput}

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show_numbers(self)
        self.country = country  # of the customer: there numbers without one are taken to be

    def clean_email(self) -> str:
        return _email(self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"], country=self.country)

    def clean_mobile(self) -> str:
        return _mobile(self.cleaned_data["mobile"], country=self.country)

    def clean_birthday_on(self) -> date | None:
        born = _past(self.cleaned_data["birthday_on"], field=_("The birthday"), today=self.today)
        if born and born.year < self.today.year - OLDEST_YEARS:
            raise ValidationError(_("The birthday is more than 120 years ago. Check the year."))
        return born

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class NoteForm(ModelForm[Note]):
    class Meta:
        model = Note
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        labels = {"text": gettext_lazy("Note")}
