"""Suggestions in plain words, with the customer's own numbers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.signals import reasons, standing
from stammkunde.signals.suggestions.item import Item
from stammkunde.team.policy import NO_MONEY, Sight
from stammkunde.ui import writing

OF_THE_RHYTHM = ("silent", "rarely", "once")  # reasons that say again what the rhythm says


OF_ONE_DAY = (*OF_THE_RHYTHM, "few_purchases")  # and where there is no rhythm: bought on one day only


MOST_REASONS = 2  # besides the rhythm: the customer's page has all


def item(one: Item, *, sight: Sight = NO_MONEY) -> str:
    """Say why something stands on today's list."""
    worded = {
        "risk": lambda: _risk(one, sight=sight),
        "overdue": lambda: _risk(one, sight=sight),
        "silent": lambda: _silent(one),
        "birthday": lambda: _birthday(one),
        "anniversary": lambda: _anniversary(one),
        "import_failed": lambda: _("Nothing was imported from “%(file)s”.") % one.reason,
        "import_done": lambda: _import_done(one),
        "task": lambda: _task(one),
    }
    return worded[one.reason["code"]]()


def _risk(one: Item, *, sight: Sight) -> str:
    """Hold the rhythm against the silence; then the strongest other signs that raise the reasons."""
    signal = one.signal
    assert signal is not None  # it is there for what the figures say
    said = OF_ONE_DAY if signal.gap_days is None else OF_THE_RHYTHM
    others = [reason for reason in signal.risk_reasons or () if reason["code"] not in said]
    told = reasons.texts(others[:MOST_REASONS], sight=sight)
    return " ".join([standing.rhythm(signal), *(f"{text}." for text in told)])


def _silent(one: Item) -> str:
    text = _("No purchase %(since)s.") % {"since": reasons.since(one.reason["silent_days"])}
    gap_days = one.reason["gap_days"]
    if gap_days is None:
        return text
    before = _("Used to order %(every)s.") % {"every": reasons.every(gap_days)}
    return f"{text} {before}"


def _birthday(one: Item) -> str:
    values = {"person": str(one.person), "age": one.reason["age"], "day": writing.day(one.reason["on"])}
    if one.reason["days"] == 0:
        return _("%(person)s turns %(age)s today.") % values
    if one.reason["days"] == 1:
        return _("%(person)s turns %(age)s tomorrow.") % values
    if one.reason["days"] < 0:
        return _("%(person)s turned %(age)s on %(day)s.") % values
    return _("%(person)s turns %(age)s on %(day)s.") % values


def _anniversary(one: Item) -> str:
    years = one.reason["years"]
    return ngettext("Customer for %(n)s year.", "Customer for %(n)s years.", years) % {"n": years}


def _import_done(one: Item) -> str:
    count = one.reason["problems"]
    values = {"n": writing.number(count), "file": one.reason["file"]}
    return ngettext("%(n)s row of “%(file)s” has a problem.", "%(n)s rows of “%(file)s” have problems.", count) % values


def _task(one: Item) -> str:
    due_on = one.reason["due_on"]
    return _("Task, due %(day)s.") % {"day": writing.day(due_on)} if due_on else _("Task without a day.")


def title(one: Item) -> str:
    """Give a suggestion a title for the day it becomes a task."""
    name = str(one.customer) if one.customer else one.reason.get("file", "")
    worded = {
        "risk": _("Get in touch: %(name)s is at risk"),
        "overdue": _("Get in touch: %(name)s is past the usual rhythm"),
        "silent": _("Get in touch: %(name)s has not bought for long"),
        "birthday": _("Congratulate on the birthday: %(name)s"),
        "anniversary": _("Thank %(name)s for the years together"),
        "import": _("Look at the import of %(name)s"),
    }
    return worded[one.kind] % {"name": name}
