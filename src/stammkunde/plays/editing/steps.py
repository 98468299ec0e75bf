"""A step of a play as a form, by its kind; two ways are written as a condition (`branching`)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.calls.models import Guide
from stammkunde.outreach.models import Template
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import contents
from stammkunde.plays.contents import Content, Happening, Wait
from stammkunde.plays.editing import choosing
from stammkunde.plays.forms import TemplateChoice
from stammkunde.plays.models import Play
from stammkunde.team.models import Staff
from stammkunde.ui.forms import choice_of, row_of

Data = dict[str, Any]
NUMBERS = ("first", "second", "third")
VARIANTS = ("variant_b", "variant_c")


class StepForm(forms.Form):
    """What a step of a content says; `step` is how it stands now, empty for a new one."""

    kind = ""

    def __init__(self, sent: Any = None, *, step: Data, content: Content) -> None:
        self.step, self.content = step, content
        super().__init__(sent, initial=self.said(step))
        self.offer()

    def said(self, step: Data) -> Data:
        """Give what a step says, as the fields show it."""
        return {name: step[name] for name in self.base_fields if name in step}

    def offer(self) -> None:
        """Say what may be chosen."""

    def fields_of(self) -> Data:
        """Give what was chosen, as a step says it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}


def _latest(initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=_("Days until it is too late"), min_value=1, max_value=365, initial=initial)


class MessageForm(StepForm):
    kind = "message"
    first = TemplateChoice(label=_("Template"), queryset=Template.objects.none())
    variant_b = TemplateChoice(
        label=_("Compared with other words (B)"), queryset=Template.objects.none(), required=False,
        empty_label=_("everybody gets the same"),
        help_text=_("In place of the template above: chance gives each customer one of them, always the same."),
    )  # fmt: skip
    variant_c = TemplateChoice(
        label=_("And with others still (C)"), queryset=Template.objects.none(), required=False,
        empty_label=_("no third ones"),
        help_text=_("The more words are compared, the longer it takes until something can be told."),
    )  # fmt: skip
    second = TemplateChoice(
        label=_("Else"), queryset=Template.objects.none(), required=False, empty_label=_("no further way"),
        help_text=_("For whoever cannot be reached by the way before. For C customers cheap ways come first."),
    )  # fmt: skip
    third = TemplateChoice(
        label=_("Else"), queryset=Template.objects.none(), required=False, empty_label=_("no further way")
    )
    latest_days = _latest(14)

    def said(self, step: Data) -> Data:
        found = dict(zip(NUMBERS, step.get("templates", ()), strict=False))
        found |= dict(zip(VARIANTS, step.get("variants", ()), strict=False))
        return found | ({"latest_days": step["latest_days"]} if "latest_days" in step else {})

    def offer(self) -> None:
        rows = Template.objects.filter(is_archived=False).exclude(channel=CALL)
        for name in (*NUMBERS, *VARIANTS):
            row_of(self, name).queryset = rows

    def clean(self) -> Data:
        said = super().clean() or {}
        words = [said[name] for name in ("first", *VARIANTS) if said.get(name)]
        if len(set(words)) < len(words):
            self.add_error("variant_b", _("Compare different templates: one of them stands there twice."))
        elif len({one.purpose for one in words}) > 1:
            text = _("Words that are compared have the same purpose: choose templates of one purpose.")
            self.add_error("variant_b", text)
        return said

    def fields_of(self) -> Data:
        said = self.cleaned_data
        variants = [said[name].pk for name in VARIANTS if said.get(name)]
        chosen = list(dict.fromkeys(said[name].pk for name in NUMBERS if said.get(name)))
        beyond = list(self.step.get("templates", ()))[len(NUMBERS) :]
        compared = {"variants": variants} if variants else {}
        return {"templates": [*chosen, *beyond], **compared, "latest_days": said["latest_days"]}


class TaskForm(StepForm):
    kind = "task"
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    by_phone = forms.BooleanField(label=_("It is a call"), required=False)
    guide = forms.ChoiceField(label=_("Guide"), choices=[("", pgettext_lazy("guide", "none"))], required=False)
    owner = forms.ModelChoiceField(
        label=_("By whom"), queryset=Staff.objects.none(), required=False, empty_label=_("who looks after the customer")
    )
    substitute = forms.ModelChoiceField(
        label=_("Where nobody looks after the customer"), queryset=Staff.objects.none(), required=False,
        empty_label=_("nobody"),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Minutes that it takes"), min_value=0, max_value=1440, required=False)
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    latest_days = _latest(7)

    def offer(self) -> None:
        choice_of(self, "guide").choices = [("", pgettext_lazy("guide", "none")), *Guide.Kind.choices]
        for name in ("owner", "substitute"):
            row_of(self, name).queryset = Staff.objects.filter(is_active=True).order_by("name")

    def fields_of(self) -> Data:
        found = super().fields_of()
        return found | {name: found[name].pk for name in ("owner", "substitute") if name in found}


class WaitForm(StepForm):
    kind = "wait"
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=400, required=False)
    months = forms.IntegerField(label=_("Months"), min_value=0, max_value=24, required=False)
    weekday = forms.TypedChoiceField(
        label=_("until this day of the week"), coerce=int, empty_value=None, required=False,
        choices=[("", _("any")), *((number + 1, name) for number, name in WEEKDAYS.items())],
    )  # fmt: skip
    hour = forms.IntegerField(label=_("until this hour"), min_value=0, max_value=23, required=False)
    until = forms.ChoiceField(label=_("or until this happens, so many days at most"), required=False)

    def said(self, step: Data) -> Data:
        return super().said(step) | {"until": choosing.name_of(self._there, self.content)}

    @property
    def _there(self) -> Happening | None:
        """Give what it waits for now."""
        step = contents.find(self.content, self.step.get("key", ""))
        return step.until if isinstance(step, Wait) else None

    def offer(self) -> None:
        known = choosing.choices(self.content, "until", there=self._there)
        choice_of(self, "until").choices = [("", _("nothing: only time passes")), *known]

    def clean(self) -> Data:
        said = super().clean() or {}
        if said.get("until") and not said.get("days"):
            self.add_error("days", _("Say how many days it waits at most."))
        elif not any(said.get(name) not in (None, "", 0) for name in ("days", "months", "weekday")) and (
            said.get("hour") is None
        ):
            self.add_error("days", _("Say how long it waits."))
        return said

    def fields_of(self) -> Data:
        found = {name: one for name, one in self.cleaned_data.items() if one not in (None, "") and name != "until"}
        chosen = self.cleaned_data["until"]
        found |= {"since": self.step["since"]} if "since" in self.step else {}
        until = {"until": choosing.chosen(chosen, self.content, there=self._there)} if chosen else {}
        return found | until


class HandOverForm(StepForm):
    kind = "hand_over"
    play = forms.ModelChoiceField(label=_("To which measure"), queryset=Play.objects.none())

    def offer(self) -> None:
        row_of(self, "play").queryset = _measures()

    def fields_of(self) -> Data:
        return {"play": self.cleaned_data["play"].pk}


def _measures() -> "QuerySet[Play]":
    return Play.objects.filter(kind="measure").exclude(status__in=("stopped", "done"))


class EndForm(StepForm):
    kind = "end"


FORMS: dict[str, type[StepForm]] = {
    form.kind: form for form in (MessageForm, TaskForm, WaitForm, HandOverForm, EndForm)
}
KINDS = {
    "message": _("Say something"),
    "task": _("Give somebody a task"),
    "wait": _("Wait"),
    "branch": _("Two ways"),
    "hand_over": _("Hand over to another measure"),
    "end": _("End"),
}
