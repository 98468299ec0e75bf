"""The six cards of a play in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.plays.contents import Content, Dated, Enters, Happened, Limits, Reentry, exclusive
from stammkunde.plays.saying import happenings
from stammkunde.plays.saying.names import Names
from stammkunde.ui import writing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CARDS: "dict[str, _StrPromise]" = {
    "purpose": gettext_lazy("What for"),
    "group": gettext_lazy("For whom"),
    "begins": gettext_lazy("When it begins"),
    "steps": gettext_lazy("What happens"),
    "ends": gettext_lazy("When it ends"),
    "compare": gettext_lazy("Comparison and cost"),
}
KINDS: "dict[str, _StrPromise]" = {
    "owed": gettext_lazy("It is owed to the customer, and comes before everything else."),
    "reply": gettext_lazy("It answers the customer, and comes before all but what is owed."),
    "dated": gettext_lazy("It belongs to a day, and comes before usual measures."),
    "play": gettext_lazy("Where several measures want a customer, the one that promises most comes first."),
    "newsletter": gettext_lazy("It comes after all other measures."),
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one card says; the steps have their own lines (`steps.lines`)."""

    key: str
    title: str
    sentences: tuple[str, ...]


def cards(content: Content, names: Names) -> list[Card]:
    """Say all that a play says of itself, in the order of the page."""
    said = {
        "purpose": _purpose(content, names),
        "group": _group(content, names),
        "begins": _begins(content, names),
        "steps": iter(()),
        "ends": _ends(content, names),
        "compare": _compare(content),
    }
    return [Card(key=key, title=str(title), sentences=tuple(said[key])) for key, title in CARDS.items()]


def _purpose(content: Content, names: Names) -> Iterator[str]:
    goal = content.goal
    if goal.happening is None:
        yield _("No goal: %(because)s.") % {"because": _plain(goal.because)}
    else:
        said = {"what": happenings.goal(goal.happening, names), "n": writing.number(goal.window_days)}
        yield (
            ngettext("Goal: %(what)s within %(n)s day.", "Goal: %(what)s within %(n)s days.", goal.window_days) % said
        )
    if goal.worth_cents is not None:
        yield _("Worth it from %(euro)s for each customer.") % {"euro": writing.money(goal.worth_cents)}
    yield str(KINDS[content.kind])
    if content.exclusive:
        name = exclusive.named(content.exclusive)
        yield _("Of the measures “%(name)s” a customer is in one at a time.") % {"name": name}


def _group(content: Content, names: Names) -> Iterator[str]:
    if content.group is not None:
        yield _("Customers of the group “%(name)s”.") % {"name": names.group(content.group)}
    elif content.rule:
        yield _("Customers of whom this is true: %(rule)s.") % {"rule": names.rule(content.rule)}
    else:
        yield _("All customers.")


def _begins(content: Content, names: Names) -> Iterator[str]:
    trigger = content.trigger
    if isinstance(trigger, Enters):
        at_start = _("For those who are in the group when it is started; for nobody who comes later.")
        yield _("As soon as somebody comes into the group.") if trigger.later else at_start
    elif isinstance(trigger, Dated):
        yield f"{happenings.dated(trigger, names)}."
    else:
        yield f"{_happened(trigger, names)}."
    if not isinstance(trigger, Enters):
        yield _too_old(trigger.too_old_days)
    yield _reentry(content.reentry)
    if content.subject.per == "row":
        yield _("It is about what began it: a customer may be in it several times at once, for different things.")


def _happened(trigger: Happened, names: Names) -> str:
    said = happenings.each(trigger.table, names)
    return f"{said} ({names.where(trigger.table, trigger.where)})" if trigger.where else said


def _too_old(days: int) -> str:
    if not days:
        return _("What becomes known on a later day begins nothing.")
    return _("What is more than %(days)s old begins nothing.") % {"days": happenings.days(days)}


def _reentry(reentry: Reentry) -> str:
    if not reentry.again:
        return _("Everybody takes part once at most.")
    if not reentry.pause_days:
        return _("Everybody may take part again, once it is over.")
    return _("Everybody may take part again, %(days)s after the last time began at the earliest.") % {
        "days": happenings.days(reentry.pause_days)
    }


def _ends(content: Content, names: Names) -> Iterator[str]:
    ways = [_("after the last step")]
    if content.goal.happening is not None:
        ways.append(_("as soon as the goal is reached"))
    if "left" in content.ends_on:
        ways.append(_("for whoever leaves the group"))
    if "complaint" in content.ends_on:
        ways.append(_("with a complaint"))
    ways += [happenings.once(one, names) for one in content.ends_when]
    yield _("It ends %(ways)s.") % {"ways": _strung(ways)}
    yield _("On day %(n)s it ends at the latest.") % {"n": writing.number(content.latest_days)}


def _compare(content: Content) -> Iterator[str]:
    holdout = content.holdout
    if holdout.share:
        share = writing.percent(holdout.share, places=0 if round(holdout.share * 100, 6) % 1 == 0 else 1)
        yield _("%(share)s are left alone, to compare.") % {"share": share}
    else:
        yield _("Nobody is left alone to compare: %(because)s.") % {
            "because": _plain(holdout.because) or _("it is owed")
        }
    limits = list(_limits(content.limits))
    yield (
        _("At most %(limits)s.") % {"limits": _strung(limits)}
        if limits
        else _("Neither enrolments nor budget are limited.")
    )
    if content.cost.each_cents:
        euro = writing.money(content.cost.each_cents)
        yield _("Each who is contacted costs %(euro)s, beside postage and working time.") % {"euro": euro}


def _limits(limits: Limits) -> Iterator[str]:
    if limits.entries is not None:
        yield ngettext("%(n)s enrolment", "%(n)s enrolments", limits.entries) % {"n": writing.number(limits.entries)}
    if limits.entries_a_day is not None:
        yield _("%(n)s on a day") % {"n": writing.number(limits.entries_a_day)}
    if limits.budget_cents is not None:
        yield _("%(euro)s in all") % {"euro": writing.money(limits.budget_cents)}
    if limits.minutes_a_day is not None:
        yield _("%(n)s minutes of work on a day") % {"n": writing.number(limits.minutes_a_day)}


def _plain(said: str) -> str:
    """Take the full stop away that the sentence around it brings."""
    return said.rstrip(" .")


def _strung(parts: list[str]) -> str:
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]} if parts[1:] else parts[0]
