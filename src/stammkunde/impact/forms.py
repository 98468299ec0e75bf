"""What is asked before some customers are left alone of everything for a year."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.impact.everything import LEAST, MOST
from stammkunde.plays.models import Play
from stammkunde.plays.services import MOST_CENTS

CENTS = 100


class LeftAloneForm(forms.Form):
    percent = forms.IntegerField(
        label=_("How many of a hundred customers get no advertising for a year"),
        min_value=round(LEAST * 100),
        max_value=round(MOST * 100),
    )
    spares_a = forms.BooleanField(
        label=_("A customers take no part"),
        required=False,
        help_text=_("They are cared for in person: they are neither left alone nor compared."),
    )


class FixedCostForm(forms.Form):
    """What a play costs as a whole; empty: nothing."""

    euros = forms.DecimalField(
        label=_("Cost as a whole, in euros"),
        min_value=0,
        max_value=MOST_CENTS // CENTS,
        decimal_places=2,
        required=False,
        help_text=_("Beside what each contact costs: printing, an agency. It is spread over those whom it reaches."),
    )
    what_for = forms.CharField(label=_("For what"), max_length=80, required=False)

    @classmethod
    def of(cls, play: Play) -> "FixedCostForm":
        """Give the form as the play says it now."""
        euros = Decimal(play.fixed_cost_cents).scaleb(-2) if play.fixed_cost_cents else None
        return cls(initial={"euros": euros, "what_for": play.fixed_cost_for})

    @property
    def cents(self) -> int:
        return round((self.cleaned_data["euros"] or 0) * CENTS)
