"""One amount against another one in words: “last purchase: more than 1.5 times as long ago as …”."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.insight.rules.tree import Amount, Compare
from stammkunde.segments.wording import amounts, checks
from stammkunde.segments.wording.said import Said
from stammkunde.ui import writing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How two values of a kind are held against each other."""

    alike: "_StrPromise | str"
    more: "_StrPromise | str"
    less: "_StrPromise | str"


MANY = Likeness(
    alike=gettext_lazy("%(times)s as many as %(other)s"),
    more=gettext_lazy("more than %(other)s"),
    less=gettext_lazy("fewer than %(other)s"),
)
HIGH = Likeness(
    alike=gettext_lazy("%(times)s as high as %(other)s"),
    more=gettext_lazy("higher than %(other)s"),
    less=gettext_lazy("lower than %(other)s"),
)
LONG = Likeness(
    alike=gettext_lazy("%(times)s as long as %(other)s"),
    more=gettext_lazy("longer than %(other)s"),
    less=gettext_lazy("shorter than %(other)s"),
)
AGO = Likeness(
    alike=gettext_lazy("%(times)s as long ago as %(other)s"),
    more=gettext_lazy("longer ago than %(other)s"),
    less=gettext_lazy("less long ago than %(other)s"),
)
SILENT = Likeness(
    alike=gettext_lazy("%(times)s as long ago as the mean time %(between)s"),
    more=gettext_lazy("longer ago than the mean time %(between)s"),
    less=gettext_lazy("less long ago than the mean time %(between)s"),
)
DAYS_BACK = ("first", "last")


def compared(one: Compare, said: Said) -> str:
    """Say that an amount is more or less than a multiple of another one."""
    like = _likeness(one.left.measure.name, one.right.measure.name)
    return f"{_subject(one.left, like, said)} {_held(one, like, said)}"


def _likeness(left: str, right: str) -> Likeness:
    """Choose by what the measures of both sides are."""
    match (left, right):
        case ("count", "count"):
            return MANY
        case ("gap", "gap" | "first" | "last"):
            return LONG
        case ("first" | "last", "first" | "last"):
            return AGO
        case ("first" | "last", "gap"):
            return SILENT
    return HIGH


def _subject(amount: Amount, like: Likeness, said: Said) -> str:
    if like is MANY:
        return f"{amounts.rows(amount, said)}:"
    if like in (AGO, SILENT):
        noun = said.noun(amount.table)
        which = noun.last if amount.measure.name == "last" else noun.first
        return f"{amounts.rows(amount, said, which)}:"
    return _name(amount, said)


def _name(amount: Amount, said: Said) -> str:
    return amounts.name(amount, said, measured=_days_back(amount))


def _days_back(amount: Amount) -> str:
    """Say what is measured where a day counts as days back; else nothing."""
    which = {"first": _("days since the first time"), "last": _("days since the last time")}
    return which.get(amount.measure.name, "")


def _held(one: Compare, like: Likeness, said: Said) -> str:
    """Say “more than 1.5 times as many as …”, or “more than …” where it is held against the whole."""
    found = {"times": _times(one.times), "other": _other(one, like, said), "between": _between(one, said)}
    if one.times == 1 and one.operator in {">", "<"}:
        return str(like.more if one.operator == ">" else like.less) % found
    alike = (str(like.alike) % found).strip()
    return str(checks.OF_NUMBERS[one.operator]) % {"first": alike}


def _times(times: float) -> str:
    """Say how many times: half, twice, 80%, 1.5 times; nothing for once."""
    exact = Decimal(str(times))
    named = {1: "", 2: _("twice"), 0.5: _("half")}
    if times in named:
        return named[times]
    if times < 1:
        return writing.percent(exact, places=checks.places(exact * 100))
    return _("%(n)s times") % {"n": writing.number(exact, places=checks.places(exact))}


def _other(one: Compare, like: Likeness, said: Said) -> str:
    """Say what it is held against: by what differs alone where the rest is the same."""
    left, right = one.left, one.right
    noun = said.noun(right.table)
    if like is AGO:
        return amounts.rows(right, said, noun.the_last if right.measure.name == "last" else noun.the_first)
    if replace(left, within=right.within, measure=right.measure) != right:
        return f"({amounts.rows(right, said) if like is MANY else _name(right, said)})"
    when = amounts.span(right.within, said) or _("altogether")
    if left.measure == right.measure:
        return when
    if like is LONG:
        measured = _("the time %(after)s") % {"after": noun.after if right.measure.name == "last" else noun.after_first}
    else:
        measured = _days_back(right) or amounts.measure(right, said)
    return measured if left.within == right.within else f"{measured} {when}"


def _between(one: Compare, said: Said) -> str:
    """Say between what a mean time lies: between two of those that were just named, or others."""
    noun, right = said.noun(one.right.table), one.right
    if replace(one.left, measure=right.measure) == right and any(amounts.about(right, said)):
        return _("between two of these")
    return amounts.rows(right, said, noun.between)
