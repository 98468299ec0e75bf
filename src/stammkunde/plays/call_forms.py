"""What is asked when a campaign by phone is made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stammkunde.calls.models import Guide
from stammkunde.plays.forms import left_alone, not_before, ours_on_c, suggest_holdout, too_late
from stammkunde.team import queries as team
from stammkunde.team.models import Staff
from stammkunde.ui.forms import row_of


class CallCampaignForm(forms.Form):
    """What is asked of a campaign by phone."""

    name = forms.CharField(label=_("Name"), max_length=80)
    guide = forms.ChoiceField(
        label=_("Guide"),
        choices=[(kind, label) for kind, label in Guide.Kind.choices if kind != Guide.Kind.FREE],
        initial=Guide.Kind.WIN_BACK,
        help_text=_("It says what the call is for, also before the law: birthdays and thanks need no consent."),
    )
    about = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands beside the guide, for whoever calls."),
    )
    callers = forms.ModelMultipleChoiceField(
        label=_("Who calls"),
        queryset=Staff.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Whoever a customer chose, or who looks after them, makes the call. The others are shared out over these."
        ),
    )
    calls_per_day = forms.IntegerField(
        label=_("Calls per person and day at most"),
        min_value=1,
        max_value=50,
        initial=5,
        help_text=_("Fewer where somebody's hours for customers allow no more. The rest follows on the next days."),
    )
    spends_on_c = forms.BooleanField(
        label=_("C customers are called, too"),
        required=False,
        initial=ours_on_c,
        help_text=_("Otherwise they are left out, with the reason."),
    )
    starts_at = not_before(
        _("Empty: as soon as you start it. Nobody is called before you have seen who would be refused.")
    )
    valid_days = too_late(_("Whoever was not called by then is taken off the list."), initial=14)
    holdout_percent = left_alone(
        _("They are drawn by chance and not called, so that you can see what the calls bring.")
    )

    def __init__(self, *args: Any, customers: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_of(self, "callers").queryset = team.workers()
        suggest_holdout(self, customers)
