"""What happened, measured, in words: “at least 2 purchases in the last 180 days (channel is “Shop”)”."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from stammkunde.insight.rules.tree import Amount, Check, Compare, Cond, Since, Span, With, Yearly
from stammkunde.segments.wording import checks, spans
from stammkunde.segments.wording.checks import Answer
from stammkunde.segments.wording.joining import both
from stammkunde.segments.wording.nouns import Noun
from stammkunde.segments.wording.said import Said
from stammkunde.ui import writing

COUNT = Answer(kind="whole")
AT_LEAST_ONE = Check(">=", (1,))


def asked(amount: Amount, check: Check, said: Said) -> str:
    """Say a question to an amount."""
    if amount.measure.name == "count":
        if amount.pick == "any" and (counted := _counted(said.noun(amount.table), check)):
            return _words(counted, *_about(amount, said))
        if amount.pick != "any" and check == AT_LEAST_ONE and (amount.where or amount.having):
            return _of_picked(amount, said)
    if amount.measure.name in {"first", "last"} and amount.pick == "any":
        noun = said.noun(amount.table)
        which = noun.last if amount.measure.name == "last" else noun.first
        return f"{_words(str(which), *_about(amount, said))}: {checks.tell(said.measured_by(amount), check)}"
    return f"{name(amount, said)}: {checks.tell(said.measured_by(amount), check)}"


def _counted(noun: Noun, check: Check) -> str | None:
    """Say a number of rows as people do; None where no such words fit."""
    numbers = [int(value) for value in check.values if isinstance(value, int | float)]
    match check.operator, numbers:
        case (">=", [1]) | (">", [0]):
            return _("at least %(count)s") % {"count": noun.one}
        case ("is", [0]) | ("<=", [0]) | ("<", [1]):
            return str(noun.none)
        case (">=" | "<=" | ">" | "<" | "is", [n]):
            return _worded(check.operator) % {"count": noun.count(n)}
        case "between", [0, 1]:
            return _worded("<=") % {"count": noun.one}
        case "between", [low, high]:
            return _("%(low)s to %(count)s") % {"low": writing.number(low), "count": noun.count(high)}
    return None


def _worded(operator: str) -> str:
    return {
        ">=": _("at least %(count)s"),
        "<=": _("at most %(count)s"),
        ">": _("more than %(count)s"),
        "<": _("fewer than %(count)s"),
        "is": _("exactly %(count)s"),
    }[operator]


def _of_picked(amount: Amount, said: Said) -> str:
    """Say what holds of the last, or the first: “last purchase in the last 365 days: delivered late: yes”."""
    noun = said.noun(amount.table)
    which = str(noun.last if amount.pick == "last" else noun.first)
    return f"{_words(which, span(amount.within, said), '')}: {_conditions(amount, said)}"


def name(amount: Amount, said: Said, *, measured: str = "") -> str:
    """Call an amount by its name: “purchases in the last 90 days: revenue together”."""
    noun = said.noun(amount.table)
    only = {"last": _("(only the last)"), "first": _("(only the first)")}.get(amount.pick, "")
    many = _words(str(noun.many), only, *_about(amount, said))
    return f"{many}: {measured or measure(amount, said)}"


def measure(amount: Amount, said: Said) -> str:
    """Say what is measured."""
    one = amount.measure
    label, _answer = said.column(amount.table, one.column)
    worded = {
        "count": _("number"),
        "days": _("number of days"),
        "sum": _("%(label)s together"),
        "avg": _("%(label)s on average"),
        "max": _("%(label)s at the highest"),
        "first": _("first time"),
        "last": _("last time"),
        "gap": _("mean gap"),
    }
    if one.name == "share":
        return _("share with (%(conditions)s)") % {"conditions": both(list(_rows(amount.table, one.where, said)))}
    return worded[one.name] % {"label": label}


def compared(one: Compare, said: Said) -> str:
    """Say that an amount is a multiple of another one."""
    left, times = _days_back(one.left, said), _times(one.operator, one.times)
    if replace(one.left, within=one.right.within) == one.right and (when := span(one.right.within, said)):
        right = _("the same %(when)s") % {"when": when}
    elif replace(one.left, measure=one.right.measure) == one.right:
        right = f"({_measured_back(one.right, said)})"
    else:
        right = f"({_days_back(one.right, said)})"
    return f"{left} {times} {right}"


def _measured_back(amount: Amount, said: Said) -> str:
    """Say what is measured where days count as days back."""
    which = {"first": _("days since the first time"), "last": _("days since the last time")}
    return which.get(amount.measure.name) or measure(amount, said)


def _days_back(amount: Amount, said: Said) -> str:
    """Call an amount by its name where days count as days back."""
    return name(amount, said, measured=_measured_back(amount, said))


def _times(operator: str, times: float) -> str:
    alike = {
        ">=": _("at least as much as"),
        "<=": _("at most as much as"),
        ">": _("more than"),
        "<": _("less than"),
    }
    if times == 1:
        return alike[operator]
    percent = Answer(kind="share").write(times)
    return {
        ">=": _("at least %(percent)s of"),
        "<=": _("at most %(percent)s of"),
        ">": _("more than %(percent)s of"),
        "<": _("less than %(percent)s of"),
    }[operator] % {"percent": percent}


def span(one: Span, said: Said) -> str:
    """Say a span, also one that begins after a happening or a moment."""
    if isinstance(one, Yearly):
        return _("with %(anniversary)s") % {"anniversary": spans.span(one)}
    if not isinstance(one, Since):
        return spans.span(one)
    if isinstance(one.what, str):
        return _("since “%(moment)s”") % {"moment": one.what}
    inner, noun = one.what, said.noun(one.what.table)
    if inner.measure.name == "max":
        label, _answer = said.column(inner.table, inner.measure.column)
        after = _("after the latest “%(label)s” of %(things)s") % {"label": label, "things": noun.many}
    else:
        after = str(noun.after_first if inner.measure.name == "first" else noun.after)
    only = {"last": _("(only the last)"), "first": _("(only the first)")}.get(inner.pick, "")
    return _words(after, only, *_about(inner, said))


def _about(amount: Amount, said: Said) -> tuple[str, str]:
    """Say when, and under which conditions."""
    conditions = _conditions(amount, said)
    return span(amount.within, said), f"({conditions})" if conditions else ""


def _conditions(amount: Amount, said: Said) -> str:
    return both([*_rows(amount.table, amount.where, said), *(_having(one, said) for one in amount.having)])


def _rows(table: str, where: Iterable[Cond], said: Said) -> Sequence[str]:
    return [checks.asked(*said.column(table, one.column), one.check) for one in where]


def _having(one: With, said: Said) -> str:
    noun = said.noun(one.table)
    rows = both(_rows(one.table, one.where, said))
    counted = _counted(noun, one.check) or f"{noun.many}: {checks.tell(COUNT, one.check)}"
    return _("in it %(count)s") % {"count": _words(counted, f"({rows})" if rows else "")}


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)
