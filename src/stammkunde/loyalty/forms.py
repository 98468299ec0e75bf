"""What is typed about points."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.loyalty import listing, services
from stammkunde.loyalty.models import MOST_BY_HAND, PointsSettings, Rule
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import DayField, Search, choice_of


class AccountSearch(Search):
    """What the list of accounts may be asked for."""

    q = forms.CharField(label=_("Search"), max_length=80)
    state = forms.ChoiceField(
        label=_("Which"),
        choices=[
            ("", _("all who collect")),
            ("expiring", _("points expire within 90 days")),
            ("owing", _("points are owed")),
            ("waiting", _("a booking waits for a second person")),
        ],
    )


class RuleForm(forms.Form):
    """A rule for points, or another version of one that is there."""

    code = forms.ChoiceField(label=_("Rule"), required=False)
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as: One point for each euro."))
    points = forms.IntegerField(
        label=_("So many points"), min_value=0, max_value=10_000, help_text=_("0: from that day on it earns nothing.")
    )
    euros = forms.DecimalField(
        label=_("for so many euros, net"),
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=100_000,
        localize=True,
        help_text=_("Net of VAT, discounts and what was paid with points. Shipping and fees earn nothing."),
    )
    holds_from_on = DayField(
        label=_("For orders from"),
        help_text=_(
            "A day that has passed changes what was earned since then; nothing that was redeemed is taken back."
        ),
    )
    delivery_days = forms.IntegerField(label=_("Days of delivery, where no day is known"), min_value=0, max_value=365)
    return_days = forms.IntegerField(
        label=_("Days within which goods may come back"),
        min_value=0,
        max_value=730,
        help_text=_("Points are confirmed after that, and can be redeemed from then on."),
    )
    years = forms.IntegerField(
        label=_("Points expire at the end of so many years after that"),
        min_value=3,
        max_value=50,
        help_text=_("Three at least: less is void in terms and conditions (BGH X ZR 42/16)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "code").choices = [("", _("a new rule")), *listing.rule_names()]

    def clean(self) -> dict[str, Any]:
        """Refuse a second rule of one name: they would add up. The same once more is a press that was repeated."""
        said: dict[str, Any] = super().clean() or {}
        is_taken = not self.errors and not said["code"] and bool(listing.code_of(said["name"]))
        if is_taken and not listing.is_written(self.version()):
            self.add_error("name", _("There is a rule of this name. Choose it above to write another version."))
        return said

    def version(self) -> Rule:
        """Give what was said as a version of the rule; a new one is called by what it is named."""
        said = self.cleaned_data
        return Rule(
            code=said["code"] or listing.code_of(said["name"]) or listing.free_code(said["name"]),
            name=said["name"],
            holds_from_on=said["holds_from_on"],
            points_num=said["points"],
            points_den=int(said["euros"] * 100),
            delivery_days=said["delivery_days"],
            return_days=said["return_days"],
            years=said["years"],
        )


class ByHandForm(forms.Form):
    """Points that are given or taken by hand. `key` is of one press of the button, so that two presses are one."""

    what = forms.ChoiceField(label=_("What"), choices=[("give", _("Give points")), ("take", _("Take points"))])
    points = forms.IntegerField(label=_("How many points"), min_value=1, max_value=MOST_BY_HAND)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=services.LONGEST_REASON,
        help_text=_("It stands on the account, where the customer may ask for it, and in the audit trail."),
    )
    key = forms.RegexField(regex=r"\A[0-9a-f]{16}\Z", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", secrets.token_hex(8))

    @property
    def signed(self) -> int:
        """Give the points: below nothing where they are taken."""
        points: int = self.cleaned_data["points"]
        return -points if self.cleaned_data["what"] == "take" else points


class PointsForm(SettingsForm):
    """What one person may decide about points."""

    class Meta:
        model = PointsSettings
        fields = ["points_by_hand"]
        labels = {"points_by_hand": _("Points that one person may book by hand")}
        help_texts = {
            "points_by_hand": _(
                "For one customer on one day, given and taken alike. Above that somebody else has to agree. 0: always."
            )
        }
