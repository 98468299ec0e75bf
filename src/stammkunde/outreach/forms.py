"""What people choose from the list of messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.outreach import channels, wording
from stammkunde.outreach.models import Message
from stammkunde.outreach.queries import MessageFilter


class MessageSearch(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *Message.State.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    origin = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, wording.channel(name)) for name in channels.NAMES]
        self.fields["channel"].choices = [("", _("all")), *names]

    def chosen(self) -> MessageFilter:
        """Give what was chosen; what cannot be read does not filter."""
        self.is_valid()
        found = self.cleaned_data
        return MessageFilter(
            state=found.get("state") or "",
            channel=found.get("channel") or "",
            origin=found.get("origin") or "",
            customer_id=found.get("customer"),
        )
