"""What people type about themselves, each other and their company."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stammkunde.team import policy, queries, tokens, wording
from stammkunde.team.models import AccessSettings, Company, Staff
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import DayField, ModelForm, Search, choice_of


class SignIn(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class Forgotten(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class _UniqueEmail(ModelForm[Staff]):
    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if Staff.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody with this e-mail is already here."))
        return email


class NewStaff(_UniqueEmail):
    """Add a person. The hours are asked for, and not proposed: they say how many customers are red."""

    class Meta:
        model = Staff
        fields = ["name", "email", "role", "hours_per_week"]
        labels = {"name": _("Name"), "email": _("E-mail"), "role": _("Role")}
        help_texts = {
            "hours_per_week": _("0 for whoever calls no customers. The hours of all say how many customers are red."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["hours_per_week"] = None


class EditStaff(_UniqueEmail):
    class Meta:
        model = Staff
        fields = ["name", "email", "role", "hours_per_week", "known_as", "is_active"]
        labels = {"name": _("Name"), "email": _("E-mail"), "role": _("Role"), "known_as": _("Known in files as")}
        help_texts = {
            "known_as": _(
                "Short names and numbers that your ERP or shop has for this person, with commas between them: "
                "07, AMU. Names and e-mail addresses are known anyway."
            ),
        }


class Profile(ModelForm[Staff]):
    class Meta:
        model = Staff
        fields = ["name", "hours_per_week", "signature", "gets_replies"]
        labels = {
            "name": _("Name"),
            "signature": _("Signature below your mails"),
            "gets_replies": _("Replies to my mails come to me"),
        }
        help_texts = {
            "signature": _("Stands below what you write to customers, and below campaigns that you sign for yours."),
            "gets_replies": _("Else they go to the sender of the company."),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}


class NewPassword(forms.Form):
    """Set a password: twice the same, and good enough."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters, and none of the well-known ones. A short sentence is fine."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff

    def clean_new_password(self) -> str:
        validate_password(self.cleaned_data["new_password"], self.staff)
        return str(self.cleaned_data["new_password"])

    def clean_password_again(self) -> str:
        if (
            "new_password" in self.cleaned_data
            and self.cleaned_data["password_again"] != self.cleaned_data["new_password"]
        ):
            raise ValidationError(_("The two are not the same."))
        return str(self.cleaned_data["password_again"])


class ChangePassword(NewPassword):
    """Change the own password: only with the one that is known."""

    current_password = forms.CharField(
        label=_("Current password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ["current_password", "new_password", "password_again"]

    def clean_current_password(self) -> str:
        if not self.staff.check_password(self.cleaned_data["current_password"]):
            raise ValidationError(_("This is not your current password."))
        return str(self.cleaned_data["current_password"])

    def clean_new_password(self) -> str:
        new = super().clean_new_password()
        if self.staff.check_password(new):
            raise ValidationError(_("This is the password that you have already."))
        return new


class NewToken(forms.Form):
    """Make a token: what for, and how long."""

    name = forms.CharField(
        label=_("Name of the token"), max_length=60, help_text=_("Such as the program that will use it.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one: a token that may do nothing is of no use.")},
    )
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = policy.scopes(staff)
        choice_of(self, "scopes").choices = [(name, label) for name, label in wording.SCOPES.items() if name in mine]
        self.longest = AccessSettings.of(queries.company()).token_longest_days
        self.initial["days"] = min(tokens.USUAL_DAYS, self.longest)
        self.fields["days"].help_text = _("At most %(days)s.") % {"days": self.longest}

    def clean_days(self) -> int:
        days = int(self.cleaned_data["days"])
        if days > self.longest:
            raise ValidationError(_("Tokens last %(days)s days at most.") % {"days": self.longest})
        return days


class AuditSearch(Search):
    staff = forms.ModelChoiceField(label=_("Person"), queryset=Staff.objects.all(), empty_label=_("everyone"))
    action = forms.ChoiceField(label=_("Action"))
    from_on = DayField(label=_("From"))
    to_on = DayField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(((code, wording.action(code)) for code in queries.audit_actions()), key=lambda pair: pair[1])
        choice_of(self, "action").choices = [("", _("all")), *actions]


class CompanyForm(SettingsForm):
    """Who the company is."""

    class Meta:
        model = Company
        fields = ["name"]
        labels = {"name": _("Name of the company")}


class AccessForm(SettingsForm):
    """How long people stay signed in, and what programs may."""

    class Meta:
        model = AccessSettings
        fields = ["idle_hours", "longest_days", "administrator_idle_hours", "administrator_longest_hours",
                  "token_longest_days", "calls_per_minute"]  # fmt: skip
        labels = {
            "idle_hours": _("Signed out after hours without activity"),
            "longest_days": _("Signed out after days at the latest"),
            "administrator_idle_hours": _("Administrators: after hours without activity"),
            "administrator_longest_hours": _("Administrators: after hours at the latest"),
            "token_longest_days": _("Tokens of programs expire after days at the latest"),
            "calls_per_minute": _("Calls that a program may make in a minute, for each token"),
        }
        help_texts = {
            "idle_hours": _("8 hours: whoever works signs in once in the morning."),
            "administrator_idle_hours": _("Shorter, because whoever gets at this account gets at everything."),
            "token_longest_days": _("Holds for new tokens; those that are there keep their day."),
            "calls_per_minute": _("What asks more often is told to wait (429, Retry-After)."),
        }


class SenderForm(SettingsForm):
    """As whom the company writes to customers."""

    privacy_url = forms.URLField(
        label=_("Address of the privacy notice"), required=False, assume_scheme="https", max_length=200
    )

    class Meta:
        model = Company
        fields = ["sender_name", "sender_email", "imprint", "privacy_url"]
        labels = {
            "sender_name": _("Name of the sender"),
            "sender_email": _("E-mail of the sender"),
            "imprint": _("Imprint"),
        }
        help_texts = {
            "sender_name": _("Empty: the name of the company."),
            "imprint": _("Name, address, register, represented by: stands below every mail and page for customers."),
        }
        widgets = {"imprint": forms.Textarea(attrs={"rows": 4})}
