"""The forms of signing up: what visitors of the website fill in, and what the company says there."""

from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.customers import queries, wording
from stammkunde.customers.models import Channel, Purpose, SignUp
from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.customers.services import Person
from stammkunde.team.models import Company

TRAP = "homepage"  # nobody sees this field; programs that fill in whatever there is do
WORDS = ("title", "lead", "consent")


class SignUpForm(forms.Form):
    """What somebody fills in who signs up."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=120, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=120, required=False)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=250, required=False)
    agreed = forms.BooleanField()

    def __init__(self, data: QueryDict | None, *, version: SignUp, language: str) -> None:
        super().__init__(data, auto_id="%s")
        for name, filled_in_by in AUTOFILL.items():
            self.fields[name].widget.attrs["autocomplete"] = filled_in_by
        self.fields["agreed"].label = version.words[language]["consent"]
        self.fields["agreed"].error_messages["required"] = _("Without this tick we may not write to you.")

    @property
    def person(self) -> Person:
        said = self.cleaned_data
        return Person(**{name: said[name] for name in AUTOFILL})


AUTOFILL = {"email": "email", "first_name": "given-name", "last_name": "family-name", "company": "organization"}


def language_of(version: SignUp, wanted: str) -> str:
    """Give the language in which the form speaks: the wanted one where it has words, else German."""
    return wanted if version.words.get(wanted, {}).get("consent") else "de"


class SignUpSettings(forms.Form):
    """What the company says on the form, in German and, if it likes, in English."""

    is_open = forms.BooleanField(label=gettext_lazy("The form is open"), required=False)
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("For what"),
        choices=[(one.value, one.label) for one in PROMOTIONAL],
        widget=forms.CheckboxSelectMultiple,
    )
    title_de = forms.CharField(label=gettext_lazy("Heading"), max_length=120)
    lead_de = forms.CharField(
        label=gettext_lazy("What people get"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    consent_de = forms.CharField(
        label=gettext_lazy("What people agree to, word for word"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Who writes, about what, by which way, and that it can be withdrawn at any time. Each version is kept."
        ),
    )
    title_en = forms.CharField(label=gettext_lazy("Heading (English)"), max_length=120, required=False)
    lead_en = forms.CharField(
        label=gettext_lazy("What people get (English)"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent_en = forms.CharField(
        label=gettext_lazy("What people agree to, word for word (English)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Empty: the form speaks German only."),
    )

    def __init__(self, data: QueryDict | None, *, company: Company, initial: dict[str, Any]) -> None:
        self.company = company
        super().__init__(data, initial=initial)

    @classmethod
    def over(cls, company: Company, sent: QueryDict | None) -> Self:
        """Make the form over what the sign-up form says now, or over what was sent."""
        now = queries.sign_up()
        if now is None:
            initial: dict[str, Any] = {"purposes": [Purpose.NEWSLETTER, Purpose.ADVERTISING], **_suggested(company)}
        else:
            said = {f"{name}_{code}": text for code, words in now.words.items() for name, text in words.items()}
            initial = {"is_open": now.is_open, "purposes": now.purposes, **said}
        return cls(sent, company=company, initial=initial)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("is_open") and not self.company.privacy_url:
            raise ValidationError(_("Where people sign up, they must find the privacy notice. Set it under “Contact”."))
        if bool(said.get("title_en")) != bool(said.get("consent_en")):
            self.add_error("consent_en", _("In English, say both, the heading and what people agree to, or neither."))
        return said

    @property
    def facts(self) -> dict[str, Any]:
        """Give what a version of the form keeps."""
        said = self.cleaned_data
        codes = ["de", "en"] if said["consent_en"] else ["de"]
        words = {code: {name: said[f"{name}_{code}"].strip() for name in WORDS} for code in codes}
        return {"is_open": said["is_open"], "purposes": said["purposes"], "words": words}


def _suggested(company: Company) -> dict[str, str]:
    said: dict[str, str] = {}
    for code in ("de", "en"):
        with translation.override(code):
            cells = ((Channel.EMAIL, Purpose.NEWSLETTER), (Channel.EMAIL, Purpose.ADVERTISING))
            texts = [wording.sentence(*cell, company=company.known_as) for cell in cells]
            said |= {f"title_{code}": _("News and offers by e-mail"), f"consent_{code}": " ".join(texts)}
    return said
