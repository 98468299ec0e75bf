"""What the company decides about figures and warnings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stammkunde.signals import yearly
from stammkunde.signals.models import FigureSettings
from stammkunde.team.models import Staff
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import DayField, choice_of

NOBODY = "unknown"


class HourlyForm(forms.Form):
    """What an hour of a role costs, from a day on."""

    role = forms.ChoiceField(label=_("Role"))
    amount = forms.DecimalField(
        label=_("Cost of an hour"),
        decimal_places=2,
        localize=True,
        help_text=_("Wages with what comes on top: taxes and insurance, holidays, desk and telephone."),
    )
    holds_from_on = DayField(
        label=_("Holds from"), help_text=_("What a role costs first, it cost before that day, too.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "role").choices = [*Staff.Role.choices, (NOBODY, _("Person not known (from other programs)"))]

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        return "" if role == NOBODY else role

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not Decimal("0.01") <= amount <= 1000:
            raise ValidationError(_("Between 0.01 and 1,000."))
        return amount

    @property
    def cents(self) -> int:
        amount: Decimal = self.cleaned_data["amount"]
        return int(amount * 100)


class YearForm(forms.Form):
    """What winning and keeping customers cost in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=yearly.YEARS[0], max_value=yearly.YEARS[1])
    winning = forms.DecimalField(
        label=_("Spent on winning new customers"),
        required=False,
        decimal_places=2,
        localize=True,
        help_text=_("Advertisements, fairs, commission, the time of those who win customers. Empty: not known."),
    )
    keeping = forms.DecimalField(
        label=_("Spent on keeping those you have"),
        required=False,
        decimal_places=2,
        localize=True,
        help_text=_("Mailings, gifts, points, visits, the time of those who look after customers. Empty: not known."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in ("winning", "keeping"):
            amount = said.get(name)
            if amount is not None and not 0 <= amount * 100 <= yearly.MOST_CENTS:
                self.add_error(name, _("Between 0 and 1,000,000,000."))
        if not self.errors and said.get("winning") is None and said.get("keeping") is None:
            raise ValidationError(_("Say at least one of the two amounts."))
        return said

    def cents(self, name: str) -> int | None:
        amount: Decimal | None = self.cleaned_data[name]
        return None if amount is None else int(amount * 100)


class FigureForm(SettingsForm):
    class Meta:
        model = FigureSettings
        fields = [
            "activity_days",
            "no_purchase_months",
            "risk_horizon_days",
            "warned_percent",
            "margin_stage",
            "payment_percent",
        ]
        labels = {
            "activity_days": _("Activity window in days"),
            "no_purchase_months": _("Months without purchase"),
            "risk_horizon_days": _("Horizon of the early warning in days"),
            "margin_stage": _("Contribution margin"),
            "payment_percent": _("Cost of payment in percent"),
            "warned_percent": _("Red and yellow at most, in percent of customers"),
        }
        help_texts = {
            "no_purchase_months": _("Customers who have not bought for so many months appear on the page “Today”."),
            "margin_stage": _(
                "Classes, values and what is at stake are counted in it. With another one, all figures are counted and "
                "values learnt anew; what was expected in earlier months is no longer shown: it was counted otherwise."
            ),
            "payment_percent": _("Of what is sold; counted at stages II and III. 0: none."),
            "warned_percent": _(
                "Red are as many as the team reaches within a week; yellow, whom to watch besides. 10 to 15 is usual."
            ),
        }

    def clean_activity_days(self) -> int | None:
        days: int | None = self.cleaned_data["activity_days"]
        if days is not None and not 1 <= days <= 3650:
            raise ValidationError(_("Between 1 and 3650 days, or empty for the suggestion."))
        return days

    def clean_no_purchase_months(self) -> int:
        months: int = self.cleaned_data["no_purchase_months"]
        if not 1 <= months <= 120:
            raise ValidationError(_("Between 1 and 120 months."))
        return months

    def clean_payment_percent(self) -> float:
        percent: float = self.cleaned_data["payment_percent"]
        if not 0 <= percent <= 20:
            raise ValidationError(_("Between 0 and 20 percent."))
        return percent

    def clean_risk_horizon_days(self) -> int | None:
        days: int | None = self.cleaned_data["risk_horizon_days"]
        if days is not None and not 7 <= days <= 730:
            raise ValidationError(_("Between 7 and 730 days, or empty for the suggestion."))
        return days

    def clean_warned_percent(self) -> int:
        percent: int = self.cleaned_data["warned_percent"]
        if not 1 <= percent <= 50:
            raise ValidationError(_("Between 1 and 50 percent."))
        return percent
