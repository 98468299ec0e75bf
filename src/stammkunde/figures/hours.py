"""The time budget in sentences: where the time goes, and whether the money is there, too."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from stammkunde.figures.queries.hours import Eater, Line, Report
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

LEAST_TIME_SHARE = 0.05  # of the time: less than that is worth no sentence
OUT_OF_PROPORTION = 3  # so many times the share of what all customers bring
LEAST_DIFFERENCE = 0.10  # between the share of the time planned and spent
MOST_EATERS = 3
LEAST_TASKS = 5  # fewer say nothing about habits


def findings(report: Report, *, basis: str, sight: Sight) -> list[str]:
    """Say what stands out; nothing where too little was done to tell."""
    if report.tasks < LEAST_TASKS or not report.spent:
        return []
    found = [*_classes(report, basis=basis, sight=sight)]
    if sight.worth:
        found = [*_eaters(report.eaters, basis=basis), *found]
    return found


def usage(report: Report) -> str:
    """Say how much of the budget was used, and how much of that nobody said."""
    said = {"spent": hours(report.spent), "budget": hours(report.budget)}
    text = _("%(spent)s of %(budget)s hours are spent.") % said
    if report.assumed:
        text += " " + _("%(n)s of them are assumed, because nobody said how long it took.") % {
            "n": hours(report.assumed)
        }
    return text


def hours(minutes: float) -> str:
    """Write minutes as hours."""
    return writing.number(minutes / 60, places=1)


def share(part: float) -> str:
    """Write a share for a sentence; what rounds to nothing is not nothing."""
    return _("less than 1%") if 0 < part < 0.01 else writing.percent(part, places=0)


def _eaters(eaters: Sequence[Eater], *, basis: str) -> Iterator[str]:
    takes = {
        "margin": _(
            "One %(class)s customer, %(name)s, takes %(time)s of your time and brings %(worth)s of the "
            "contribution margin."
        ),
        "revenue": _(
            "One %(class)s customer, %(name)s, takes %(time)s of your time and brings %(worth)s of the revenue."
        ),
    }
    for one in [one for one in eaters if _is_striking(one)][:MOST_EATERS]:
        yield takes[basis] % {
            "class": one.abc_class,
            "name": one.customer.name,
            "time": share(one.time_share),
            "worth": share(one.worth_share or 0),
        }


def _is_striking(one: Eater) -> bool:
    if not one.abc_class or one.worth_share is None:
        return False
    return one.time_share >= max(LEAST_TIME_SHARE, OUT_OF_PROPORTION * one.worth_share)


def _classes(report: Report, *, basis: str, sight: Sight) -> Iterator[str]:
    for line in report.classes:
        planned, spent = line.budget / (report.budget or 1), line.spent / report.spent
        if abs(spent - planned) < LEAST_DIFFERENCE or not line.customers:
            continue
        said = {"class": line.name, "spent": share(spent), "planned": share(planned)}
        text = _("%(class)s customers got %(spent)s of the time spent; %(planned)s are planned.") % said
        yield text + (_brings(line, report, basis=basis) if sight.worth else "")


def _brings(line: Line, report: Report, *, basis: str) -> str:
    if not report.yearly_cents:
        return ""
    brings = {
        "margin": _("They bring %(worth)s of the contribution margin."),
        "revenue": _("They bring %(worth)s of the revenue."),
    }
    return " " + brings[basis] % {"worth": share((line.yearly_cents or 0) / report.yearly_cents)}
