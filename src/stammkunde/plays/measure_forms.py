"""What is asked when a measure is brought as a file, and when it is started."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.plays import files
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.files import PlayFile
from stammkunde.plays.measures.running import AlreadyIn
from stammkunde.plays.models import MeasureSettings
from stammkunde.team.settings_page import SettingsForm


def told(wrong: InvalidContent) -> list[str]:
    """Say all that is wrong with a content, each with its place."""
    return [f"{one.place}: {one.text}".lstrip(": ") for one in wrong.problems]


class MeasureFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A file of a measure (JSON). Nothing starts by itself."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> PlayFile:
        try:
            return files.parse(self.cleaned_data["file"].read(files.MOST_BYTES + 1))
        except InvalidContent as wrong:
            raise forms.ValidationError(told(wrong)) from None


class StartForm(forms.Form):
    """What happens with those who are in the group already."""

    already_in = forms.ChoiceField(
        label=_("Those who are in the group already"),
        choices=[
            ("not", _("do not enter; only whoever comes from now on")),
            ("now", _("enter now")),
            ("spread", _("enter one after the other, spread over weeks")),
        ],
        widget=forms.RadioSelect,
        initial="not",
    )
    weeks = forms.IntegerField(
        label=_("Spread over how many weeks"), min_value=1, max_value=26, initial=3, required=False
    )

    def chosen(self) -> AlreadyIn:
        how = self.cleaned_data["already_in"]
        weeks = (self.cleaned_data["weeks"] or 1) if how == "spread" else 0
        return AlreadyIn(enter=how != "not", weeks=weeks)


class SecondYesForm(SettingsForm):
    """Above what a second person has to agree."""

    second_euros = forms.IntegerField(
        label=_("A second yes above so many euros"), min_value=0, max_value=10_000_000, required=False,
        help_text=_("Asked by the budget; a measure without one counts as above. Empty: one person decides."),
    )  # fmt: skip

    class Meta:
        model = MeasureSettings
        fields = ["second_entries"]
        labels = {"second_entries": _("A second yes above so many customers")}
        help_texts = {
            "second_entries": _("Asked by the limit of enrolments; without one it counts as above. Empty: one decides.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cents = self.instance.second_cents
        self.fields["second_euros"].initial = None if cents is None else cents // 100

    def changes(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        euros = said.pop("second_euros")
        return {**said, "second_cents": None if euros is None else euros * 100}
