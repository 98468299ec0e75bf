"""Suggestions in plain words, with the customer's own numbers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.signals import reasons, standing
from stammkunde.tasks.worklist import Item
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

OF_THE_RHYTHM = ("silent", "rarely", "once")  # reasons that say again what the rhythm says


OF_ONE_DAY = (*OF_THE_RHYTHM, "few_purchases")  # and where there is no rhythm: bought on one day only


MOST_REASONS = 2  # besides the rhythm: the customer's page has all


def risk(one: Item, sight: Sight) -> str:
    """Hold the rhythm against the silence; then the strongest other signs that raise the reasons."""
    signal = one.signal
    assert signal is not None  # it is there for what the figures say
    said = OF_ONE_DAY if signal.gap_days is None else OF_THE_RHYTHM
    others = [reason for reason in signal.risk_reasons or () if reason["code"] not in said]
    told = reasons.texts(others[:MOST_REASONS], sight=sight)
    return " ".join([standing.rhythm(signal), *(f"{text}." for text in told)])


def silent(one: Item, _sight: Sight) -> str:
    """Say since when nothing came, and how it used to be."""
    text = _("No purchase %(since)s.") % {"since": reasons.since(one.reason["silent_days"])}
    gap_days = one.reason["gap_days"]
    if gap_days is None:
        return text
    before = _("Used to order %(every)s.") % {"every": reasons.every(gap_days)}
    return f"{text} {before}"


def birthday(one: Item, _sight: Sight) -> str:
    """Say who turns how old, and when."""
    values = {"person": str(one.person), "age": one.reason["age"], "day": writing.day(one.reason["on"])}
    if one.reason["days"] == 0:
        return _("%(person)s turns %(age)s today.") % values
    if one.reason["days"] == 1:
        return _("%(person)s turns %(age)s tomorrow.") % values
    if one.reason["days"] < 0:
        return _("%(person)s turned %(age)s on %(day)s.") % values
    return _("%(person)s turns %(age)s on %(day)s.") % values


def anniversary(one: Item, _sight: Sight) -> str:
    """Say for how many years somebody has been a customer."""
    years = one.reason["years"]
    return ngettext("Customer for %(n)s year.", "Customer for %(n)s years.", years) % {"n": years}


def title(one: Item) -> str:
    """Give a suggestion a title for the day it becomes a task."""
    worded = {
        "risk": _("Get in touch: %(name)s is at risk"),
        "overdue": _("Get in touch: %(name)s is past the usual rhythm"),
        "silent": _("Get in touch: %(name)s has not bought for long"),
        "birthday": _("Congratulate on the birthday: %(name)s"),
        "anniversary": _("Thank %(name)s for the years together"),
    }
    return worded[one.kind] % {"name": str(one.customer)}
