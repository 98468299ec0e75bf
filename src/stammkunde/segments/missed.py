"""
Who was lost in a period, and whether somebody had been warned about them in time: the missed warnings.

What counts is a warning that stood (`signals.warned`), given after the last purchase and before the customer was lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.insight.errors import CannotAnswer
from stammkunde.mirror import NoMirror
from stammkunde.segments import queries
from stammkunde.segments.behind import Behind
from stammkunde.signals import answers, reasons
from stammkunde.signals.models import EarlyWarning
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

Outcome = EarlyWarning.Outcome


@dataclass(frozen=True, kw_only=True)
class Lost:
    """One customer who was lost: when, and with which warning before."""

    left_on: date
    warning: EarlyWarning | None
    since_on: date | None  # since when warnings have been given at all

    @property
    def is_missed(self) -> bool:
        """Tell whether warnings were given in time for this one, but not about her."""
        return self.warning is None and self.since_on is not None and self.since_on < self.left_on

    def text(self, *, sight: Sight) -> str:
        """Say when she was lost, and whether and why somebody was warned."""
        lost = _("Lost on %(day)s.") % {"day": writing.day(self.left_on)}
        return f"{lost} {_warned(self.warning, left_on=self.left_on, sight=sight) if self.warning else self._why_not()}"

    def _why_not(self) -> str:
        if self.is_missed:
            return _("Missed: nobody was warned.")
        if self.since_on is None:
            return _("No warnings had been given yet.")
        return _("No warning: they have been given since %(day)s only.") % {"day": writing.day(self.since_on)}


def _warned(warning: EarlyWarning, *, left_on: date, sight: Sight) -> str:
    days = (left_on - warning.warned_on).days
    said = ngettext(
        "Warned on %(day)s (%(level)s), %(n)s day before.", "Warned on %(day)s (%(level)s), %(n)s days before.", days
    ) % {"day": writing.day(warning.warned_on), "level": warning.get_level_display(), "n": writing.number(days)}
    why = "; ".join(reasons.texts(warning.reasons, sight=sight))
    return f"{said} {why}." if why else said


def of(behind: Behind | None) -> dict[int, Lost]:
    """Tell of everybody lost; empty where something else is looked at, or there are no facts. Two queries."""
    if behind is None or behind.group != "lost":
        return {}
    chosen = behind.selection
    try:
        bought = answers.last_bought(
            period=chosen.period,
            activity_days=chosen.activity_days,
            slice_by=chosen.slice_by,
            slice_value=chosen.slice_value,
        )
    except (CannotAnswer, answers.NoFacts, NoMirror):
        return {}
    return told(bought, activity_days=chosen.activity_days)


def told(bought: Mapping[int, date], *, activity_days: int) -> dict[int, Lost]:
    """Find the warnings about customers who bought for the last time on a day; two queries."""
    left_on = {pk: on + timedelta(days=activity_days) for pk, on in bought.items()}
    first: dict[int, EarlyWarning] = {}
    for one in _warnings(bought):
        if bought[one.customer_id] <= one.warned_on < left_on[one.customer_id]:
            first.setdefault(one.customer_id, one)
    since_on = EarlyWarning.objects.aggregate(first=Min("warned_on"))["first"]
    return {pk: Lost(left_on=on, warning=first.get(pk), since_on=since_on) for pk, on in left_on.items()}


def _warnings(customers: Collection[int]) -> list[EarlyWarning]:
    """Give the warnings that stood, the earliest first."""
    stood = EarlyWarning.objects.exclude(outcome=Outcome.UNDONE)
    given = stood.filter(customer__in=queries.among(customers))
    return list(given.order_by("warned_on", "pk"))


def summary(lost: Mapping[int, Lost]) -> dict[str, Any] | None:
    """Count how many of the lost had been warned about, and how many were missed; None where nobody was lost."""
    if not lost:
        return None
    in_time = [one for one in lost.values() if one.warning or one.is_missed]
    warned = sum(1 for one in in_time if one.warning)
    return {"lost": len(lost), "in_time": len(in_time), "warned": warned, "missed": len(in_time) - warned}
