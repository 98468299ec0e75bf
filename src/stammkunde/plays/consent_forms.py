"""What is asked when many are to be asked for consent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import Purpose
from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.plays.forms import not_before, too_late


class ConsentCampaignForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    purposes = forms.MultipleChoiceField(
        label=_("For what"),
        choices=[(one.value, one.label) for one in PROMOTIONAL],
        initial=[Purpose.NEWSLETTER, Purpose.ADVERTISING],
        widget=forms.CheckboxSelectMultiple,
    )
    origin = forms.CharField(
        label=_("Where they said that they want it"),
        max_length=250,
        help_text=_("For example: list at the trade fair in Cologne. It stands in the proof of each consent."),
    )
    is_wanted = forms.BooleanField(
        label=_("They asked for it, or agreed and it cannot be proven"),
        help_text=_("A question that nobody asked for is advertising itself, and forbidden without consent."),
        error_messages={"required": _("Without this, asking would be advertising that is not allowed.")},
    )
    starts_at = not_before(_("Empty: as soon as you start it. Nobody is asked before you have seen who is left out."))
    valid_days = too_late(
        _("Whoever cannot be asked by then, because of a limit for instance, is left out."), initial=14
    )
