"""What is typed about points."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.loyalty import services
from stammkunde.loyalty.models import MOST_BY_HAND, PointsSettings
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import Search


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
