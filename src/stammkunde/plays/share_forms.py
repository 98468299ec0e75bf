"""What is asked when a link is made for a social network."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.plays.models import ShareLink


class ShareForm(forms.Form):
    network = forms.ChoiceField(label=_("Network"), choices=ShareLink.Network.choices)
    target = forms.URLField(
        label=_("Where it leads"), max_length=500, assume_scheme="https", help_text=_("A page of your shop or website.")
    )

    def clean_target(self) -> str:
        target = str(self.cleaned_data["target"])
        if not target.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Give an address that begins with https://."))
        return target
