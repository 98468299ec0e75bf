"""What the company decides about consent."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import ConsentSettings
from stammkunde.team.settings_page import SettingsForm


class ConsentRules(SettingsForm):
    """On what ground customers are written to."""

    class Meta:
        model = ConsentSettings
        fields = ["optin_days", "ip_evidence", "existing_customer_email"]
        labels = {
            "optin_days": _("Days to confirm consent"),
            "ip_evidence": _("Internet address in proofs"),
            "existing_customer_email": _("Write to existing customers without consent (§ 7 (3) UWG)"),
        }
        help_texts = {
            "optin_days": _("So long does the link in the mail work (double opt-in)."),
            "ip_evidence": _("From where consent was confirmed. Shortened, it names a neighbourhood and nobody in it."),
            "existing_customer_email": _("Only after reading what stands beside."),
        }

    def clean_optin_days(self) -> int:
        days: int = self.cleaned_data["optin_days"]
        if not 1 <= days <= 90:
            raise ValidationError(_("Between 1 and 90 days."))
        return days
