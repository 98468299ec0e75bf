"""What people type about themselves, each other and the company."""

from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stammkunde.team import queries, wording
from stammkunde.team.models import Company, Staff
from stammkunde.ui.forms import Search


class SignIn(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class _UniqueEmail(forms.ModelForm):
    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if Staff.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody with this e-mail is already here."))
        return email


class NewStaff(_UniqueEmail):
    class Meta:
        model = Staff
        fields = ["name", "email", "role", "hours_per_week"]
        labels = {"name": _("Name"), "email": _("E-mail"), "role": _("Role")}


class EditStaff(_UniqueEmail):
    class Meta:
        model = Staff
        fields = ["name", "email", "role", "hours_per_week", "is_active"]
        labels = {"name": _("Name"), "email": _("E-mail"), "role": _("Role")}


class Profile(forms.ModelForm):
    class Meta:
        model = Staff
        fields = ["name", "hours_per_week"]
        labels = {"name": _("Name")}


class NewPassword(forms.Form):
    """Set a password: twice the same, and good enough."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters, and none of the well-known ones. A short sentence is fine."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: object, staff: Staff, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.staff)
        return self.cleaned_data["new"]

    def clean_again(self) -> str:
        if "new" in self.cleaned_data and self.cleaned_data["again"] != self.cleaned_data["new"]:
            raise ValidationError(_("The two are not the same."))
        return self.cleaned_data["again"]


class ChangePassword(NewPassword):
    """Change the own password: only with the one that is known."""

    current = forms.CharField(
        label=_("Current password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ["current", "new", "again"]

    def clean_current(self) -> str:
        if not self.staff.check_password(self.cleaned_data["current"]):
            raise ValidationError(_("This is not your current password."))
        return self.cleaned_data["current"]


class Settings(forms.ModelForm):
    class Meta:
        model = Company
        fields = ["name", "activity_days", "no_purchase_months", "risk_horizon_days", "minutes_per_contact"]
        labels = {
            "name": _("Name of the company"),
            "activity_days": _("Activity window in days"),
            "no_purchase_months": _("Months without purchase"),
            "risk_horizon_days": _("Horizon of the early warning in days"),
            "minutes_per_contact": _("Minutes per contact"),
        }
        help_texts = {
            "no_purchase_months": _("Customers who have not bought for so many months appear on the page “Today”."),
            "minutes_per_contact": _(
                "What a contact usually takes: preparing, calling, writing down what came of it. With the hours of the "
                "team it says how many customers can be warned about."
            ),
        }

    def clean_activity_days(self) -> int | None:
        days = self.cleaned_data["activity_days"]
        if days is not None and not 1 <= days <= 3650:
            raise ValidationError(_("Between 1 and 3650 days, or empty for the suggestion."))
        return days

    def clean_no_purchase_months(self) -> int:
        months = self.cleaned_data["no_purchase_months"]
        if not 1 <= months <= 120:
            raise ValidationError(_("Between 1 and 120 months."))
        return months

    def clean_risk_horizon_days(self) -> int | None:
        days = self.cleaned_data["risk_horizon_days"]
        if days is not None and not 7 <= days <= 730:
            raise ValidationError(_("Between 7 and 730 days, or empty for the suggestion."))
        return days

    def clean_minutes_per_contact(self) -> int:
        minutes = self.cleaned_data["minutes_per_contact"]
        if not 5 <= minutes <= 240:
            raise ValidationError(_("Between 5 and 240 minutes."))
        return minutes


class _Cost(forms.DecimalField):
    """Euros for one piece, printing and postage; empty: unknown."""

    def __init__(self, *, label: object) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=1000,
            decimal_places=2,
            localize=True,
            help_text=_("Printing and postage. Empty: unknown, and no cost is counted."),
        )


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


class ContactSettings(forms.ModelForm):
    """How customers are written to, and on what ground."""

    privacy_url = forms.URLField(
        label=_("Address of the privacy notice"), required=False, assume_scheme="https", max_length=200
    )

    class Meta:
        model = Company
        fields = [
            "sender_name",
            "sender_email",
            "imprint",
            "privacy_url",
            "default_form",
            "optin_days",
            "ip_evidence",
            "existing_customer_email",
        ]
        labels = {
            "sender_name": _("Name of the sender"),
            "sender_email": _("E-mail of the sender"),
            "imprint": _("Imprint"),
            "default_form": _("Form of address"),
            "optin_days": _("Days to confirm consent"),
            "ip_evidence": _("Internet address in proofs"),
            "existing_customer_email": _("Write to existing customers without consent (§ 7 (3) UWG)"),
        }
        help_texts = {
            "sender_name": _("Empty: the name of the company."),
            "imprint": _("Name, address, register, represented by: stands below every mail and page for customers."),
            "default_form": _("Where a customer has no wish of their own."),
            "optin_days": _("So long does the link in the mail work (double opt-in)."),
            "ip_evidence": _("From where consent was confirmed. Shortened, it names a neighbourhood and nobody in it."),
            "existing_customer_email": _("Only after reading what stands beside."),
        }
        widgets = {"imprint": forms.Textarea(attrs={"rows": 4})}

    def clean_optin_days(self) -> int:
        days = self.cleaned_data["optin_days"]
        if not 1 <= days <= 90:
            raise ValidationError(_("Between 1 and 90 days."))
        return days


class PaperSettings(forms.ModelForm):
    """What stands on letters and postcards, and what one of them costs."""

    letter_cost = _Cost(label=_("Cost of a letter in euros"))
    postcard_cost = _Cost(label=_("Cost of a postcard in euros"))

    class Meta:
        model = Company
        fields = ["sender_address", "sender_phone", "voucher_url"]
        labels = {
            "sender_address": _("Address of the sender"),
            "sender_phone": _("Phone"),
            "voucher_url": _("Address behind QR codes of vouchers"),
        }
        help_texts = {
            "sender_address": _("Street, and below it postcode and city: the small line above the recipient."),
            "sender_phone": _("Stands on letters beside the date."),
            "voucher_url": _("{code} stands for the voucher's code: https://shop.example/gutschein/{code}"),
        }
        widgets = {"sender_address": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for kind in ("letter", "postcard"):
            self.fields[f"{kind}_cost"].initial = _euros(getattr(self.instance, f"{kind}_cost_cents"))

    def clean_voucher_url(self) -> str:
        url = self.cleaned_data["voucher_url"].strip()
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(_("An address on the web begins with https://."))
        return url

    def changes(self) -> dict[str, object]:
        """Give what was typed as the company keeps it."""
        said = dict(self.cleaned_data)
        for kind in ("letter", "postcard"):
            cost = said.pop(f"{kind}_cost")
            said[f"{kind}_cost_cents"] = None if cost is None else int(cost * 100)
        return said


class SendingSettings(forms.ModelForm):
    """When customers may be disturbed, and how often."""

    class Meta:
        model = Company
        fields = [
            "quiet_from",
            "quiet_until",
            "quiet_sundays",
            "quiet_holidays",
            "holiday_region",
            "cap_contacts",
            "cap_customer_contacts",
            "cap_days",
        ]
        labels = {
            "quiet_from": _("Quiet hours from"),
            "quiet_until": _("until"),
            "quiet_sundays": _("Nothing on Sundays"),
            "quiet_holidays": _("Nothing on public holidays"),
            "holiday_region": _("Region for public holidays"),
            "cap_contacts": _("Contacts with one person at most"),
            "cap_customer_contacts": _("Contacts with one customer at most"),
            "cap_days": _("in so many days"),
        }
        help_texts = {
            "quiet_from": _("In the customer's own time zone. Letters and what belongs to an order are not held back."),
            "holiday_region": _(
                "Country, or country and region: DE, DE-BY, AT-9, CH-ZH. Customers elsewhere have their own holidays."
            ),
            "cap_contacts": _("Empty: no limit. 0: no advertising at all. What belongs to an order does not count."),
            "cap_customer_contacts": _("All contact persons of a company together. Empty: no limit."),
            "cap_days": _("Counted backwards from every single moment, not by calendar weeks."),
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: object, is_region: Callable[[str], bool], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.is_region = is_region

    def clean_holiday_region(self) -> str:
        region = self.cleaned_data["holiday_region"].strip().upper()
        if region and not self.is_region(region):
            raise ValidationError(
                _("No holidays are known for “%(region)s”. Write for example DE-NW.") % {"region": region}
            )
        return region

    def clean_cap_days(self) -> int:
        days = self.cleaned_data["cap_days"]
        if not 1 <= days <= 366:
            raise ValidationError(_("Between 1 and 366 days."))
        return days

    def clean(self) -> dict[str, object]:
        if (self.cleaned_data.get("quiet_from") is None) != (self.cleaned_data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end, or neither."))
        return self.cleaned_data


class AuditSearch(Search):
    staff = forms.ModelChoiceField(label=_("Person"), queryset=Staff.objects.all(), empty_label=_("everyone"))
    action = forms.ChoiceField(label=_("Action"))
    from_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    to_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(((code, wording.action(code)) for code in queries.audit_actions()), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("all")), *actions]
