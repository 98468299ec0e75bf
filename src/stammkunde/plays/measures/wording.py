"""Measures in words: what begins them, their steps, where somebody stands and why, how it ended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stammkunde.outreach.models import Template
from stammkunde.plays import contents, groups, saying, walking
from stammkunde.plays.contents import Content, Ref
from stammkunde.plays.models import Enrolment, Play
from stammkunde.plays.saying import Named, Names
from stammkunde.segments.models import Segment
from stammkunde.store import facts
from stammkunde.team.models import Staff
from stammkunde.ui import writing

# How somebody's time in a measure ended
ENDS = {
    "done": pgettext_lazy("ended", "Went through all steps"),
    "goal": pgettext_lazy("ended", "Reached the goal"),
    "left": pgettext_lazy("ended", "Left the group"),
    "reason_gone": pgettext_lazy("ended", "What began it is gone"),
    "too_late": pgettext_lazy("ended", "Its time was over"),
    "stopped": pgettext_lazy("ended", "The measure was stopped"),
    "moved": pgettext_lazy("ended", "Handed over to another measure"),
    "not_taken": pgettext_lazy("ended", "The other measure did not take this customer over"),
    "failed": pgettext_lazy("ended", "Something went wrong"),
    "objected": pgettext_lazy("ended", "Objected to advertising"),
    "complaint": pgettext_lazy("ended", "Complained"),
    "happened": pgettext_lazy("ended", "Something happened that ends it"),
    "not_reached": pgettext_lazy("ended", "Could not be reached"),
    "left_alone": pgettext_lazy("ended", "Left alone by all measures, to compare"),
}
ARMS = {"treated": gettext_lazy("Contact group"), "held_out": gettext_lazy("Comparison group")}
# Why a step was skipped, or is put off
SKIPS = {
    "held_out": pgettext_lazy("step", "Left alone to compare"),
    "refused": pgettext_lazy("step", "Could not be reached"),
    "too_late": pgettext_lazy("step", "It was too late"),
    "not_done": pgettext_lazy("step", "Nobody did it in time"),
    "no_capacity": pgettext_lazy("step", "No time that day"),
    "no_budget": pgettext_lazy("step", "The budget was used up"),
    "not_needed": pgettext_lazy("step", "Waved aside by one of us"),
    "cap": pgettext_lazy("step", "No more may enter"),
    "cap_of_day": pgettext_lazy("step", "No more may enter today"),
    "budget": pgettext_lazy("step", "The budget allows no more"),
    "facts_old": pgettext_lazy("step", "The facts are too old"),
}
TROUBLES = {
    "surge": gettext_lazy("Far more customers want to enter than usual. Look at what brought them, then let it go on."),
    "facts_old": gettext_lazy("The facts are older than a week. Bring newer ones, then let it go on."),
    "no_words": gettext_lazy("A template has no text any more. Write one, then let it go on."),
    "disguised": gettext_lazy(
        "A template advertises, and its purpose says that it does not. Change one of both, then let it go on."
    ),
    "unknown_field": gettext_lazy("A condition asks for something that is not there any more. Change the condition."),
    "not_agreed": gettext_lazy(
        "What customers would get is not what the second person agreed to. Look at what has changed, then agree again."
    ),
    "failed": gettext_lazy(
        "Something went wrong with several customers in a row. Find out what it was, then let it go on."
    ),
}


def trouble(code: str, detail: Mapping[str, Any]) -> str:
    """Say why a measure is held, with numbers and what was last wrong."""
    text = str(TROUBLES.get(code, ""))
    if code == "surge":
        said = _("%(count)s today, %(usual)s in a usual week; most of them by: %(cause)s.")
        numbers = {name: writing.number(round(detail[name])) for name in ("count", "usual_week")}
        said %= {"count": numbers["count"], "usual": numbers["usual_week"], "cause": _table(detail["cause"])}
        text = f"{text} {said}"
    if code == "facts_old" and detail:
        said = _("%(table)s: known up to %(day)s.")
        said %= {"table": _table(detail["cause"]), "day": writing.day(date.fromisoformat(detail["until"]))}
        text = f"{text} {said}"
    return f"{text} {detail['problem']}" if detail.get("problem") else text


def budget(cents: int, used_cents: int) -> str:
    """Say that a budget is nearly, or wholly, used up."""
    text = _(
        "%(used)s of the budget of %(budget)s is spent or reserved. Once it is used up, nobody enters any more: "
        "raise it with another version, or let the measure run out."
    )
    return text % {"used": writing.money(used_cents), "budget": writing.money(cents)}


def names(some: Iterable[Content]) -> Names:
    """Give the names of the rows that contents name, and how conditions are said."""
    every = list(some)
    called = _rows(every)
    moments = {name: text for one in every for name, text in saying.moments(one, called).items()}
    return replace(called, rule=partial(groups.sentence, moments=moments))


def _rows(some: Iterable[Content]) -> Names:
    refs: dict[str, set[Ref]] = defaultdict(set)
    for one in some:
        for _place, kind, ref in contents.names(contents.write(one)):
            refs[kind].add(ref)
    templates = Template.objects.filter(pk__in=refs["template"]).values_list("pk", "name", "channel")
    return Names(
        where=groups.conditions,
        templates={pk: Named(name=name, channel=channel) for pk, name, channel in templates},
        staff=dict(Staff.objects.filter(pk__in=refs["staff"]).values_list("pk", "name")),
        groups=dict(Segment.objects.filter(pk__in=refs["group"]).values_list("pk", "name")),
        plays=dict(Play.objects.filter(pk__in=refs["play"]).values_list("pk", "name")),
    )


def _table(name: str) -> str:
    known = facts.every().get(name)
    return str(known.label) if known else name


def skipped(code: str) -> str:
    """Say why a step was skipped: for a reason of its own, or because the whole ended."""
    return str(SKIPS.get(code) or ENDS.get(code) or code)


def ended(code: str) -> str:
    """Say how it ended; without a code that it has not."""
    return str(ENDS.get(code, code)) if code else _("On the way")


def all_steps(content: Content, called: Names) -> dict[str, str]:
    """Say what each step does, by its key."""
    return {line.key: line.text for line in saying.lines(content, called)}


def stands(row: Enrolment, steps: Mapping[str, str]) -> str:
    """Say where somebody stands in a measure, until when at most, and why."""
    if row.closed_at:
        return f"{ENDS.get(row.code, row.code)}, {writing.day(timezone.localdate(row.closed_at))}"
    state = "" if row.state == walking.WAITING else row.get_state_display()
    parts = (steps.get(row.at_step, ""), state, _until(row), SKIPS.get(row.code, ""))
    return " · ".join(str(part) for part in parts if part)


def _until(row: Enrolment) -> str:
    """Say until when a step is waited for at most, or when it goes on."""
    if row.due_at is None:
        return ""
    said = {
        walking.ACTING: _("by %(day)s at the latest"),
        walking.WAITING: _("until %(day)s"),
    }.get(row.state, _("looked at on %(day)s"))
    return said % {"day": writing.day(timezone.localdate(row.due_at))}
