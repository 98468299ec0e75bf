"""Looking whether all that a measure needs to run is there, and whether it may be as it says."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from stammkunde.customers.models import Purpose
from stammkunde.outreach import looks
from stammkunde.outreach.models import Template
from stammkunde.outreach.services.calling import CALL
from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content, Dated, End, InvalidContent, Message, Problem
from stammkunde.plays.measures import costs, happenings
from stammkunde.plays.models import Play
from stammkunde.plays.services import preparing
from stammkunde.store import facts
from stammkunde.team.models import Staff


def check(content: Content) -> None:
    """
    Look whether all that a measure needs to run is there.

    :raises InvalidContent: with all that is not
    """
    problems = [*_nothing_happens(content), *_unknown_rows(content), *_unknown_tables(content), *_left_out(content)]
    problems += _other_purposes(content)
    problems = problems or groups.problems(content)
    if problems:
        raise InvalidContent(problems)
    for template in costs.templates(content).values():
        preparing.check_words(template)
        looks.demand(template)


def _nothing_happens(content: Content) -> list[Problem]:
    """Find that whoever enters would be through at once."""
    if not all(isinstance(one, End) for one in contents.every(content.steps)):
        return []
    text = _("Nothing would happen yet: add a step.")
    return [Problem(place="", code="nothing_happens", text=text)]


def _unknown_rows(content: Content) -> list[Problem]:
    """Find what a content names and is not there: templates, people, other measures."""
    found = []
    for place, kind, ref in contents.names(contents.write(content)):
        if isinstance(ref, str) or not _IS_THERE[kind](ref):
            text = _("This is not there: choose another one.")
            found.append(Problem(place=place, code="not_there", text=text))
    return found


_IS_THERE: dict[str, Callable[[int], bool]] = {
    "template": lambda pk: Template.objects.filter(pk=pk, is_archived=False).exclude(channel=CALL).exists(),
    "staff": lambda pk: Staff.objects.filter(pk=pk, is_active=True).exists(),
    "play": lambda pk: Play.objects.filter(pk=pk, kind=Play.Kind.MEASURE).exists(),
    "group": groups.is_there,
}


def _left_out(content: Content) -> list[Problem]:
    """Refuse to leave anybody out of what is owed to customers."""
    if not content.holdout.share:
        return []
    refs = {int(r) for _place, kind, r in contents.names(contents.write(content)) if kind == "template"}
    is_service = Template.objects.filter(pk__in=refs, purpose=Purpose.SERVICE).exists()
    if not (content.is_owed or is_service):
        return []
    text = _("What is owed to customers, or belongs to an order, reaches all of them: leave nobody alone to compare.")
    return [Problem(place="holdout.share", code="owed", text=text)]


def _other_purposes(content: Content) -> list[Problem]:
    """Find words that are compared though they may not reach the same customers: each purpose has its own leave."""
    found = []
    for step in contents.every(content.steps):
        refs = {int(one) for one in step.words} if isinstance(step, Message) else set()
        if Template.objects.filter(pk__in=refs).order_by().values("purpose").distinct().count() > 1:
            text = _("Words that are compared have the same purpose: choose templates of one purpose.")
            found.append(Problem(place=f"steps.{step.key}.variants", code="other_purpose", text=text))
    return found


def _unknown_tables(content: Content) -> list[Problem]:
    text = _("Nothing of this kind is known of customers.")
    found = [
        Problem(place=f"{place}.table", code="unknown_table", text=text)
        for place, what in contents.happenings(content)
        if not (happenings.can_begin if place == "trigger" else happenings.can_be_asked)(what)
    ]
    trigger = content.trigger
    if isinstance(trigger, Dated) and not _has_day(trigger):
        found.append(Problem(place="trigger.column", code="unknown_column", text=_("There is no such day.")))
    return found


def _has_day(trigger: Dated) -> bool:
    table = facts.every().get(trigger.table)
    return table is not None and table.kinds.get(trigger.column) == "day"
