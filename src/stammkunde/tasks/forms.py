"""What people say when they finish a task, and what the company decides about time."""

from collections.abc import Mapping

from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import gettext_lazy as _

from stammkunde.tasks.models import TimeSettings
from stammkunde.tasks.policy import LONGEST_DAY
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui import given


def minutes(said: Mapping[str, str]) -> int | None:
    """
    Read how long a task took; None where nothing is said.

    :raises BadRequest: if it is no number of minutes of a day; the pages offer only such
    """
    text = said.get("minutes", "").strip()
    if not text:
        return None
    number = given.whole(text, least=1, most=LONGEST_DAY)
    if number is None:
        raise BadRequest(f"minutes is a whole number from 1 to {LONGEST_DAY}, not {text[:20]!r}")
    return number


class TimeForm(SettingsForm):
    """How long a contact usually takes."""

    class Meta:
        model = TimeSettings
        fields = ["minutes_per_contact"]
        labels = {"minutes_per_contact": _("Minutes per contact")}
        help_texts = {
            "minutes_per_contact": _(
                "What a contact usually takes: preparing, calling, writing down what came of it. With the hours of the "
                "team it says how many customers can be warned about."
            ),
        }

    def clean_minutes_per_contact(self) -> int:
        minutes: int = self.cleaned_data["minutes_per_contact"]
        if not 5 <= minutes <= 240:
            raise ValidationError(_("Between 5 and 240 minutes."))
        return minutes
