"""What is asked when a campaign or a thank-you is made."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stammkunde.calls.models import Guide
from stammkunde.customers.models import ContactPerson, Purpose
from stammkunde.outreach import wording
from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.plays import policy
from stammkunde.plays.editing import power
from stammkunde.team import queries as team
from stammkunde.team.models import Staff
from stammkunde.ui.forms import row_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AS_TEMPLATE = "template"
MOST_LEFT_ALONE = 50  # percent
Role = ContactPerson.Role


class TemplateChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's takes none when it runs
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("Choose …")} | kwargs)

    def label_from_instance(self, template: Template) -> str:
        return f"{template.name} · {wording.channel(template.channel)} · {template.get_purpose_display()}"


def has_templates(form: forms.Form) -> bool:
    """Tell whether there is a template to choose."""
    templates = row_of(form, "template").queryset
    return templates is not None and templates.exists()


def not_before(help_text: "str | _StrPromise") -> forms.DateTimeField:
    """Ask when it begins."""
    return forms.DateTimeField(
        label=_("Not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=help_text,
    )


def too_late(help_text: "str | _StrPromise" = "", *, initial: int | None = None) -> forms.IntegerField:
    """Ask for how many days it makes sense."""
    return forms.IntegerField(
        label=_("Days until it is too late"), min_value=1, max_value=365, initial=initial, help_text=help_text
    )


def left_alone(help_text: "str | _StrPromise") -> forms.IntegerField:
    """Ask how many are left alone, to compare."""
    return forms.IntegerField(
        label=_("Left alone to compare, in percent"), min_value=0, max_value=MOST_LEFT_ALONE, help_text=help_text
    )


def ours_on_c() -> bool:
    """Give the company's rule: do C customers get letters, postcards and calls?"""
    return MessageSettings.of(team.company()).spends_on_c


def suggest_holdout(form: forms.Form, customers: int | None) -> None:
    """Suggest how many of these customers are left alone; None: many."""
    form.fields["holdout_percent"].initial = round(power.suggested_share(customers) * 100)


def _otherwise(place: int, help_text: "str | _StrPromise" = "") -> TemplateChoice:
    return TemplateChoice(
        label=format_lazy(_("Way {place}, for the others"), place=place),
        queryset=Template.objects.none(),
        required=False,
        empty_label=_("no further way"),
        help_text=help_text,
    )


class CampaignForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    template = TemplateChoice(label=_("Template"), queryset=Template.objects.none())
    second = _otherwise(
        2,
        _(
            "Whoever may not be reached by the first way, or has no address there, is reached by the next that is "
            "allowed. Each way has its own words; everybody gets one."
        ),
    )
    third = _otherwise(3)
    guide = forms.ChoiceField(
        label=_("At last a call, by the guide"),
        required=False,
        choices=[("", _("no calls")), *(one for one in Guide.Kind.choices if one[0] != Guide.Kind.FREE)],
        help_text=_("For whoever cannot be reached in writing: the calls stand on Today, five a day for each."),
    )
    callers = forms.ModelMultipleChoiceField(
        label=_("Who calls"), queryset=Staff.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    spends_on_c = forms.BooleanField(
        label=_("C customers get letters and calls, too"),
        required=False,
        initial=ours_on_c,
        help_text=_("Otherwise they are reached by the cheap ways only: e-mail and text message."),
    )
    starts_at = not_before(
        _("Empty: as soon as you start it. Nothing is sent before you have seen who would be refused.")
    )
    wanted_role = forms.ChoiceField(
        label=_("Whom at a company"),
        required=False,
        choices=[(AS_TEMPLATE, _("As the template says")), ("", _("As usual for the purpose")), *Role.choices],
        initial=AS_TEMPLATE,
        help_text=_(
            "People come before the company's own address. Where nobody has this role, whoever comes next gets it."
        ),
    )
    to_several = forms.ChoiceField(
        label=_("How many people of a company"),
        required=False,
        choices=[(AS_TEMPLATE, _("As the template says")), ("one", _("One person")), ("several", _("Several people"))],
        initial=AS_TEMPLATE,
        help_text=_("Several: whoever may be written to and has the role; the settings say how many at most."),
    )
    valid_days = too_late(
        _("Whoever cannot be written to by then, because of a limit for instance, is left out."), initial=14
    )
    holdout_percent = left_alone(
        _("They are drawn by chance and hear nothing, so that you can see what the campaign brings.")
    )

    def __init__(self, *args: Any, customers: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = Template.objects.filter(is_archived=False, texts__isnull=False).exclude(purpose=Purpose.SERVICE)
        for name in ("template", "second", "third"):
            row_of(self, name).queryset = fit.distinct().order_by("name")
        row_of(self, "callers").queryset = team.workers()
        suggest_holdout(self, customers)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        used = {said["template"].channel} if said.get("template") else set()
        for name in ("second", "third"):
            if said.get(name) and said[name].channel in used:
                self.add_error(name, _("Each way is another channel: there is one for it already."))
            used |= {said[name].channel} if said.get(name) else set()
        if said.get("guide") and not said.get("callers"):
            self.add_error("callers", _("Say who calls."))
        return said

    def otherwise(self) -> list[Template]:
        """Give the further ways in writing, in their order."""
        return [one for one in (self.cleaned_data["second"], self.cleaned_data["third"]) if one]

    def whom(self) -> dict[str, Any]:
        """Give whom at a company it is for, as services take it; None: as the template says."""
        role, many = self.cleaned_data["wanted_role"], self.cleaned_data["to_several"]
        return {
            "wanted_role": None if role == AS_TEMPLATE else role,
            "to_several": {"one": False, "several": True}.get(many),
        }


class ScheduleForm(forms.Form):
    """When a campaign that is ready begins, and when it is too late."""

    starts_at = not_before(_("Empty: as soon as you start it."))
    valid_days = too_late()


class ThanksForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    template = TemplateChoice(
        label=_("Template"),
        queryset=Template.objects.none(),
        help_text=_("Pure thanks, without offer or survey: with one, it would be advertising."),
    )
    delay_days = forms.IntegerField(
        label=_("Days after the purchase"), min_value=0, max_value=policy.LONGEST_DELAY_DAYS, initial=1
    )
    after_on = forms.DateField(
        label=_("For purchases from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Nobody is thanked for what was bought before."),
    )
    holdout_percent = left_alone(
        _(
            "Chance chooses them at their first purchase, and they are never thanked by it: only so does it show what "
            "the thanks bring. 0: everybody is thanked."
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        thanks = Template.objects.filter(is_archived=False, purpose=Purpose.THANKS, texts__isnull=False)
        row_of(self, "template").queryset = thanks.distinct().order_by("name")
        self.fields["holdout_percent"].required, self.fields["holdout_percent"].initial = False, 0

    def what(self) -> dict[str, Any]:
        """Give what it says, as services take it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "holdout_percent"}
        return said | {"holdout_share": (self.cleaned_data["holdout_percent"] or 0) / 100}
