"""What is asked when a measure is brought as a file, and when it is started."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.plays import files
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.files import PlayFile
from stammkunde.plays.measures.bringing import LEFT_OUT, Question
from stammkunde.plays.measures.running import AlreadyIn
from stammkunde.plays.models import MeasureSettings
from stammkunde.segments.models import Segment
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import row_of


def new_press() -> str:
    """Name a press of a button that is still to come."""
    return uuid4().hex


def told(wrong: InvalidContent) -> list[str]:
    """Say all that is wrong with a content, each with its place."""
    return [f"{one.place}: {one.text}".lstrip(": ") for one in wrong.problems]


class BeginForm(forms.Form):
    """An empty measure: what it is called, and for whom it is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    group = forms.ModelChoiceField(
        label=_("Group of customers"), queryset=Segment.objects.none(), empty_label=_("Choose …")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_of(self, "group").queryset = Segment.objects.filter(archived_at=None).exclude(name="").order_by("name")

    def has_groups(self) -> bool:
        """Tell whether there is a group to choose."""
        groups = row_of(self, "group").queryset
        return groups is not None and groups.exists()


class MeasureFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A file of a measure (JSON). Nothing starts by itself."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    # New for each page that is opened: pressed twice, the button brings one measure
    press = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=new_press)

    def clean_file(self) -> PlayFile:
        try:
            return files.parse(self.cleaned_data["file"].read(files.MOST_BYTES + 1))
        except InvalidContent as wrong:
            raise forms.ValidationError(told(wrong)) from None


NOTHING_HERE = _("There is nothing of this kind here yet. Create it, and come back: what you answered is kept.")
KINDS = {
    "template": _("Template “%(name)s”"),
    "group": _("Group of customers “%(name)s”"),
    "staff": _("Colleague “%(name)s”"),
    "play": _("Measure “%(name)s”"),
    "guide": _("Guide “%(name)s”"),
    "product": _("Product “%(name)s”"),
    "product_number": _("Product number “%(name)s”"),
    "category": _("Product group “%(name)s”"),
}


class AnswersForm(forms.Form):
    """Who is meant by each name in a file; what nobody has said yet stays open."""

    def __init__(self, sent: Any = None, *, asked: Sequence[Question], answers: Mapping[str, str]) -> None:
        super().__init__(sent)
        self.asked = {f"q{number}": one for number, one in enumerate(asked)}
        for name, one in self.asked.items():
            self.fields[name] = forms.ChoiceField(
                label=KINDS[one.kind] % {"name": one.called},
                choices=[("", _("Choose …")), *one.choices, *([(LEFT_OUT, _("leave out"))] if one.without else [])],
                error_messages={"required": _("Choose who or what is meant.") if one.choices else NOTHING_HERE},
                help_text=" ".join(part for part in (one.why, _without(one)) if part),
                initial=answers.get(one.key, ""),
            )

    def answers(self) -> dict[str, str]:
        """Give what has been answered, empty where it is open again."""
        return {one.key: self.cleaned_data.get(name, "") for name, one in self.asked.items()}


def _without(one: Question) -> str:
    return _("Left out: %(what)s") % {"what": one.without} if one.without else ""


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
        help_text=_("The budget counts; a measure without one is above it. Empty: one person decides."),
    )  # fmt: skip

    class Meta:
        model = MeasureSettings
        fields = ["second_entries"]
        labels = {"second_entries": _("A second yes above so many customers")}
        help_texts = {
            "second_entries": _(
                "The limit of enrolments counts; a measure without one is above it. Empty: one person decides."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cents = self.instance.second_cents
        self.fields["second_euros"].initial = None if cents is None else cents // 100

    def changes(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        euros = said.pop("second_euros")
        return {**said, "second_cents": None if euros is None else euros * 100}
