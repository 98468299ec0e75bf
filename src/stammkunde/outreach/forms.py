"""What people choose and type about messages and templates."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import Purpose
from stammkunde.outreach import channels, wording
from stammkunde.outreach.models import Message, Template
from stammkunde.outreach.paper import FORMATS, MOTIFS, Options
from stammkunde.ui.forms import Search


class MessageSearch(Search):
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *Message.State.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    origin = forms.CharField(max_length=60, widget=forms.HiddenInput)
    customer = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, wording.channel(name)) for name in channels.NAMES]
        self.fields["channel"].choices = [("", _("all")), *names]


class TemplateForm(forms.Form):
    """What a template is called, how it leaves, and what it is for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=Purpose.choices,
        help_text=_(
            "Thanks, orders and requests need no consent, as long as they hold no offer and ask for no review."
        ),
    )

    motif = forms.ChoiceField(label=_("Picture of the postcard"), required=False, choices=[*MOTIFS.items()])
    format = forms.ChoiceField(label=_("Size of the postcard"), required=False, choices=[*FORMATS.items()])
    signature = forms.BooleanField(
        label=_("Room for a signature on the letter"),
        required=False,
        help_text=_("Below the closing; without a name there, that of the responsible follows."),
    )

    def __init__(self, *args: Any, template: Template | None = None, **kwargs: Any) -> None:
        known = {"name": template.name, "channel": template.channel, "purpose": template.purpose} if template else {}
        looks = asdict(Options.read(template.options if template else {}))
        super().__init__(*args, **kwargs, initial={**known, **looks})
        self.fields["channel"].choices = written()

    def said(self) -> dict[str, Any]:
        """Give what was typed as services take it: looks only where it is printed."""
        found = dict(self.cleaned_data)
        looks = {name: found.pop(name) for name in ("motif", "format", "signature")}
        wanted = {"letter": ("signature",), "postcard": ("motif", "format")}.get(found["channel"], ())
        return {**found, "options": {name: looks[name] for name in wanted}}


class WriteForm(forms.Form):
    """To whom, how and why a single message is written."""

    person = forms.ChoiceField(label=_("To"), required=False)
    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(label=_("Purpose"))
    template = forms.ChoiceField(label=_("Template"), required=False)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[int | str, str]],
        purposes: list[str],
        templates: list[Template],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people
        self.fields["channel"].choices = written()
        self.fields["purpose"].choices = [(one.value, one.label) for one in Purpose if one in purposes]
        self.fields["template"].choices = [("", _("Own words")), *((one.pk, one.name) for one in templates)]


def written() -> list[tuple[str, str]]:
    """Name the channels on which something is written; a call is talked."""
    return [(name, wording.channel(name)) for name in channels.NAMES if name != "call"]
