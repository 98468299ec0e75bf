"""
Who was lost in a period, and whether somebody had been warned about them in time: the missed warnings.

What counts is a warning that stood (`signals.warned`), given after the last purchase and before the customer was lost.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.periods import day, day_number
from stammkunde.mirror import NoMirror
from stammkunde.segments import queries
from stammkunde.segments.behind import Behind
from stammkunde.signals import answers, reasons
from stammkunde.signals.models import EarlyWarning
from stammkunde.store import kept
from stammkunde.team.policy import Sight
from stammkunde.ui import writing
from stammkunde.ui.tables import Column

KEEP_SECONDS = 7 * 86400
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

    @property
    def days_ahead(self) -> int | None:
        """Tell how many days before the loss somebody was warned."""
        return (self.left_on - self.warning.warned_on).days if self.warning else None

    @property
    def in_short(self) -> str:
        """Say in a word or two whether somebody was warned."""
        if self.warning:
            return _("warned")
        return _("missed") if self.is_missed else _("no warnings given yet")

    def text(self, *, sight: Sight) -> str:
        """Say when she was lost, and whether and why somebody was warned."""
        lost = _("Lost on %(day)s.") % {"day": writing.day(self.left_on)}
        if self.warning is None or self.days_ahead is None:
            return f"{lost} {self._why_not()}"
        return f"{lost} {_warned(self.warning, days=self.days_ahead, sight=sight)}"

    def _why_not(self) -> str:
        if self.is_missed:
            return _("Missed: nobody was warned.")
        if self.since_on is None:
            return _("No warnings had been given yet.")
        return _("No warning: they have been given since %(day)s only.") % {"day": writing.day(self.since_on)}


def columns(lost: Mapping[int, Lost], *, sight: Sight) -> list[Column]:
    """Give the columns of a file of lost customers: whether, when and why somebody was warned about each."""

    def of_lost(read: Callable[[Lost], Any]) -> Callable[[Any], Any]:
        return lambda row: read(lost[row.customer.pk]) if row.customer.pk in lost else None

    def of_warning(read: Callable[[EarlyWarning], Any]) -> Callable[[Any], Any]:
        return of_lost(lambda one: read(one.warning) if one.warning else None)

    return [
        Column(label=_("Lost on"), unit="day", read=of_lost(lambda one: one.left_on)),
        Column(label=_("Warning before"), read=of_lost(lambda one: one.in_short)),
        Column(label=_("Warned on"), unit="day", read=of_warning(lambda one: one.warned_on)),
        Column(label=_("Light of the warning"), read=of_warning(lambda one: one.get_level_display())),
        Column(label=_("Days ahead"), unit="days", read=of_lost(lambda one: one.days_ahead)),
        Column(
            label=_("Reasons of the warning"),
            read=of_warning(lambda one: "; ".join(reasons.texts(one.reasons, sight=sight))),
        ),
    ]


def _warned(warning: EarlyWarning, *, days: int, sight: Sight) -> str:
    said = ngettext(
        "Warned on %(day)s (%(level)s), %(n)s day before.", "Warned on %(day)s (%(level)s), %(n)s days before.", days
    ) % {"day": writing.day(warning.warned_on), "level": warning.get_level_display(), "n": writing.number(days)}
    why = "; ".join(reasons.texts(warning.reasons, sight=sight))
    return f"{said} {why}." if why else said


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Everybody lost in a period, by day numbers: thousands are read for the few who are shown."""

    behind: Behind
    bought: Mapping[int, int]  # on which day for the last time before
    activity_days: int

    @cached_property
    def since_on(self) -> date | None:
        """Give the day since when warnings have been given at all."""
        first: date | None = EarlyWarning.objects.aggregate(first=Min("warned_on"))["first"]
        return first

    def told(self, customer_ids: Collection[int]) -> dict[int, Lost]:
        """Tell of some of them, with the warnings that stood; two queries."""
        shown = [pk for pk in customer_ids if pk in self.bought]
        first: dict[int, EarlyWarning] = {}
        for one in _warnings(shown).order_by("warned_on", "pk"):
            if self._in_time(one.customer_id, one.warned_on):
                first.setdefault(one.customer_id, one)
        return {pk: Lost(left_on=day(self._left(pk)), warning=first.get(pk), since_on=self.since_on) for pk in shown}

    def summary(self) -> dict[str, int] | None:
        """Count how many had been warned about, and how many were missed; None where nobody was lost."""
        if not self.bought:
            return None
        shown = self.behind.generation
        asked = (shown.pk, shown.started_at, self.behind.selection.query)
        key = "lost:" + hashlib.sha256(repr(asked).encode()).hexdigest()
        return kept.or_made(key, self._summed, seconds=KEEP_SECONDS)

    def _summed(self) -> dict[str, int]:
        given = _warnings(self.bought).values_list("customer_id", "warned_on")
        warned = {pk for pk, on in given if self._in_time(pk, on)}
        since = self.since_on and day_number(self.since_on)
        missed = sum(1 for pk in self.bought if since and pk not in warned and since < self._left(pk))
        return {"lost": len(self.bought), "in_time": len(warned) + missed, "warned": len(warned), "missed": missed}

    def _left(self, customer_id: int) -> int:
        return self.bought[customer_id] + self.activity_days

    def _in_time(self, customer_id: int, warned_on: date) -> bool:
        return self.bought[customer_id] <= day_number(warned_on) < self._left(customer_id)


def of(behind: Behind | None) -> Losses | None:
    """Find everybody lost; None where something else is looked at, or there are no facts."""
    if behind is None or behind.group != "lost":
        return None
    chosen = behind.selection
    try:
        bought = answers.last_bought(
            period=chosen.period,
            activity_days=chosen.activity_days,
            slice_by=chosen.slice_by,
            slice_value=chosen.slice_value,
        )
    except (CannotAnswer, answers.NoFacts, NoMirror):
        return None
    return Losses(behind=behind, bought=bought, activity_days=chosen.activity_days)


def _warnings(customers: Collection[int]) -> QuerySet[EarlyWarning]:
    return EarlyWarning.objects.exclude(outcome=Outcome.UNDONE).filter(customer__in=queries.among(customers))
