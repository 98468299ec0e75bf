"""The five cards of a play besides its steps as forms, each over its part of the content."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.plays import groups
from stammkunde.plays.contents import Content, Dated, Enters, Happened, Happening, exclusive
from stammkunde.plays.editing import choosing
from stammkunde.plays.saying import Names, happenings
from stammkunde.plays.saying.happenings import DAYS
from stammkunde.plays.saying.kinds import EACH
from stammkunde.segments.models import Segment
from stammkunde.ui.forms import choice_of

Data = dict[str, Any]
ALL, OWN = "all", "own"
NO_GOAL = "none"
CENTS = 100


class CardForm(forms.Form):
    """A part of a content; several stand on one page, so fields of one name need ids that differ."""

    ids = "id_%s"

    @classmethod
    def over(cls, content: Content, sent: Any = None) -> "CardForm":
        """Make the form over a content, or over what was sent."""
        return cls(sent, content=content)

    def __init__(self, sent: Any = None, *, content: Content) -> None:
        super().__init__(sent, initial=self.said(content), auto_id=self.ids)
        self.content = content
        self.offer(content)

    def said(self, content: Content) -> Data:
        """Give what a content says, as the fields show it."""
        raise NotImplementedError

    def offer(self, content: Content) -> None:
        """Say what may be chosen."""

    def put(self, data: Mapping[str, Any]) -> Data:
        """Give the content with what was chosen."""
        raise NotImplementedError

    def lacks(self, name: str, text: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, text)


class PurposeForm(CardForm):
    ids = "id_purpose_%s"
    goal = forms.ChoiceField(label=_("Goal"))
    window_days = forms.IntegerField(label=_("Within how many days"), min_value=1, max_value=730)
    because = forms.CharField(label=_("Why there is no goal"), max_length=200, required=False)
    worth = forms.DecimalField(
        label=_("Worth it from so many euros for each customer"), min_value=0, max_value=10_000, decimal_places=2,
        required=False, help_text=_("Within these days, after all cost. Empty: a twentieth of what a customer brings."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("What comes first, where several want a customer"))
    exclusive = forms.CharField(
        label=_("One at a time with the measures called"), max_length=40, required=False,
        help_text=_("Measures with the same name here hold a customer one at a time."),
    )  # fmt: skip

    def said(self, content: Content) -> Data:
        goal = content.goal
        return {
            "goal": choosing.name_of(goal.happening, content) or NO_GOAL,
            "window_days": goal.window_days,
            "because": goal.because,
            "worth": None if goal.worth_cents is None else goal.worth_cents / CENTS,
            "kind": content.kind,
            "exclusive": exclusive.named(content.exclusive),
        }

    def offer(self, content: Content) -> None:
        known = choosing.choices(content, "goal", there=content.goal.happening)
        choice_of(self, "goal").choices = [*known, (NO_GOAL, _("none: it has another reason"))]
        choice_of(self, "kind").choices = [
            ("owed", _("It is owed to the customer")),
            ("reply", _("It answers the customer")),
            ("dated", _("It belongs to a day")),
            ("play", _("What promises most")),
            ("newsletter", _("Everything else comes first")),
        ]

    def clean(self) -> Data:
        said = super().clean() or {}
        if said.get("goal") == NO_GOAL:
            self.lacks("because", _("Say why there is none."))
        return said

    def put(self, data: Mapping[str, Any]) -> Data:
        said = self.cleaned_data
        return {**data, "goal": self._goal(), "kind": said["kind"], "exclusive": exclusive.code(said["exclusive"])}

    def _goal(self) -> Data:
        said = self.cleaned_data
        worth = {} if said["worth"] is None else {"worth_cents": round(said["worth"] * CENTS)}
        if said["goal"] == NO_GOAL:
            return {"kind": "none", "because": said["because"], **worth}
        what = choosing.chosen(said["goal"], self.content, there=self.content.goal.happening)
        return {"kind": "happened", **what, "window_days": said["window_days"], **worth}


class GroupForm(CardForm):
    group = forms.ChoiceField(label=_("Customers of the group"))

    def said(self, content: Content) -> Data:
        usual = OWN if content.rule else ALL
        return {"group": str(content.group) if content.group is not None else usual}

    def offer(self, content: Content) -> None:
        groups = Segment.objects.filter(archived_at=None).exclude(name="").values_list("pk", "name")
        own = [(OWN, _("conditions of its own"))] if content.rule else []
        everybody = [] if isinstance(content.trigger, Enters) else [(ALL, _("all customers"))]
        choice_of(self, "group").choices = [*everybody, *own, *((str(pk), name) for pk, name in groups)]

    def put(self, data: Mapping[str, Any]) -> Data:
        chosen = self.cleaned_data["group"]
        rest = {name: one for name, one in data.items() if name not in ("group", "rule")}
        if chosen == OWN:
            return {**rest, "rule": data["rule"]}
        return rest if chosen == ALL else {**rest, "group": int(chosen)}


def _once(what: Happening) -> str:
    return happenings.once(what, Names(where=groups.conditions))


def _small(said: object) -> str:
    """Write what begins a sentence as it stands within one."""
    return str(said)[:1].lower() + str(said)[1:]


def _by_day(said: object) -> str:
    return str(_("by a day: %(day)s")) % {"day": said}


def _other(trigger: Enters | Happened | Dated) -> str:
    """Name what begins a measure that came as a file, and is not offered."""
    said = happenings.begun(trigger)
    return _by_day(said) if isinstance(trigger, Dated) else _small(said)


class BeginsForm(CardForm):
    trigger = forms.ChoiceField(label=_("It begins"))
    offset_days = forms.IntegerField(
        label=_("Days after it (before it: with a minus)"), min_value=-400, max_value=400, required=False,
        help_text=_("Only where it begins by a day."),
    )  # fmt: skip
    yearly = forms.BooleanField(label=_("each year anew"), required=False)
    too_old_days = forms.IntegerField(
        label=_("What is older than so many days begins nothing"), min_value=0, max_value=400, required=False
    )
    per_row = forms.BooleanField(label=_("for each thing that begins it, not for each customer"), required=False)
    again = forms.BooleanField(label=_("Customers may take part again"), required=False)
    pause_days = forms.IntegerField(
        label=_("Days between the beginnings, at least"), min_value=0, max_value=3650, required=False
    )

    def said(self, content: Content) -> Data:
        trigger = content.trigger
        found: Data = {"trigger": _name(content), "too_old_days": getattr(trigger, "too_old_days", 3)}
        if isinstance(trigger, Dated):
            found |= {"offset_days": trigger.offset_days, "yearly": trigger.yearly}
        again = {"again": content.reentry.again, "pause_days": content.reentry.pause_days}
        return {**found, **again, "per_row": content.subject.per == "row"}

    def offer(self, content: Content) -> None:
        known: list[tuple[str, Any]] = [
            ("enters", _("when somebody comes into the group")),
            ("enters/start", _("once, for those who are in the group at the start")),
        ]
        known += [(f"happened/{name}", _small(words)) for name, words in EACH.items() if name != "tasks"]
        known += [(f"dated/{table}/{column}", _by_day(label)) for (table, column), label in DAYS.items()]
        there = _name(content)
        others = [] if there in dict(known) else [(there, _other(content.trigger))]
        choice_of(self, "trigger").choices = [*known, *others]

    def put(self, data: Mapping[str, Any]) -> Data:
        said = self.cleaned_data
        kind, *names = said["trigger"].split("/")
        trigger: Data = {"kind": kind}
        if kind == "enters" and names:
            trigger["later"] = False
        if kind == "happened":
            stays = said["trigger"] == _name(self.content) and data["trigger"].get("where")
            trigger |= {"table": names[0]} | ({"where": data["trigger"]["where"]} if stays else {})
        if kind == "dated":
            trigger |= {"table": names[0], "column": names[1]}
            trigger |= {"offset_days": said["offset_days"] or 0, "yearly": said["yearly"]}
        if kind != "enters":
            trigger["too_old_days"] = 3 if said["too_old_days"] is None else said["too_old_days"]
        fields = list(self.content.subject.fields)
        subject = {"subject": {"per": "row", "fields": fields}} if said["per_row"] and kind != "enters" else {}
        rest = {name: one for name, one in data.items() if name != "subject"}
        again = {"again": said["again"], "pause_days": said["pause_days"] or 0}
        return {**rest, "trigger": trigger, "reentry": again, **subject}


def _name(content: Content) -> str:
    trigger = content.trigger
    if isinstance(trigger, Happened):
        return f"happened/{trigger.table}"
    if isinstance(trigger, Dated):
        return f"dated/{trigger.table}/{trigger.column}"
    return "enters" if trigger.later else "enters/start"


class EndsForm(CardForm):
    ends_on = forms.MultipleChoiceField(
        label=_("It also ends"),
        choices=[("left", _("for whoever leaves the group")), ("complaint", _("with a complaint"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ends_when = forms.MultipleChoiceField(label=_("Or earlier"), widget=forms.CheckboxSelectMultiple, required=False)
    latest_days = forms.IntegerField(label=_("At the latest on day"), min_value=1, max_value=3650)

    def said(self, content: Content) -> Data:
        kept = {one.name: f"{choosing.KEPT}{number}" for number, one in self._kept(content).items()}
        there = [kept.get(one.name) or choosing.name_of(one, content) for one in content.ends_when]
        return {"ends_on": list(content.ends_on), "ends_when": there, "latest_days": content.latest_days}

    def offer(self, content: Content) -> None:
        kept = [(f"{choosing.KEPT}{number}", _once(one)) for number, one in self._kept(content).items()]
        choice_of(self, "ends_when").choices = [*choosing.choices(content, "once"), *kept]

    def put(self, data: Mapping[str, Any]) -> Data:
        said = self.cleaned_data
        kept = {f"{choosing.KEPT}{number}": data["ends_when"][number] for number in self._kept(self.content)}
        whens = [kept.get(name) or choosing.chosen(name, self.content) for name in said["ends_when"]]
        return {**data, "ends_on": said["ends_on"], "ends_when": whens, "latest_days": said["latest_days"]}

    @staticmethod
    def _kept(content: Content) -> dict[int, Happening]:
        """Give what came as a file and is not offered, by its place."""
        known = [one for _name, one in choosing.offered(content)]
        return {number: one for number, one in enumerate(content.ends_when) if one not in known}


class ShareForm(forms.Form):
    share = forms.FloatField(label=_("Left alone to compare, in percent"), min_value=0, max_value=50)


class CompareForm(CardForm):
    share = ShareForm.base_fields["share"]
    because = forms.CharField(label=_("Why nobody is left alone"), max_length=200, required=False)
    entries = forms.IntegerField(label=_("Enrolments at most"), min_value=1, required=False)
    entries_a_day = forms.IntegerField(label=_("Enrolments on a day at most"), min_value=1, required=False)
    budget = forms.DecimalField(
        label=_("Budget in euros"), min_value=0, max_value=1_000_000, decimal_places=2, required=False
    )
    minutes_a_day = forms.IntegerField(label=_("Minutes of work on a day at most"), min_value=1, required=False)
    each_cents = forms.DecimalField(
        label=_("Cost of each who is contacted, in euros"), min_value=0, max_value=10_000, decimal_places=2,
        required=False, help_text=_("Beside postage and working time: a gift, for instance."),
    )  # fmt: skip

    def said(self, content: Content) -> Data:
        limits = content.limits
        return {
            "share": f"{round(content.holdout.share * 100, 2):g}",
            "because": content.holdout.because,
            "entries": limits.entries,
            "entries_a_day": limits.entries_a_day,
            "budget": limits.budget_cents / CENTS if limits.budget_cents else None,
            "minutes_a_day": limits.minutes_a_day,
            "each_cents": content.cost.each_cents / CENTS if content.cost.each_cents else None,
        }

    def clean(self) -> Data:
        said = super().clean() or {}
        if said.get("share") == 0:
            self.lacks("because", _("Say why nobody is left alone."))
        return said

    def put(self, data: Mapping[str, Any]) -> Data:
        said = self.cleaned_data
        limits = {name: said[name] for name in ("entries", "entries_a_day", "minutes_a_day") if said[name]}
        if said["budget"]:
            limits["budget_cents"] = round(said["budget"] * CENTS)
        because = {"because": said["because"]} if said["share"] == 0 else {}
        holdout = {"share": round(said["share"] / 100, 4), **because}
        cost = {"each_cents": round((said["each_cents"] or 0) * CENTS)}
        return {**data, "holdout": holdout, "limits": limits, "cost": cost}


FORMS: dict[str, type[CardForm]] = {
    "purpose": PurposeForm,
    "group": GroupForm,
    "begins": BeginsForm,
    "ends": EndsForm,
    "compare": CompareForm,
}
