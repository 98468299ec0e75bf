"""What people say after a call, and how they write guides."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stammkunde.calls import guides, policy
from stammkunde.calls.models import Guide, Outcome
from stammkunde.calls.services import Said
from stammkunde.outreach import content, knowing, naming
from stammkunde.tasks.policy import LONGEST_DAY, LONGEST_NOTE

MOST_LINES, LONGEST_LINE = 12, 300


class CallForm(forms.Form):
    """
    The outcome is the button that was pressed; everything else may be left empty.

    What cannot be read of the rest is left out: a call that was made is recorded all the same.
    """

    key = forms.RegexField(r"^[0-9a-f-]{20,60}$")
    outcome = forms.ChoiceField(choices=Outcome.choices, required=False)
    back = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])  # a button: call back then
    note = forms.CharField(required=False)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_DAY)
    agreed_on = forms.DateField(required=False)
    agreed_time = forms.TimeField(required=False)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    guide = forms.CharField(required=False)
    guided_at = forms.CharField(required=False)

    @property
    def says_enough(self) -> bool:
        """Tell whether the call can be recorded: which one it is, and what came of it."""
        return self.is_valid() or not {"key", "outcome", NON_FIELD_ERRORS}.intersection(self.errors)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("back"):
            found["outcome"] = Outcome.CALL_BACK.value
        if not found.get("outcome"):
            raise forms.ValidationError("outcome is one of " + ", ".join(Outcome.values))
        return found

    def said(self, goals: list[str], *, now: datetime) -> Said:
        """Give what came of the call; `goals` are those ticked."""
        found = self.cleaned_data
        return Said(
            outcome=found["outcome"],
            note=found["note"].replace("\r\n", "\n")[:LONGEST_NOTE],  # a browser counts a new line once
            goals=[goal[:LONGEST_LINE] for goal in goals[:MOST_LINES]],
            minutes=found.get("minutes"),
            agreed_at=self._agreed_at(),
            occasion=found["guide"],
            guided_at=guided_at_of(found["guided_at"], now=now),
        )

    def _agreed_at(self) -> datetime | None:
        if self.cleaned_data.get("back"):
            moment: datetime = self.cleaned_data["back"]
            return moment
        on, at = self.cleaned_data.get("agreed_on"), self.cleaned_data.get("agreed_time")
        return timezone.make_aware(datetime.combine(on, at)) if on and at else None


def guided_at_of(text: str, *, now: datetime) -> datetime | None:
    """Read since when somebody is led by a guide as it stood then; None: she is not, or that call is over by far."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_open = moment.tzinfo is not None and now - policy.CORRECTED_WITHIN <= moment <= now
    return moment if is_open else None


class Lines(forms.CharField):
    """A list, one entry a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(
                _("At most %(lines)s lines of %(length)s characters each. Nobody can keep more in mind on the phone."),
                params={"lines": MOST_LINES, "length": LONGEST_LINE},
            )
        return lines


def renamed(said: Any, rename: Callable[[str], str]) -> Any:
    """Call the fields of a guide's text, or of each of its lines, otherwise."""
    return rename(said) if isinstance(said, str) else [rename(one) for one in said]


class GuideForm(forms.Form):
    opening = forms.CharField(label=_("Opening"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    questions = Lines(label=_("Questions"), help_text=_("One a line, in the order in which you ask them."))
    goals = Lines(label=_("Goals"), help_text=_("One a line: the goal first, then what is worth having as well."))
    offer = forms.CharField(
        label=_("What to offer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    avoid = forms.CharField(
        label=_("What not to say"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    closing = forms.CharField(
        label=_("Closing"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Keep fields by their own names, and refuse those that there are not, before somebody reads them out."""
        found = super().clean() or {}
        found |= {name: renamed(value, naming.stored) for name, value in found.items()}
        for name, value in list(found.items()):
            text = "\n".join(value) if isinstance(value, list) else value
            unknown = knowing.unknown(content.Text(subject=text))
            if unknown:
                self.add_error(
                    name,
                    forms.ValidationError(
                        _("There is no field {%(name)s}. Choose one of those named below."),
                        params={"name": unknown[0]},
                    ),
                )
        return found

    def script(self) -> guides.Script:
        found = dict(self.cleaned_data)
        return guides.Script(**found | {"questions": tuple(found["questions"]), "goals": tuple(found["goals"])})


KINDS = dict(Guide.Kind.choices)
