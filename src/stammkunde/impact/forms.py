"""What is asked before some customers are left alone of everything for a year."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.impact.everything import LEAST, MOST


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
